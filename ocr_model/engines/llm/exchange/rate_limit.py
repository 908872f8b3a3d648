"""Requests and tokens per minute: who may send when. Knows neither HTTP nor pages.

Two sources: the settings, and the `x-ratelimit-*` headers of replies, by which an endpoint says
how much it will take before it refuses. The slower of the two counts.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Limited = Literal["requests", "tokens"]
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

    limited: Limited
    remaining: int
    reset_s: float
    limit: int | None = None

    @property
    def s_per_unit(self) -> float:
        """The pace that neither of the two kinds of limit refuses; 0.0 where none is known.

        A window gives what remains until the reset. A bucket that refills all the time says how
        long it takes to be full again, so it refills what is missing in that time. Nobody says
        which kind it is: the faster pace is right for one of them, and where it is wrong the
        rest runs out and the pause until the reset follows.
        """
        missing = (self.limit or 0) - self.remaining
        units = max(self.remaining, missing)
        return self.reset_s / units if units > 0 else 0.0


def quotas_in(headers: Mapping[str, str]) -> tuple[Quota, ...]:
    """The limits that a reply names in full.

    x-ratelimit-remaining-requests: 0, x-ratelimit-reset-requests: 1.5s
    -> (Quota("requests", 0, 1.5),)
    """
    quotas = (_quota_in(headers, limited) for limited in get_args(Limited))
    return tuple(quota for quota in quotas if quota is not None)


def _quota_in(headers: Mapping[str, str], limited: Limited) -> Quota | None:
    remaining = _count(headers.get(f"x-ratelimit-remaining-{limited}", ""))
    reset_s = duration_s(headers.get(f"x-ratelimit-reset-{limited}", ""))
    if remaining is None or reset_s is None:
        return None
    limit = _count(headers.get(f"x-ratelimit-limit-{limited}", ""))
    return Quota(limited, remaining, min(reset_s, _LONGEST_RESET_S), limit)


def _count(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,15}", text := text.strip(), re.ASCII) else None


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


class _Pace:
    """One limit, as the settings have it and as the endpoint's last reply has it.

    `_until` and `_told_until`: when what was given out so far is used up at either pace.
    """

    def __init__(self, per_minute: int | None) -> None:
        self._s_per_unit = _MINUTE_S / per_minute if per_minute else 0.0
        self._told_s_per_unit = 0.0
        self._until = self._told_until = self._reset_at = float("-inf")

    @property
    def free_at(self) -> float:
        """After the reset, what the endpoint told is over."""
        return max(self._until, min(self._told_until, self._reset_at))

    def take(self, starts_at: float, units: float) -> None:
        self._until = starts_at + units * self._s_per_unit
        self._told_until = starts_at + units * self._told_s_per_unit

    def correct(self, units: float) -> None:
        """What was taken cost so many more."""
        self._until += units * self._s_per_unit
        self._told_until += units * self._told_s_per_unit

    def heed(self, quota: Quota, now: float) -> None:
        self._told_s_per_unit = quota.s_per_unit
        self._reset_at = now + quota.reset_s


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
        self._paces: dict[Limited, _Pace] = {
            "requests": _Pace(requests_per_minute),
            "tokens": _Pace(tokens_per_minute),
        }
        self._clock = clock
        self._lock = threading.Lock()
        self._guess_tokens = float(_FIRST_GUESS_TOKENS)

    def take_place(self) -> Place:
        """The next place in the row; who takes one waits, sends and settles."""
        with self._lock:
            now = self._clock()
            starts_at = max(now, *(pace.free_at for pace in self._paces.values()))
            self._paces["requests"].take(starts_at, 1.0)
            self._paces["tokens"].take(starts_at, self._guess_tokens)
            return Place(starts_at - now, self._guess_tokens)

    def settle(self, place: Place, tokens: int | None) -> None:
        """Put what a request did cost in the place of the guess; None where nobody told."""
        if tokens is None:
            return
        with self._lock:
            self._paces["tokens"].correct(tokens - place.tokens)
            self._guess_tokens += _SHARE_OF_NEWEST * (tokens - self._guess_tokens)

    def heed(self, quotas: Iterable[Quota]) -> None:
        """Send no faster from now on than an endpoint says it will take, until its reset."""
        with self._lock:
            now = self._clock()
            for quota in quotas:
                self._paces[quota.limited].heed(quota, now)
