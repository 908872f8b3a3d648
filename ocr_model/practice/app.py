"""The practice LLM's endpoint: OpenAI-compatible chat completions."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from ocr_model.errors import ConfigError, DocumentError
from ocr_model.fields import label_likeness
from ocr_model.practice.habits import PRACTICE_LLM, Pair, as_told
from ocr_model.practice.reader import PracticeReader
from ocr_model.practice.reflecting import asks_for_instructions, reflect

# Rough averages: characters per token, and tokens per page image.
_CHARS_PER_TOKEN = 4
_TOKENS_PER_IMAGE = 765
_SAME_LABEL = 0.8

_Text = Annotated[str, Field(max_length=1_000_000)]


class _TextPart(BaseModel):
    type: Literal["text"]
    text: _Text


class _ImageUrl(BaseModel):
    url: str


class _ImagePart(BaseModel):
    type: Literal["image_url"]
    image_url: _ImageUrl


class _Message(BaseModel):
    role: str
    content: _Text | list[_TextPart | _ImagePart]

    @property
    def text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content if isinstance(part, _TextPart))

    @property
    def data_urls(self) -> list[str]:
        parts = [] if isinstance(self.content, str) else self.content
        return [part.image_url.url for part in parts if isinstance(part, _ImagePart)]


class _Asked(BaseModel):
    """The evaluated parts of a request; other parameters are accepted and ignored."""

    model: str
    messages: Annotated[list[_Message], Field(min_length=1)]
    response_format: dict[str, Any] = {}
    max_completion_tokens: int | None = None
    max_tokens: int | None = None

    @property
    def prompt(self) -> str:
        return "\n".join(message.text for message in self.messages)

    @property
    def data_urls(self) -> list[str]:
        return [url for message in self.messages for url in message.data_urls]

    @property
    def fields(self) -> Mapping[str, Any]:
        """Schemas of the requested fields; none if pairs are requested."""
        schema = self.response_format.get("json_schema", {}).get("schema", {})
        members: Mapping[str, Any] = schema.get("properties", {})
        return {} if "pairs" in members else members


def build_practice_app() -> FastAPI:
    """The endpoint, below `/v1`.

    Raises:
        ConfigError: the packages of the extra `local` are not installed.
    """
    app = FastAPI(openapi_url=None)
    reader = PracticeReader()
    numbers = itertools.count(1)

    @app.exception_handler(RequestValidationError)
    async def refuse(_: Request, err: RequestValidationError) -> JSONResponse:
        fault = err.errors()[0]
        return _error(400, f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}")

    @app.get("/v1/models")
    def models() -> dict[str, object]:
        return {"object": "list", "data": [{"id": PRACTICE_LLM, "object": "model"}]}

    @app.post("/v1/chat/completions", response_model=None)
    def complete(asked: _Asked) -> dict[str, object] | JSONResponse:
        if asked.model != PRACTICE_LLM:
            told = f"This endpoint has one model, {PRACTICE_LLM}, got {asked.model!r}."
            return _error(404, told, "model_not_found")
        if not asked.data_urls and asks_for_instructions(asked.prompt):
            return _completion(next(numbers), asked, reflect(asked.prompt))
        if not asked.data_urls:
            told = "Expected the image of a page, or instructions with feedback on them."
            return _error(400, f"{told} The practice LLM reads nothing else.")
        try:
            pairs = as_told(reader.read(asked.data_urls), asked.prompt)
        except (ConfigError, DocumentError) as err:
            return _error(400, str(err))
        return _completion(next(numbers), asked, _reply(pairs, asked.fields))

    return app


def _reply(pairs: Sequence[Pair], fields: Mapping[str, Any]) -> str:
    said: dict[str, object]
    if fields:
        said = {name: _field(name, schema, pairs) for name, schema in fields.items()}
    else:
        said = {"pairs": [{"key": key, "value": value} for key, value in pairs]}
    return json.dumps(said, ensure_ascii=False)


def _field(name: str, schema: Mapping[str, Any], pairs: Sequence[Pair]) -> object:
    """The answer to the question most similar to the field's name; a table stays empty."""
    if schema.get("type") == "array" and schema["items"]["type"] == "object":
        return []
    wanted = name.replace("_", " ")
    likeness = {question: label_likeness(wanted, [question]) for question, _ in pairs}
    best = max(likeness, key=lambda question: likeness[question], default="")
    given = dict(pairs)[best] if likeness.get(best, 0) >= _SAME_LABEL else []
    if schema.get("type") == "array":
        return given
    choices = schema.get("enum")
    return given[0] if given and (choices is None or given[0] in choices) else None


def _completion(number: int, asked: _Asked, text: str) -> dict[str, object]:
    limit = asked.max_completion_tokens or asked.max_tokens
    finished = limit is None or len(text) <= limit * _CHARS_PER_TOKEN
    content = text if finished or limit is None else text[: limit * _CHARS_PER_TOKEN]
    prompt = len(asked.prompt) // _CHARS_PER_TOKEN + _TOKENS_PER_IMAGE * len(asked.data_urls)
    reply = -(-len(content) // _CHARS_PER_TOKEN)
    return {
        "id": f"practice-{number}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": PRACTICE_LLM,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, "refusal": None},
                "finish_reason": "stop" if finished else "length",
            }
        ],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": reply,
            "total_tokens": prompt + reply,
        },
    }


def _error(status: int, message: str, code: str | None = None) -> JSONResponse:
    body = {"message": message, "type": "invalid_request_error", "code": code}
    return JSONResponse({"error": body}, status)
