"""What a model server says, without a model: a real HTTP server on loopback, as scripted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ROW: dict[str, Any] = {
    "document_id": "form.png",
    "outcome": "ok",
    "error": None,
    "pairs": {"Name:": ["Ann Berg"], "<b>Date:</b>": []},
    "answers": [
        {"question": "Name:", "answer": "Ann Berg", "page": 1, "box": [220.0, 40.0, 320.0, 64.0]},
        {"question": "<b>Date:</b>", "answer": None, "page": 1, "box": None},
    ],
    "pages": 1,
    "engine": "local",
    "llm": None,
    "prompt_tokens": None,
    "completion_tokens": None,
    "latency_ms": 12,
    "notes": ["read by a stub"],
}


@dataclass
class ModelStub:
    """Answers every document alike; `asked` keeps what it was sent."""

    reply: Any = field(default_factory=lambda: {"predictions": [ROW]})
    status: int = 200
    delay_s: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def served(self) -> Iterator[str]:
        server = _Server(("127.0.0.1", 0), _Handler)
        server.stub = self
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    stub: ModelStub
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up on purpose here."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._send(200 if self.path == "/health" else 404, b"\n")

    def do_POST(self) -> None:
        stub = self.server.stub
        stub.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        time.sleep(stub.delay_s)
        body = stub.reply if isinstance(stub.reply, bytes) else json.dumps(stub.reply).encode()
        self._send(stub.status, body)

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is stdlib's
        """Quiet."""
