"""Limits per minute: on a clock of the test, and once against a real server."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import mlflow
import pytest

from ocr_model.engines.llm.exchange.rate_limit import Quota, RateLimit, duration_s, quotas_in
from ocr_model.errors import LLMError
from ocr_model.schema import Outcome
from tests.support.endpoint import Endpoint, Reply, completion, error
from tests.support.llm import PAGE, engine_on, read


@pytest.fixture(autouse=True)
def _no_tracing() -> Iterator[None]:
    mlflow.tracing.disable()
    yield
    mlflow.tracing.enable()


class Clock:
    """Seconds that pass when a test says so."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_without_limits_nobody_waits() -> None:
    limit = RateLimit(clock=Clock())
    assert [limit.take_place().wait_s for _ in range(100)] == [0.0] * 100


def test_requests_are_spread_evenly_over_the_minute() -> None:
    clock = Clock()
    limit = RateLimit(requests_per_minute=120, clock=clock)
    assert [limit.take_place().wait_s for _ in range(4)] == [0.0, 0.5, 1.0, 1.5]
    clock.now_s += 1.75
    assert limit.take_place().wait_s == pytest.approx(0.25)
    clock.now_s += 60
    # What was not used is gone: no burst after a rest.
    assert [limit.take_place().wait_s for _ in range(2)] == [0.0, 0.5]


def test_tokens_count_as_guessed_until_the_reply_tells() -> None:
    # 6,000 a minute are 100 a second; a page is guessed at 1,500 tokens, that is 15 s.
    limit = RateLimit(tokens_per_minute=6_000, clock=Clock())
    first = limit.take_place()
    assert (first.wait_s, first.tokens) == (0.0, 1500)
    limit.settle(first, 500)
    second = limit.take_place()
    # The first did cost 5 s; the guess moved a fifth of the way, 1,500 -> 1,300.
    assert (second.wait_s, second.tokens) == (pytest.approx(5.0), pytest.approx(1300))
    limit.settle(second, None)
    assert limit.take_place().wait_s == pytest.approx(18.0)


def test_the_narrower_limit_counts() -> None:
    limit = RateLimit(requests_per_minute=6, tokens_per_minute=90_000, clock=Clock())
    assert [limit.take_place().wait_s for _ in range(3)] == [0.0, 10.0, 20.0]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1.0),
        ("20ms", 0.02),
        ("1m30s", 90.0),
        ("6m0s", 360.0),
        ("1h2m3.5s", 3723.5),
        ("7", 7.0),
        ("0.5", 0.5),
        ("", None),
        ("soon", None),
        ("-1s", None),
        ("1m nonsense", None),
        ("1767225600", None),
        ("nan", None),
        ("٣s", None),
    ],
)
def test_durations_are_read_in_the_notations_of_providers(text: str, seconds: float | None) -> None:
    assert duration_s(text) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("headers", "quotas"),
    [
        ({}, ()),
        ({"x-ratelimit-remaining-requests": "0"}, ()),
        (
            {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1.5s"},
            (Quota("requests", 0, 1.5),),
        ),
        (
            {"x-ratelimit-remaining-tokens": "149984", "x-ratelimit-reset-tokens": "6m0s"},
            (Quota("tokens", 149_984, 360.0),),
        ),
        (
            {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "9h"},
            (Quota("tokens", 0, 600),),
        ),
        (
            {
                "x-ratelimit-limit-requests": "60",
                "x-ratelimit-remaining-requests": "59",
                "x-ratelimit-reset-requests": "1s",
            },
            (Quota("requests", 59, 1.0, 60),),
        ),
        ({"x-ratelimit-remaining-tokens": "-1", "x-ratelimit-reset-tokens": "1s"}, ()),
    ],
    ids=["none", "half", "requests", "tokens", "capped", "limit", "broken"],
)
def test_quotas_are_read_where_both_halves_are_there(
    headers: dict[str, str], quotas: tuple[Quota, ...]
) -> None:
    assert quotas_in(headers) == quotas


@pytest.mark.parametrize(
    ("quota", "s_per_unit"),
    [
        # 60 a minute as a bucket: full but for one, then nearly empty. It refills one a second.
        (Quota("requests", 59, 1.0, 60), 1 / 59),
        (Quota("requests", 5, 55.0, 60), 1.0),
        (Quota("requests", 0, 60.0, 60), 1.0),
        # 100 a minute as a window that has just begun, and without its limit.
        (Quota("requests", 99, 60.0, 100), 60 / 99),
        (Quota("requests", 4, 60.0), 15.0),
        (Quota("requests", 0, 60.0), 0.0),
    ],
)
def test_a_quota_has_the_pace_that_neither_a_bucket_nor_a_window_refuses(
    quota: Quota, s_per_unit: float
) -> None:
    assert quota.s_per_unit == pytest.approx(s_per_unit)


def test_what_an_endpoint_tells_slows_down_until_its_reset() -> None:
    clock = Clock()
    limit = RateLimit(clock=clock)
    limit.take_place()
    limit.heed([Quota("requests", 4, 8.0)])
    assert [limit.take_place().wait_s for _ in range(3)] == [0.0, 2.0, 4.0]
    # One in 5 s, for 5 s: nobody told of a limit after that.
    limit.heed([Quota("requests", 1, 5.0)])
    assert [limit.take_place().wait_s for _ in range(3)] == [5.0, 5.0, 5.0]
    clock.now_s += 5.0
    assert [limit.take_place().wait_s for _ in range(2)] == [0.0, 0.0]


def test_the_slower_of_settings_and_endpoint_counts() -> None:
    limit = RateLimit(requests_per_minute=60, clock=Clock())
    limit.heed([Quota("requests", 10, 1.0)])
    assert [limit.take_place().wait_s for _ in range(3)] == [0.0, 1.0, 2.0]
    # 3,000 tokens in 6 s; a page is guessed at 1,500.
    limit = RateLimit(requests_per_minute=60, clock=Clock())
    limit.heed([Quota("tokens", 3_000, 6.0)])
    assert [limit.take_place().wait_s for _ in range(3)] == [0.0, 3.0, 6.0]


def exhausted(reset: str) -> Reply:
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": reset}
    return Reply(completion().body, headers=headers)


def test_threads_share_the_limit_and_waiting_for_it_is_not_the_pages_time() -> None:
    # 300 a minute are one in 0.2 s: the last of 6 pages waits 1 s and may take 0.8 s itself.
    with (
        Endpoint() as endpoint,
        engine_on(endpoint.environment, requests_per_minute=300, timeout_s=0.8) as engine,
        ThreadPoolExecutor(6) as pool,
    ):
        results = list(pool.map(engine.read_page, [PAGE] * 6))
    arrivals = sorted(seen.at_s for seen in endpoint.requests)
    assert arrivals[-1] - arrivals[0] > 0.9
    assert all(later - earlier > 0.1 for earlier, later in pairwise(arrivals))
    notes = [note for result in results for note in result.notes]
    assert len(notes) == 5
    assert all(re.fullmatch(r"waited \d\.\d s for the limits per minute.*", n) for n in notes)


def test_threads_spread_what_an_endpoint_says_is_left() -> None:
    headers = {
        "x-ratelimit-limit-requests": "10",
        "x-ratelimit-remaining-requests": "5",
        "x-ratelimit-reset-requests": "1s",
    }
    script = Reply(completion().body, headers=headers)
    with (
        Endpoint(lambda _: script) as endpoint,
        engine_on(endpoint.environment) as engine,
        ThreadPoolExecutor(5) as pool,
    ):
        engine.read_page(PAGE)
        list(pool.map(engine.read_page, [PAGE] * 5))
    arrivals = sorted(seen.at_s for seen in endpoint.requests)[1:]
    assert arrivals[-1] - arrivals[0] > 0.5


def test_retries_take_places_too() -> None:
    reading = read([error(503, "busy")] * 2, requests_per_minute=200)
    moments = [seen.at_s for seen in reading.requests]
    assert len(moments) == 3
    assert all(later - earlier > 0.25 for earlier, later in pairwise(moments))


def test_an_endpoint_that_has_nothing_left_is_not_asked_before_its_reset() -> None:
    with Endpoint([exhausted("400ms")]) as endpoint, engine_on(endpoint.environment) as engine:
        engine.read_page(PAGE)
        started = time.monotonic()
        assert engine.read_page(PAGE).notes == ()
        assert time.monotonic() - started > 0.3
    assert len(endpoint.requests) == 2


def test_a_reset_holds_pages_up_for_half_their_time_at_most() -> None:
    with (
        Endpoint([exhausted("1m0s")]) as endpoint,
        engine_on(endpoint.environment, timeout_s=2.0) as engine,
    ):
        engine.read_page(PAGE)
        engine.read_page(PAGE)
    assert endpoint.requests[1].at_s - endpoint.requests[0].at_s > 0.9


def test_a_pause_that_leaves_a_page_no_time_is_a_typed_outcome() -> None:
    refuse = error(429, "Rate limit reached", headers={"retry-after": "30"})
    with (
        Endpoint([refuse]) as endpoint,
        engine_on(endpoint.environment, timeout_s=3.0) as engine,
        pytest.raises(LLMError, match=r"asks to wait 30 s.*requests_per_minute") as caught,
    ):
        engine.read_page(PAGE)
    assert caught.value.outcome is Outcome.RATE_LIMITED
