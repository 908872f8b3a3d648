"""A chat completions server on loopback that replies as scripted, over real HTTP.

    with Endpoint([completion('{"pairs": []}'), error(500, "busy")]) as endpoint:
        ... endpoint.environment is OPENAI_BASE_URL and OPENAI_API_KEY ...

For benches in a process of its own, where every request is answered alike after the same time.
Tests add a check of what a strict provider would refuse.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from unittest import mock

from PIL import Image

GOOD = '{"pairs": [{"key": "Name:", "value": ["Ann Berg"]}, {"key": "Date:", "value": []}]}'
USAGE = {"prompt_tokens": 1200, "completion_tokens": 30, "total_tokens": 1230}
# What benches are answered: as many pairs as a form of the sample has.
PAIRS = {"pairs": [{"key": f"Question {i}:", "value": [f"answer {i}"]} for i in range(10)]}
_BENCH_USAGE = {"prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500}


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
    data: bytes
    at_s: float

    @cached_property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.data or "{}")
        return body

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
        api_key: str = "loopback-key",
        keeps_requests: bool = True,
    ) -> None:
        self.api_key = api_key
        self.requests: list[Seen] = []
        self._keeps_requests = keeps_requests
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

    def __enter__(self) -> Self:
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

    def answer(self, seen: Seen) -> Played:
        with self._lock:
            if self._keeps_requests:
                self.requests.append(seen)
            if not callable(self._script):
                return next(self._script, completion())
        return self._script(seen)


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
        data = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.path, headers, data, time.monotonic())
        answer = self.server.endpoint.answer(seen)
        if isinstance(answer, Raw):
            self.close_connection = True
            answer.play(self.connection)
            return
        self._reply(answer)

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


@contextmanager
def endpoint_in_a_process(latency_s: float) -> Iterator[None]:
    """An endpoint that shares no lock with its client, in the variables that a user sets."""
    command = [sys.executable, "-m", "scripts.workshop.loopback", "--latency", str(latency_s)]
    checkout = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own module
        assert server.stdout is not None
        try:
            environment = json.loads(server.stdout.readline())
            with mock.patch.dict(os.environ, environment):
                yield
        finally:
            server.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.workshop.loopback")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds per completion")
    latency_s = parser.parse_args().latency
    payload = completion(json.dumps(PAIRS), usage=_BENCH_USAGE).payload
    reply = Reply(payload, delay_s=latency_s)
    with Endpoint(lambda _: reply, keeps_requests=False) as endpoint:
        print(json.dumps(endpoint.environment), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
