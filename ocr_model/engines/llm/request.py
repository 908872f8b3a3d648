"""Page and messages -> the body of a chat completions request.

Pure. `Dialect` has the differences between endpoints, and changes with what they refuse.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Literal

from ocr_model.config import ExtractorConfig
from ocr_model.engines.llm.exchange import Fault, Kind
from ocr_model.engines.llm.page_content import SentPage
from ocr_model.engines.llm.reply_form import ReplyForm, form_of_pairs
from ocr_model.prompts import Message

Rung = Literal["json_schema", "json_object", "text"]

_NEXT_RUNG: dict[Rung, Rung] = {"json_schema": "json_object", "json_object": "text"}
LIMIT_NAMES = {"max_completion_tokens": "max_tokens", "max_tokens": "max_completion_tokens"}

# Sent on every rung: some servers accept a schema and do not enforce it.
_REMINDER = "Answer with one JSON object of this form and nothing else: "
_LARGER_LIMIT = 2
_SAMPLING_TEMPERATURE = 1.0
_STRIPS = (
    "The page is long: here are {count} strips of it, in order. Each shows the end of the one "
    "before again; what stands there is to be given once."
)
_TEXT_ALONE = "The page as OCR read it, columns kept by position:"
_TEXT_BESIDE_IMAGE = "The same page as OCR read it, with its mistakes, columns kept by position:"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an endpoint accepts: the rung of structured output, and the name of the token limit."""

    rung: Rung
    renames_limit: bool = False

    def after(self, fault: Fault) -> Dialect | None:
        """The dialect to try next, or None if there is none left.

        json_schema, refused response_format -> json_object
        """
        if fault.kind is Kind.RESPONSE_FORMAT and self.rung in _NEXT_RUNG:
            return replace(self, rung=_NEXT_RUNG[self.rung])
        if fault.kind is Kind.TOKEN_LIMIT_NAME and not self.renames_limit:
            return replace(self, renames_limit=True)
        return None

    def notes(self, start: Rung) -> list[str]:
        """Notes for the row on differences from the configuration."""
        notes = []
        if self.rung != start:
            notes.append(f"asked for {self.rung}: the endpoint refused {start}")
        if self.renames_limit:
            notes.append("token limit sent under its other name")
        return notes


@dataclass(frozen=True, slots=True)
class Reask:
    """Why a page is retried, and what changes.

    `samples`: sample, which can break a loop; `halved`: half the page, with half the limit.
    """

    reason: str
    larger_limit: bool = False
    samples: bool = False
    halved: bool = False


def build_request(
    config: ExtractorConfig,
    messages: tuple[Message, ...],
    page: SentPage,
    dialect: Dialect,
    reask: Reask | None = None,
    form: ReplyForm | None = None,
) -> dict[str, Any]:
    """The request body; by default it asks for pairs.

    The page always goes last.
    """
    form = form or form_of_pairs()
    parts = _parts(page, config.image_detail)
    instructions = {"type": "text", "text": _instructions(form, dialect, reask)}
    request: dict[str, Any] = {
        "model": config.llm,
        "messages": _with_page(messages, [*parts, instructions]),
        **_parameters(config.llm_parameters, dialect, reask),
    }
    if dialect.rung == "json_schema":
        schema = {"name": form.name, "strict": True, "schema": form.schema}
        request["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif dialect.rung == "json_object":
        request["response_format"] = {"type": "json_object"}
    return request


def _parts(page: SentPage, detail: str) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    if len(page.images) > 1:
        parts.append({"type": "text", "text": _STRIPS.format(count=len(page.images))})
    for image in page.images:
        sent = {"url": image.data_url} | ({} if detail == "omit" else {"detail": detail})
        parts.append({"type": "image_url", "image_url": sent})
    if page.text:
        heading = _TEXT_BESIDE_IMAGE if page.images else _TEXT_ALONE
        parts.append({"type": "text", "text": f"{heading}\n<page>\n{page.text}\n</page>"})
    return parts


def _with_page(messages: tuple[Message, ...], parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Append the page to the last user message, or to a new one if there is none."""
    sent: list[dict[str, Any]] = [dict(message) for message in messages]
    for message in reversed(sent):
        if message["role"] == "user":
            message["content"] = _content([{"type": "text", "text": message["content"]}, *parts])
            return sent
    return [*sent, {"role": "user", "content": _content(parts)}]


def _content(parts: list[dict[str, Any]]) -> list[dict[str, Any]] | str:
    """Text only as one string: servers of text-only LLMs often refuse parts."""
    if all(part["type"] == "text" for part in parts):
        return "\n\n".join(part["text"] for part in parts)
    return parts


def texts_of(request: dict[str, Any]) -> str:
    """All text of all messages of a request."""
    contents = [message["content"] for message in request["messages"]]
    texts = [content for content in contents if isinstance(content, str)]
    parts = [part for content in contents if isinstance(content, list) for part in content]
    return "\n".join([*texts, *(part["text"] for part in parts if part["type"] == "text")])


def _instructions(form: ReplyForm, dialect: Dialect, reask: Reask | None) -> str:
    lines = [_REMINDER + form.example]
    if dialect.rung == "json_object":
        schema = json.dumps(form.schema, ensure_ascii=False)
        lines.append(f"The object follows this JSON schema: {schema}")
    if dialect.rung == "text":
        lines.append("No explanation, no code fence.")
    if reask is not None:
        lines.append(f"An earlier reply could not be used ({reask.reason}).")
    return "\n".join(lines)


def _parameters(
    parameters: dict[str, Any], dialect: Dialect, reask: Reask | None = None
) -> dict[str, Any]:
    """The configured parameters, with the token limit under the name the endpoint accepts."""
    sent: dict[str, Any] = {}
    for name, value in parameters.items():
        if name in LIMIT_NAMES:
            value = _limit(value, reask)
            name = LIMIT_NAMES[name] if dialect.renames_limit else name
        sent[name] = value
    return sent | (_sampled(parameters) if reask is not None and reask.samples else {})


def _limit(value: Any, reask: Reask | None) -> Any:
    if reask is None or not isinstance(value, int):
        return value
    if reask.halved:
        return max(1, value // 2)
    return value * _LARGER_LIMIT if reask.larger_limit else value


def _sampled(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters for retrying after a loop: the same seed would repeat the loop."""
    seed = parameters.get("seed")
    another = {"seed": seed + 1} if isinstance(seed, int) else {}
    return {"temperature": _SAMPLING_TEMPERATURE} | another
