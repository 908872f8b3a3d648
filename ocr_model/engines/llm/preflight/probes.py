"""Requests that show what an endpoint can do, and what their replies show.

Pure. Each asks against what it wants to see: obedience must not pass for enforcement.
"""

from __future__ import annotations

import json
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from ocr_model.config import ExtractorConfig
from ocr_model.documents import encode_page
from ocr_model.engines.llm.exchange import Completion
from ocr_model.engines.llm.page_content import PageContent
from ocr_model.engines.llm.request import LIMIT_NAMES, Dialect, Rung, build_request, sent_parameters
from ocr_model.prompts import Message

# Small enough that counting to a hundred breaks off.
LIMIT = 16
_COUNT = "Count from 1 to 100, separated by blanks. Write nothing else."
_LONGEST_WITHIN_LIMIT = LIMIT * 8

_SCHEMA = {
    "type": "object",
    "properties": {"colour": {"type": "string"}},
    "required": ["colour"],
    "additionalProperties": False,
}
_SENTENCE = "What colour is snow? Answer in one plain sentence, not in JSON."

_READ = Message(
    role="system",
    content="You read forms. Return the questions on the page and the answers given to them.",
)
_NAME = "Ann Berg"


def limit_request(config: ExtractorConfig, dialect: Dialect) -> dict[str, Any]:
    """Asks for more than the token limit lets through."""
    parameters = {
        name: LIMIT if name in LIMIT_NAMES else value
        for name, value in config.llm_parameters.items()
    }
    return _asking(config, _COUNT) | sent_parameters(parameters, dialect)


def holds_limit(completion: Completion) -> bool:
    """Whether the token limit cut the completion off, or it stayed below by itself."""
    tokens = completion.usage.completion_tokens
    if tokens is not None:
        return tokens <= 2 * LIMIT
    return completion.is_cut_off or len(completion.text) <= _LONGEST_WITHIN_LIMIT


def format_request(config: ExtractorConfig, dialect: Dialect) -> dict[str, Any]:
    """Asks for a sentence in words, and for JSON on the rung."""
    request = _asking(config, _SENTENCE) | sent_parameters(config.llm_parameters, dialect)
    form: dict[str, Any] = {"type": dialect.rung}
    if dialect.rung == "json_schema":
        form["json_schema"] = {"name": "probe", "strict": True, "schema": _SCHEMA}
    return request | {"response_format": form}


def is_enforced(rung: Rung, completion: Completion) -> bool:
    """Whether the completion is JSON although a sentence was asked for.

    json_schema, '{"colour": "White."}' -> True; json_object, 'Snow is white.' -> False
    """
    try:
        value = json.loads(completion.text)
    except (ValueError, RecursionError):
        return False
    if rung == "json_schema":
        return isinstance(value, dict) and value.keys() == {"colour"}
    return isinstance(value, dict)


def page_request(
    config: ExtractorConfig, dialect: Dialect, number: str, *, with_image: bool
) -> dict[str, Any]:
    """Asks for the pairs of a form with a number on it that nobody can guess."""
    if with_image:
        image = encode_page(
            _drawn(number), config.image_longest_side, config.image_format, config.image_quality
        )
        content = PageContent((image,))
    else:
        content = PageContent(text=f"Name:    {_NAME}\nNumber:  {number}")
    return build_request(config, (_READ,), content, dialect)


def _asking(config: ExtractorConfig, text: str) -> dict[str, Any]:
    return {"model": config.llm, "messages": [{"role": "user", "content": text}]}


def _drawn(number: str) -> Image.Image:
    page = Image.new("RGB", (800, 600), "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(size=64)
    pen.text((60, 150), f"Name:  {_NAME}", fill="black", font=font)
    pen.text((60, 350), f"Number:  {number}", fill="black", font=font)
    return page
