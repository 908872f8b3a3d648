"""python -m scripts.loopback --latency 1

A chat completions endpoint on loopback for measurements and stress: every request is answered
after the same time. Checks nothing, and costs next to nothing, so that what is measured is the
client. `bench` starts it as a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

API_KEY = "loopback-key"
PAIRS = {"pairs": [{"key": f"Question {i}:", "value": [f"answer {i}"]} for i in range(10)]}


def body_of(content: Any, finish_reason: str = "stop", **message: Any) -> bytes:
    """A completion as OpenAI sends it; `message` adds members to the message."""
    said = {"role": "assistant", "content": content, "refusal": None, **message}
    completion = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "loopback",
        "choices": [{"index": 0, "message": said, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500},
    }
    return json.dumps(completion).encode()


BODY = body_of(json.dumps(PAIRS))

# What a request's body is answered with: a whole HTTP reply, or what an accident left of one.
Respond = Callable[[bytes], bytes]


def with_head(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """A whole HTTP reply around a body, which is JSON unless `headers` say otherwise."""
    named = {"content-type": "application/json", **(headers or {}), "content-length": len(body)}
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Loopback:
    """Serves on an event loop. Hangs up after a reply that is not as long as it says."""

    def __init__(self, respond: Respond, latency_s: float = 0.0) -> None:
        self._respond = respond
        self._latency_s = latency_s

    async def start(self) -> str:
        """Open a port of the system's choice and return the base URL."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=256)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def stop(self) -> None:
        """Close the port; open connections end with their clients."""
        self._server.close()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                request = await reader.readexactly(_content_length(head))
                await asyncio.sleep(self._latency_s)
                reply = self._respond(request)
                writer.write(reply)
                await writer.drain()
                head, _, body = reply.partition(b"\r\n\r\n")
                if not head or len(body) != _content_length(head):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the client is done
        finally:
            writer.close()


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return 0


@contextmanager
def served_from_a_thread(respond: Respond, latency_s: float = 0.0) -> Iterator[str]:
    """The base URL of an endpoint in this process, for replies that a caller makes up."""
    started: Future[tuple[str, Callable[[], object]]] = Future()

    async def serve() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        endpoint = Loopback(respond, latency_s)
        base_url = await endpoint.start()
        started.set_result((base_url, lambda: loop.call_soon_threadsafe(over.set)))
        await over.wait()
        await endpoint.stop()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    base_url, stop = started.result(timeout=10)
    try:
        yield base_url
    finally:
        stop()
        thread.join()


@contextmanager
def served_from_a_process(latency_s: float) -> Iterator[str]:
    """The base URL of an endpoint in a process of its own, which shares no lock with the client."""
    command = [sys.executable, "-m", "scripts.workshop.loopback", "--latency", str(latency_s)]
    checkout = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own module
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@contextmanager
def environment_of(base_url: str) -> Iterator[None]:
    """The variables that a user sets, for as long as an endpoint lives."""
    ours = {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": API_KEY}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


async def _serve_for_ever(latency_s: float) -> None:
    reply = with_head(BODY)
    print(await Loopback(lambda _: reply, latency_s).start(), flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds per completion")
    asyncio.run(_serve_for_ever(parser.parse_args().latency))


if __name__ == "__main__":
    main()
