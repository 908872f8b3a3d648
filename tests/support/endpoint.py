"""A chat completions server on loopback that checks what it is sent and replies as scripted.

    with Endpoint([completion(GOOD)]) as endpoint:
        ... OPENAI_BASE_URL=endpoint.base_url, OPENAI_API_KEY=endpoint.api_key ...

Real HTTP, real sockets. A request that a strict provider would refuse gets a 400 and is listed in
`lint`; leaving the block with a non-empty `lint` raises.
`python -m tests.support.endpoint --latency 1` serves until interrupted, for benchmarks.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from PIL import Image

GOOD = '{"pairs": [{"key": "Name:", "value": ["Ann Berg"]}, {"key": "Date:", "value": []}]}'
USAGE = {"prompt_tokens": 1200, "completion_tokens": 30, "total_tokens": 1230}
_CONTENT_TYPES = {"image/jpeg": "JPEG", "image/png": "PNG"}


@dataclass(frozen=True)
class Reply:
    """An HTTP reply; a body that is no bytes is sent as JSON."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0

    @property
    def payload(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()


@dataclass(frozen=True)
class Raw:
    """Plays on the bare socket, which is closed afterwards."""

    play: Callable[[socket.socket], None]


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at_s: float
    method: str = "POST"

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The parts of all messages that have parts."""
        contents = [message.get("content") for message in self.body.get("messages", [])]
        return [part for content in contents if isinstance(content, list) for part in content]

    @property
    def data_urls(self) -> list[str]:
        return [part["image_url"]["url"] for part in self.parts if part["type"] == "image_url"]

    @property
    def image(self) -> Image.Image:
        (image,) = self.images
        return image

    @property
    def images(self) -> list[Image.Image]:
        encoded = [url.partition(",")[2] for url in self.data_urls]
        return [Image.open(io.BytesIO(base64.b64decode(text, validate=True))) for text in encoded]

    @property
    def text(self) -> str:
        """All text of all messages."""
        contents = [message.get("content") for message in self.body["messages"]]
        texts = [content for content in contents if isinstance(content, str)]
        return "\n".join(texts + [part["text"] for part in self.parts if part["type"] == "text"])

    @property
    def rung(self) -> str | None:
        form = self.body.get("response_format")
        return None if form is None else form["type"]


Played = Reply | Raw
Script = Iterable[Played] | Callable[[Seen], Played]


def completion(
    text: Any = GOOD,
    *,
    finish_reason: Any = "stop",
    usage: Any = USAGE,
    delay_s: float = 0.0,
    **message: Any,
) -> Reply:
    """A chat completion as OpenAI sends it; `message` adds members to the message."""
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "test-llm",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": None, **message},
                "finish_reason": finish_reason,
            }
        ],
        "usage": usage,
    }
    return Reply(body, delay_s=delay_s)


def play(*pieces: bytes, every_s: float = 0.0) -> Raw:
    """Sends the pieces as they are, one every so often, then hangs up."""

    def send(connection: socket.socket) -> None:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except OSError:  # the client hung up, as it should
                return
            time.sleep(every_s)

    return Raw(send)


def error(
    status: int, message: str, *, headers: Mapping[str, str] | None = None, **members: Any
) -> Reply:
    """An error as OpenAI sends it."""
    return Reply({"error": {"message": message, **members}}, status, headers or {})


class Endpoint:
    """Serves while its context is open. A list is played once, then good completions follow."""

    def __init__(
        self,
        script: Script = (),
        *,
        api_key: str = "test-key-1234",
        lints: bool = True,
        models: Reply | None = None,
    ) -> None:
        self.api_key = api_key
        self.requests: list[Seen] = []
        self.gets: list[Seen] = []
        self._models = models or error(404, "Not Found")
        self.lint: list[str] = []
        self._lints = lints
        self._lock = threading.Lock()
        self._script = script if callable(script) else iter(script)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.endpoint = self

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def environment(self) -> dict[str, str]:
        return {"OPENAI_BASE_URL": self.base_url, "OPENAI_API_KEY": self.api_key}

    def __enter__(self) -> Endpoint:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        if err is None and self.lint:
            raise AssertionError(f"the client sent what a strict provider refuses: {self.lint}")

    def answer(self, seen: Seen) -> Played:
        with self._lock:
            self.requests.append(seen)
            faults = lint_request(seen, self.api_key) if self._lints else []
            if faults:
                self.lint.extend(faults)
                return error(400, "; ".join(faults))
            if callable(self._script):
                script = self._script
            else:
                return next(self._script, completion())
        return script(seen)

    def answer_get(self, seen: Seen) -> Reply:
        with self._lock:
            self.gets.append(seen)
            if self._lints and seen.headers.get("authorization") != f"Bearer {self.api_key}":
                self.lint.append("authorization")
        return self._models if seen.path == "/v1/models" else error(404, "Not Found")


class _Server(ThreadingHTTPServer):
    endpoint: Endpoint
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up on purpose here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.path, headers, json.loads(data), time.monotonic())
        answer = self.server.endpoint.answer(seen)
        if isinstance(answer, Raw):
            self.close_connection = True
            answer.play(self.connection)
            return
        self._reply(answer)

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.path, headers, {}, time.monotonic(), "GET")
        self._reply(self.server.endpoint.answer_get(seen))

    def _reply(self, answer: Reply) -> None:
        time.sleep(answer.delay_s)
        payload = answer.payload
        self.send_response(answer.status)
        for name, value in {"content-type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is stdlib's
        """Quiet."""


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
        for keyword in sorted(schema.keys() - {"type", "properties", "required", "items"})
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
    elif schema.get("type") != "string":
        faults.append(f"{path}: type {schema.get('type')!r}")
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds per completion")
    latency_s = parser.parse_args().latency
    with Endpoint(lambda _: completion(delay_s=latency_s)) as endpoint:
        print(f"OPENAI_BASE_URL={endpoint.base_url} OPENAI_API_KEY={endpoint.api_key}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
