"""The loopback endpoint, and what a strict provider would refuse in what it is sent.

    with Endpoint([completion(GOOD)]) as endpoint:
        ... OPENAI_BASE_URL=endpoint.base_url, OPENAI_API_KEY=endpoint.api_key ...

A request that a strict provider would refuse gets a 400 and is listed in `lint`; leaving the block
with a non-empty `lint` raises.
"""

from __future__ import annotations

import base64
import io
from types import TracebackType
from typing import Any

from PIL import Image

from scripts.workshop import loopback
from scripts.workshop.loopback import (
    GOOD,
    USAGE,
    Played,
    Raw,
    Reply,
    Script,
    Seen,
    completion,
    error,
    play,
)

__all__ = [
    "GOOD",
    "USAGE",
    "Endpoint",
    "Played",
    "Raw",
    "Reply",
    "Script",
    "Seen",
    "completion",
    "error",
    "lint_request",
    "lint_strict",
    "play",
]

_CONTENT_TYPES = {"image/jpeg": "JPEG", "image/png": "PNG"}


_SCALARS = ("string", "boolean", ["string", "null"], ["boolean", "null"])


class Endpoint(loopback.Endpoint):
    """Refuses what a strict provider would; `lints=False` stands for a server that is not one."""

    def __init__(
        self,
        script: Script = (),
        *,
        api_key: str = "test-key-1234",
        lints: bool = True,
    ) -> None:
        super().__init__(script, api_key=api_key)
        self.lint: list[str] = []
        self._lints = lints

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        super().__exit__(kind, err, traceback)
        if err is None and self.lint:
            raise AssertionError(f"the client sent what a strict provider refuses: {self.lint}")

    def answer(self, seen: Seen) -> Played:
        if self._lints and (faults := lint_request(seen, self.api_key)):
            self.requests.append(seen)
            self.lint += faults
            return error(400, "; ".join(faults))
        return super().answer(seen)


def lint_request(seen: Seen, api_key: str) -> list[str]:
    """What a strict provider would refuse in a request; empty where nothing."""
    body = seen.body
    faults = []
    if seen.path != "/v1/chat/completions":
        faults.append(f"path {seen.path}")
    if seen.headers.get("authorization") != f"Bearer {api_key}":
        faults.append("authorization")
    if not isinstance(body.get("model"), str) or not body["model"]:
        faults.append("model")
    if {"max_tokens", "max_completion_tokens"} <= body.keys():
        faults.append("both names of the token limit")
    faults += _lint_messages(body.get("messages"))
    faults += [fault for url in seen.data_urls for fault in _lint_image(url)]
    if "response_format" in body:
        faults += _lint_response_format(body["response_format"])
    return faults


def _lint_messages(messages: Any) -> list[str]:
    if not isinstance(messages, list) or not messages:
        return ["messages"]
    faults = []
    for message in messages:
        if message.keys() != {"role", "content"}:
            faults.append(f"members of a message: {sorted(message)}")
        if message["role"] not in ("system", "developer", "user", "assistant"):
            faults.append(f"role {message['role']!r}")
        parts = message["content"]
        if isinstance(parts, str):
            faults += [] if parts else ["empty content"]
            continue
        if message["role"] != "user":
            faults.append(f"parts in a {message['role']} message")
        faults += [fault for part in parts for fault in _lint_part(part)]
    return faults


def _lint_part(part: dict[str, Any]) -> list[str]:
    if part.keys() == {"type", "text"} and part["type"] == "text" and part["text"]:
        return []
    if part.keys() == {"type", "image_url"} and part["type"] == "image_url":
        image = part["image_url"]
        members = image.keys() in ({"url"}, {"url", "detail"})
        good = members and image.get("detail", "auto") in ("low", "high", "auto", "original")
        return [] if good else [f"image part {sorted(image)}, detail {image.get('detail')!r}"]
    return [f"part {sorted(part)}"]


def _lint_image(url: str) -> list[str]:
    head, comma, data = url.partition(",")
    kind, encoding = head.removeprefix("data:"), ";base64"
    if not comma or not head.startswith("data:") or not kind.endswith(encoding):
        return [f"data URL {url[:40]!r}"]
    with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
        image.load()
        if _CONTENT_TYPES.get(kind.removesuffix(encoding)) != image.format or image.mode != "RGB":
            return [f"a {image.mode} {image.format} labelled {kind}"]
    return []


def _lint_response_format(form: dict[str, Any]) -> list[str]:
    if form == {"type": "json_object"}:
        return []
    if form.keys() != {"type", "json_schema"} or form["type"] != "json_schema":
        return [f"response_format {form}"]
    schema = form["json_schema"]
    faults = []
    if schema.keys() != {"name", "strict", "schema"} or schema["strict"] is not True:
        faults.append(f"json_schema {sorted(schema)}")
    name = schema.get("name", "")
    if not (0 < len(name) <= 64 and name.isascii() and name.replace("_", "").isalnum()):
        faults.append(f"schema name {name!r}")
    if schema["schema"].get("type") != "object":
        faults.append("the root of the schema is no object")
    return faults + lint_strict(schema["schema"])


def lint_strict(schema: dict[str, Any], path: str = "$") -> list[str]:
    """Where a schema leaves the subset that strict structured output allows."""
    faults = [
        f"{path}: {keyword}"
        for keyword in sorted(schema.keys() - {"type", "properties", "required", "items", "enum"})
        if keyword != "additionalProperties"
    ]
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        if schema.get("additionalProperties") is not False:
            faults.append(f"{path}: additionalProperties is not false")
        if sorted(schema.get("required", [])) != sorted(properties):
            faults.append(f"{path}: not every property is required")
        for name, part in properties.items():
            faults += lint_strict(part, f"{path}.{name}")
    elif schema.get("type") == "array":
        faults += lint_strict(schema.get("items", {}), f"{path}[]")
    elif schema.get("type") not in _SCALARS:
        faults.append(f"{path}: type {schema.get('type')!r}")
    return faults
