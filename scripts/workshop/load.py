"""Clients that ask as fast as they are answered, each with a connection of its own.

Knows nothing of models: what is done with a job is the caller's.
"""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

Job = TypeVar("Job")

_REQUESTS_PER_CONNECTION = 50
_HEADERS = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Load:
    """How long each job took, and all of them together."""

    seconds: tuple[float, ...]
    wall_s: float

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.wall_s

    @property
    def p50_ms(self) -> float:
        return 1000 * statistics.median(self.seconds)

    @property
    def p95_ms(self) -> float:
        """The value that 95 % do not exceed: of 20 jobs the second slowest."""
        ranked = sorted(self.seconds)
        return 1000 * ranked[max(0, -(-95 * len(ranked) // 100) - 1)]


def run_clients(clients: int, jobs: Sequence[Job], do: Callable[[Job], object]) -> Load:
    """Do all jobs, each client the next one as soon as it is done with its last."""

    def timed(job: Job) -> float:
        started = time.perf_counter()
        do(job)
        return time.perf_counter() - started

    started = time.perf_counter()
    with ThreadPoolExecutor(clients, thread_name_prefix="client") as pool:
        seconds = tuple(pool.map(timed, jobs))
    return Load(seconds, time.perf_counter() - started)


class Connections:
    """One kept-alive connection per thread to a model server, made anew now and then.

    The workers of a server share its port, and the first to be up takes every connection it is
    offered; kept for ever, they would leave the others without work.
    """

    def __init__(self, port: int, timeout_s: float = 90.0) -> None:
        self._port = port
        self._timeout_s = timeout_s
        self._of_thread = threading.local()

    def ask(self, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer.

        Raises:
            OSError, http.client.HTTPException: refused or cut; the next call connects anew.
        """
        connection = getattr(self._of_thread, "connection", None)
        self._of_thread.asked = asked = getattr(self._of_thread, "asked", 0) + 1
        if connection is not None and asked % _REQUESTS_PER_CONNECTION == 0:
            connection.close()
            connection = None
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, self._timeout_s)
            self._of_thread.connection = connection
        try:
            connection.request("POST", "/invocations", body, _HEADERS)
            reply = connection.getresponse()
            return reply.status, reply.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            self._of_thread.connection = None
            raise
