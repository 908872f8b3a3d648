"""A limit on requests per minute. Knows neither HTTP nor pages.

Ours, because libraries block or refuse within a window: here the wait is a number by which a page's
deadline is extended, and requests are spread evenly.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_MINUTE_S = 60.0


class RateLimit:
    """Spreads requests evenly over the minute; one for all threads of an engine.

    Evenly, not in bursts: providers enforce a minute's limit in slices of seconds.
    """

    def __init__(
        self, requests_per_minute: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval_s = _MINUTE_S / requests_per_minute if requests_per_minute else 0.0
        self._clock = clock
        self._lock = threading.Lock()
        self._next_at = float("-inf")

    def reserve(self) -> float:
        """Reserve the next free slot; return the seconds to wait before sending."""
        with self._lock:
            now = self._clock()
            starts_at = max(now, self._next_at)
            self._next_at = starts_at + self._interval_s
            return starts_at - now
