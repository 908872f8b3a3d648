"""Limits per minute: on a clock of the test, and once against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import mlflow
import pytest

from ocr_model.engines.llm.exchange.rate_limit import RateLimit
from ocr_model.errors import LLMError
from ocr_model.schema import Outcome
from tests.support.endpoint import Endpoint, error
from tests.support.llm import PAGE, engine_on, read


@pytest.fixture(autouse=True)
def _no_tracing() -> Iterator[None]:
    mlflow.tracing.disable()
    yield
    mlflow.tracing.reset()  # type: ignore[no-untyped-call]


class Clock:
    """Seconds that pass when a test says so."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_without_limits_nobody_waits() -> None:
    limit = RateLimit(clock=Clock())
    assert [limit.reserve() for _ in range(100)] == [0.0] * 100


def test_requests_are_spread_evenly_over_the_minute() -> None:
    clock = Clock()
    limit = RateLimit(requests_per_minute=120, clock=clock)
    assert [limit.reserve() for _ in range(4)] == [0.0, 0.5, 1.0, 1.5]
    clock.now_s += 1.75
    assert limit.reserve() == pytest.approx(0.25)
    clock.now_s += 60
    # What was not used is gone: no burst after a rest.
    assert [limit.reserve() for _ in range(2)] == [0.0, 0.5]


def test_threads_share_the_limit_and_waiting_for_it_is_not_the_pages_time() -> None:
    # 300 a minute are one in 0.2 s: the last of 6 pages waits 1 s and may take 0.8 s itself.
    with (
        Endpoint() as endpoint,
        engine_on(endpoint.environment, requests_per_minute=300, timeout_s=0.8) as engine,
        ThreadPoolExecutor(6) as pool,
    ):
        list(pool.map(engine.read_page, [PAGE] * 6))
    arrivals = sorted(seen.at_s for seen in endpoint.requests)
    assert arrivals[-1] - arrivals[0] > 0.9
    assert all(later - earlier > 0.1 for earlier, later in pairwise(arrivals))


def test_retries_take_slots_too() -> None:
    reading = read([error(503, "busy")] * 2, requests_per_minute=200)
    moments = [seen.at_s for seen in reading.requests]
    assert len(moments) == 3
    assert all(later - earlier > 0.25 for earlier, later in pairwise(moments))


def test_a_pause_that_leaves_a_page_no_time_is_a_typed_outcome() -> None:
    refuse = error(429, "Rate limit reached", headers={"retry-after": "30"})
    with (
        Endpoint([refuse]) as endpoint,
        engine_on(endpoint.environment, timeout_s=3.0) as engine,
        pytest.raises(LLMError, match=r"asks to wait 30 s.*requests_per_minute") as caught,
    ):
        engine.read_page(PAGE)
    assert caught.value.outcome is Outcome.RATE_LIMITED
