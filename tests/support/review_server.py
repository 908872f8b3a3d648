"""The review page's server as a person starts it, in a process that can be killed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from scripts.workshop.model_server import free_port

CHECKOUT = Path(__file__).parents[2]
_STARTS_S = 120.0


class ReviewServer:
    """`options` are those of the verb, without a port."""

    def __init__(self, environment: Mapping[str, str], log: Path, *options: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = environment
        self._options = options
        self._log = log

    def start(self) -> None:
        command = [sys.executable, "-m", "scripts.review", *self._options]
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port)],
                cwd=CHECKOUT,
                env=dict(self._environment),
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        gives_up_at = time.monotonic() + _STARTS_S
        while True:
            try:
                self.work()
            except OSError:
                assert self._process.poll() is None, self._log.read_text()
                assert time.monotonic() < gives_up_at
                time.sleep(0.1)
            else:
                return

    def work(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/api/work", timeout=10) as reply:
            work: dict[str, Any] = json.load(reply)
            return work

    def wait_until_read(self, count: int) -> None:
        gives_up_at = time.monotonic() + 60 + 20 * count
        while (work := self.work())["read"] < count:
            assert work["fault"] is None, self._log.read_text()
            assert time.monotonic() < gives_up_at
            time.sleep(0.3)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> ReviewServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
