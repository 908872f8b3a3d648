"""Start, and communicate with, the process that renders the pages of one PDF."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

_PROGRAM = Path(__file__).with_name("drawing")
# What a dynamic linker or Windows may need; no keys or endpoints.
_ENVIRONMENT = ("LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TMPDIR", "TEMP")


class RendererEndedError(Exception):
    """The process ended: it crashed on its input, or exceeded a limit (`too_much`)."""

    def __init__(self, reason: str, *, too_much: bool) -> None:
        super().__init__(reason)
        self.too_much = too_much


class Renderer:
    """One process with one open PDF. Not thread-safe."""

    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603 - our own file, nothing of a request
            [sys.executable, "-I", "-S", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._commands: IO[bytes] = self._process.stdin
        self._replies: IO[bytes] = self._process.stdout
        self.close: Callable[[], object] = weakref.finalize(self, _end, self._process)

    def open(self, data: bytes, max_memory_bytes: int, timeout_s: float) -> dict[str, Any]:
        """Hand over the PDF; replies with `pages` or `error`.

        Raises:
            RendererEndedError: it died of this document, or took longer than `timeout_s`.
        """
        setup = {"path": sys.path, "bytes": len(data), "max_memory_bytes": max_memory_bytes}
        return self._exchange(json.dumps(setup).encode() + b"\n" + data, timeout_s)

    def ask(
        self,
        command: dict[str, Any],
        timeout_s: float,
        receive: Callable[[dict[str, Any], IO[bytes]], None] | None = None,
    ) -> dict[str, Any]:
        """The reply to a command, or `error`; `receive` takes the bytes that follow it.

        Raises:
            RendererEndedError: it died of this page, or took longer than `timeout_s`.
        """
        return self._exchange(json.dumps(command).encode() + b"\n", timeout_s, receive)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def _exchange(
        self,
        message: bytes,
        timeout_s: float,
        receive: Callable[[dict[str, Any], IO[bytes]], None] | None = None,
    ) -> dict[str, Any]:
        reply: dict[str, Any] | None = None
        with self._killed_after(timeout_s) as timed_out:
            try:
                self._commands.write(message)
                self._commands.flush()
                reply = json.loads(self._replies.readline())
                if receive is not None and reply is not None and reply["bytes"]:
                    receive(reply, self._replies)
            except (OSError, ValueError):
                reply = None  # a broken pipe or a broken reply
        # If time ran out just after the reply, the next command would meet a dead process.
        if reply is not None and not timed_out.is_set():
            return reply
        status = self._process.wait()
        raise _ended(status, timeout_s if timed_out.is_set() else None)

    @contextmanager
    def _killed_after(self, timeout_s: float) -> Iterator[threading.Event]:
        timed_out, process = threading.Event(), self._process

        def kill() -> None:
            timed_out.set()
            process.kill()

        timer = threading.Timer(timeout_s, kill)
        timer.daemon = True
        timer.start()
        try:
            yield timed_out
        finally:
            timer.cancel()
            timer.join()


def _ended(status: int, timed_out_s: float | None) -> RendererEndedError:
    """-11 -> "ends in SIGSEGV"; 3 -> "ends in exit code 3"."""
    known = {-number.value: number.name for number in signal.Signals}
    name = known.get(status, f"exit code {status}")
    if timed_out_s is not None or name == "SIGXCPU":
        return RendererEndedError("takes too much time", too_much=True)
    if name == "SIGABRT":  # what PDFium does when memory is refused
        return RendererEndedError("takes too much memory", too_much=True)
    return RendererEndedError(f"ends in {name}", too_much=False)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # unread input
                continue
