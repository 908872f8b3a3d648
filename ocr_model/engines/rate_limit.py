"""Requests and tokens per minute: who may send when. Knows neither HTTP nor pages.

Two sources: the settings, and the `x-ratelimit-*` headers of replies, by which an endpoint says
that it will refuse before it has to.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Clock = Callable[[], float]

_MINUTE_S = 60.0
# Before the first reply has told: a page at the default settings and its pairs.
_FIRST_GUESS_TOKENS = 1_500
# New pages are like the last ones; a share of each reply moves the guess there.
_SHARE_OF_NEWEST = 0.2
_LONGEST_RESET_S = 600.0
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s|d)")
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, slots=True)
class Quota:
    """What an endpoint says is left of one of its limits, and when that limit starts afresh."""

    remaining: int
    reset_s: float


def quotas_in(headers: Mapping[str, str]) -> tuple[Quota, ...]:
    """The limits that a reply names in full.

    x-ratelimit-remaining-requests: 0, x-ratelimit-reset-requests: 1.5s -> (Quota(0, 1.5),)
    """
    found = []
    for limited in ("requests", "tokens"):
        remaining = headers.get(f"x-ratelimit-remaining-{limited}", "").strip()
        reset_s = duration_s(headers.get(f"x-ratelimit-reset-{limited}", ""))
        if re.fullmatch(r"\d{1,15}", remaining, re.ASCII) and reset_s is not None:
            found.append(Quota(int(remaining), min(reset_s, _LONGEST_RESET_S)))
    return tuple(found)


def duration_s(text: str) -> float | None:
    """Seconds in the notations seen: "1m30s" -> 90.0, "20ms" -> 0.02, "7" -> 7.0, "soon" -> None

    Bare numbers above a day are moments of the epoch with some servers; they say nothing sure.
    """
    text = text.strip().lower()
    if re.fullmatch(r"\d{1,6}(\.\d{1,9})?", text, re.ASCII):
        seconds = float(text)
        return seconds if seconds <= _UNITS_S["d"] else None
    if not text.isascii() or not re.fullmatch(rf"(?:{_DURATION.pattern})+", text):
        return None
    return sum(float(number) * _UNITS_S[unit] for number, unit in _DURATION.findall(text))


@dataclass(frozen=True, slots=True)
class Place:
    """How long to wait before sending, and the tokens counted in advance."""

    wait_s: float
    tokens: float


class RateLimit:
    """Spreads requests and tokens evenly over the minute; one for all threads of an engine.

    Evenly, not in bursts: providers enforce a minute's limit in slices of seconds.
    """

    def __init__(
        self,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self._s_per_request = _MINUTE_S / requests_per_minute if requests_per_minute else 0.0
        self._s_per_token = _MINUTE_S / tokens_per_minute if tokens_per_minute else 0.0
        self._clock = clock
        self._lock = threading.Lock()
        self._guess_tokens = float(_FIRST_GUESS_TOKENS)
        # When what was given out so far is used up, at the rate of either limit.
        self._requests_until = self._tokens_until = float("-inf")

    def take_place(self) -> Place:
        """The next place in the row; who takes one waits, sends and settles."""
        with self._lock:
            now = self._clock()
            starts_at = max(now, self._requests_until, self._tokens_until)
            self._requests_until = starts_at + self._s_per_request
            self._tokens_until = starts_at + self._guess_tokens * self._s_per_token
            return Place(starts_at - now, self._guess_tokens)

    def settle(self, place: Place, tokens: int | None) -> None:
        """Put what a request did cost in the place of the guess; None where nobody told."""
        if tokens is None:
            return
        with self._lock:
            self._tokens_until += (tokens - place.tokens) * self._s_per_token
            self._guess_tokens += _SHARE_OF_NEWEST * (tokens - self._guess_tokens)
