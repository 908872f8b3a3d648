"""One request, retried until it succeeds or a retry is pointless, within a deadline.

Knows no HTTP: an exchange returns a completion or a fault, whose policy decides. Ours, because
retry libraries have neither a pause shared by all threads nor a deadline that a wait can extend.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from ocr_model.engines.deadline import NEVER, RequestDeadline
from ocr_model.engines.llm.exchange.completion import Completion
from ocr_model.engines.llm.exchange.faults import Fault, Kind
from ocr_model.engines.llm.exchange.rate_limit import RateLimit

Exchange = Callable[[float], Completion | Fault]

_LONGEST_BACKOFF_S = 8.0
# One exchange may take two thirds of a page's time, so that a hung one can be retried.
_SHARE_OF_ONE_EXCHANGE = 2 / 3
_SHORTEST_EXCHANGE_S = 0.01
_random = random.SystemRandom()


class Deadline:
    """The deadline of a page, waits and retries included.

    Even when extended, it ends no later than the request that the page came with.
    """

    def __init__(self, seconds: float, request: RequestDeadline = NEVER) -> None:
        self._request = request
        self._ends_at = time.monotonic() + seconds
        self._longest_exchange_s = seconds * _SHARE_OF_ONE_EXCHANGE

    def extend(self, seconds: float) -> None:
        self._ends_at += seconds

    @property
    def request_left_s(self) -> float:
        return self._request.left_s

    @property
    def left_s(self) -> float:
        return min(self._ends_at - time.monotonic(), self._request.left_s)

    @property
    def next_exchange_s(self) -> float:
        """How long the next exchange may take; not positive when there is no time for one."""
        left_s = self.left_s
        return min(left_s, self._longest_exchange_s) if left_s > _SHORTEST_EXCHANGE_S else 0.0


class Pause:
    """A rate limit affects all threads of an engine: none sends before it is over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ends_at = 0.0

    def extend(self, seconds: float) -> None:
        with self._lock:
            self._ends_at = max(self._ends_at, time.monotonic() + seconds)

    @property
    def left_s(self) -> float:
        with self._lock:
            return max(self._ends_at - time.monotonic(), 0.0)


class Sender:
    """Sends the requests of an engine; one for all its threads."""

    def __init__(
        self, backoff_s: float, longest_pause_s: float, limit: RateLimit | None = None
    ) -> None:
        """Args:
        longest_pause_s: the most that one `Retry-After` may delay other threads. Well below a
            page's time, or pages would fail unsent.
        """
        self._backoff_s = backoff_s
        self._longest_pause_s = longest_pause_s
        self._pause = Pause()
        self._limit = limit or RateLimit()

    def send(self, exchange: Exchange, deadline: Deadline) -> Completion | Fault:
        """Try until there is a completion, or no time or reason to retry; then return the last
        fault.
        """
        fault: Fault | None = None
        tried = 0
        while True:
            tried += 1
            if not self._wait_for_slot(deadline):
                return fault or self._still_paused()
            seconds = deadline.next_exchange_s
            if seconds <= 0:
                return fault or Fault(Kind.TIMEOUT, "no time was left to send the request")
            reply = exchange(seconds)
            if isinstance(reply, Completion) or tried >= reply.policy.tries:
                return reply
            fault = reply
            if not self._wait(reply, tried, deadline):
                return reply

    def _wait_for_slot(self, deadline: Deadline) -> bool:
        """Wait for the shared pause and the rate limit; False if the pause is too long.

        Only the pause counts towards the page's time, because it follows a refusal.
        """
        while self._sit_out_pause(deadline):
            wait_s = self._limit.reserve()
            started = time.monotonic()
            time.sleep(min(wait_s, deadline.request_left_s))
            deadline.extend(time.monotonic() - started)  # a busy machine oversleeps
            if not self._pause.left_s:
                return True
            # Otherwise all waiting threads would send at once when the pause is over.
        return False

    def _sit_out_pause(self, deadline: Deadline) -> bool:
        """Wait for the shared pause; False if it leaves the page no time."""
        while (pause_s := self._pause.left_s) > 0:
            if pause_s >= deadline.left_s:
                return False
            time.sleep(pause_s + _random.uniform(0, self._backoff_s))
            if deadline.next_exchange_s <= 0:
                return False
        return True

    def _still_paused(self) -> Fault:
        pause_s = self._pause.left_s
        return Fault(
            Kind.RATE_LIMIT,
            f"not sent: an earlier reply asked to wait, and {pause_s:.1f} s of that are left",
            wait_s=pause_s,
        )

    def _wait(self, fault: Fault, tried: int, deadline: Deadline) -> bool:
        """Wait as the endpoint asks, else with exponential backoff; False if there is no time."""
        backoff_s = min(self._backoff_s * 2 ** (tried - 1), _LONGEST_BACKOFF_S)
        wait_s = fault.wait_s or backoff_s * _random.uniform(0.5, 1.0)
        if fault.kind is Kind.RATE_LIMIT:
            self._pause.extend(min(wait_s, self._longest_pause_s))
            # Jitter, or all threads would retry at the same moment.
            wait_s += _random.uniform(0, self._backoff_s)
        if wait_s >= deadline.left_s:
            return False
        time.sleep(wait_s)
        return True
