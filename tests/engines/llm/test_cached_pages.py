"""The LLM engine with its cache: what is paid once, what is found again, what is replayed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import mlflow
import pytest
from PIL import Image

from ocr_model.engines.llm.engine import LLMEngine
from ocr_model.errors import ConfigError, LLMError
from ocr_model.schema import Outcome, Page, PageResult, Usage
from tests.support.endpoint import GOOD, Endpoint, Played, Reply, Seen, completion, error
from tests.support.llm import PAGE, engine_on

LARGE = Page(1, Image.new("RGB", (800, 1600), "white"))


@pytest.fixture(autouse=True)
def _no_tracing(request: pytest.FixtureRequest) -> Iterator[None]:
    traced = "mlflow_store" in request.fixturenames
    if not traced:
        mlflow.tracing.disable()
    yield
    if not traced:
        mlflow.tracing.reset()  # type: ignore[no-untyped-call]


def read_with(
    endpoint: Endpoint, *pages: Page, cache: str = "read-write", **settings: Any
) -> list[PageResult | LLMError]:
    """Read pages with a new engine, as a new run would."""
    with engine_on(endpoint.environment, cache=cache, **settings) as engine:
        return [outcome_of(engine, page) for page in pages]


def replay(*pages: Page, **settings: Any) -> list[PageResult | LLMError]:
    """Read pages from the cache alone: no endpoint, no key."""
    with engine_on({}, cache="replay", **settings) as engine:
        return [outcome_of(engine, page) for page in pages]


def outcome_of(engine: LLMEngine, page: Page) -> PageResult | LLMError:
    try:
        return engine.read_page(page)
    except LLMError as err:
        return err


def as_cached(result: PageResult | LLMError) -> PageResult:
    assert isinstance(result, PageResult)
    return replace(result, cached=True)


def refuses_schema(seen: Seen) -> Played:
    if seen.rung == "json_schema":
        return error(400, "response_format is not supported")
    if "max_completion_tokens" in seen.body:
        return error(400, "Unsupported parameter: 'max_completion_tokens'. Use 'max_tokens'.")
    return completion()


def refuses_large(seen: Seen) -> Played:
    return completion() if max(seen.image.size) <= 500 else Reply(b"", 413)


SCRIPTS: dict[str, tuple[Any, int]] = {
    # how the page is come by: (script, requests of the first run)
    "at once": (lambda _: completion(), 1),
    "down the ladder": (refuses_schema, 3),
    "at half its side": (refuses_large, 2),
    "asked again": ([completion("Hm."), completion()], 2),
    "with more room": ([completion(GOOD[:40], finish_reason="length"), completion()], 2),
    "after a fault": ([error(503, "busy"), completion()], 2),
    "empty": (lambda _: completion('{"pairs": []}'), 1),
    "out of its reasoning": (lambda _: completion(None, reasoning=GOOD), 1),
    "without usage": (lambda _: completion(usage=None), 1),
}


@pytest.mark.parametrize(("script", "requests"), SCRIPTS.values(), ids=SCRIPTS.keys())
def test_a_page_is_paid_once_however_it_was_come_by(script: Any, requests: int) -> None:
    with Endpoint(script) as endpoint:
        [first] = read_with(endpoint, LARGE)
        assert isinstance(first, PageResult)
        assert not first.cached
        assert len(endpoint.requests) == requests
        # An engine that has learned nothing yet: the ladder is no part of what it looks for.
        [second] = read_with(endpoint, LARGE)
        assert len(endpoint.requests) == requests
    assert second == as_cached(first)
    assert replay(LARGE) == [second]


def test_the_page_number_is_that_of_this_reading() -> None:
    with Endpoint() as endpoint:
        read_with(endpoint, PAGE)
        [again] = read_with(endpoint, Page(9, PAGE.image))
        assert isinstance(again, PageResult)
        assert again.cached
        assert {answer.page for answer in again.answers} == {9}


@pytest.mark.parametrize(
    "reply",
    [
        completion("no pairs"),
        completion(None, refusal="I can't."),
        completion(GOOD[:40], finish_reason="length"),
        completion(GOOD, finish_reason="content_filter"),
        error(400, "computer says no"),
        error(401, "wrong key"),
    ],
    ids=["unparseable", "refused", "truncated", "filtered", "rejected", "wrong key"],
)
def test_what_gave_no_pairs_is_never_kept(reply: Reply) -> None:
    good: list[bool] = []
    with Endpoint(lambda _: completion() if good else reply) as endpoint:
        [first] = read_with(endpoint, PAGE)
        assert isinstance(first, LLMError)
        good.append(True)
        [second] = read_with(endpoint, PAGE)
    assert isinstance(second, PageResult)
    assert not second.cached


@pytest.mark.parametrize(
    "settings",
    [
        {"llm": "other"},
        {"llm_parameters": {"max_completion_tokens": 9}},
        {"image_quality": 90},
        {"image_detail": "low"},
        {"structured_output": "text"},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_whatever_decides_an_answer_decides_the_key(settings: dict[str, Any]) -> None:
    page = Page(1, Image.effect_noise((120, 80), 50).convert("RGB"))
    with Endpoint() as endpoint:
        read_with(endpoint, page)
        [other] = read_with(endpoint, page, **settings)
    assert isinstance(other, PageResult)
    assert not other.cached
    [missed] = replay(page, **{**settings, "llm": "third"})
    assert isinstance(missed, LLMError)


@pytest.mark.parametrize("settings", [{"timeout_s": 9.0}, {"concurrency": 2}], ids=["time", "pool"])
def test_operational_settings_are_no_part_of_the_key(settings: dict[str, Any]) -> None:
    with Endpoint() as endpoint:
        read_with(endpoint, PAGE)
        [again] = read_with(endpoint, PAGE, **settings)
    assert isinstance(again, PageResult)
    assert again.cached


def test_another_endpoint_is_asked_itself() -> None:
    with Endpoint() as one, Endpoint() as other:
        read_with(one, PAGE)
        read_with(other, PAGE)
    assert (len(one.requests), len(other.requests)) == (1, 1)


def test_off_reads_and_keeps_nothing(tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        read_with(endpoint, PAGE, PAGE, cache="off")
    assert len(endpoint.requests) == 2
    assert not (tmp_path / "replies.sqlite").exists()


def test_threads_with_the_same_page_pay_for_it_once() -> None:
    with (
        Endpoint(lambda _: completion(delay_s=0.1)) as endpoint,
        engine_on(endpoint.environment, cache="read-write") as engine,
        ThreadPoolExecutor(8) as pool,
    ):
        results = list(pool.map(engine.read_page, [PAGE] * 8))
    assert len(endpoint.requests) == 1
    assert sorted(result.cached for result in results) == [False] + [True] * 7


def test_a_replay_sends_nothing_and_says_what_is_not_recorded() -> None:
    with Endpoint() as endpoint:
        read_with(endpoint, PAGE)
        with engine_on(endpoint.environment, cache="replay") as engine:
            assert outcome_of(engine, PAGE) == as_cached(engine.read_page(PAGE))
            missed = outcome_of(engine, LARGE)
        assert len(endpoint.requests) == 1
    assert isinstance(missed, LLMError)
    assert (missed.outcome, missed.aborts_batch) == (Outcome.ENDPOINT_ERROR, False)
    assert "not recorded, and a replay sends nothing" in str(missed)
    assert missed.usage == Usage()


def test_a_replay_without_a_recording_is_refused_when_the_engine_is_built() -> None:
    with (
        pytest.raises(ConfigError, match="Expected recorded replies at"),
        engine_on({}, cache="replay"),
    ):
        pass


def test_a_recording_that_no_longer_parses_is_asked_for_again_and_replaced(tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        read_with(endpoint, PAGE)
        with sqlite3.connect(tmp_path / "replies.sqlite") as file:
            file.execute("""UPDATE replies SET reply = replace(reply, 'Ann Berg', '"')""")
        file.close()
        [unreadable] = replay(PAGE)
        assert isinstance(unreadable, LLMError)
        assert unreadable.outcome is Outcome.ENDPOINT_ERROR
        assert "cannot be read" in str(unreadable)
        with sqlite3.connect(tmp_path / "replies.sqlite") as file:
            file.execute("""UPDATE replies SET reply = json_set('{}', '$.completion',
                json_object('text', 'Hm.', 'usage', json_object()), '$.usage', json_object(),
                '$.notes', json_array(),
                '$.dialect', json_object('rung', 'text'))""")
        file.close()
        [second] = read_with(endpoint, PAGE)
        assert isinstance(second, PageResult)
        assert not second.cached
        [third] = read_with(endpoint, PAGE)
        assert len(endpoint.requests) == 2
    assert isinstance(third, PageResult)
    assert third.cached


def test_a_cache_that_breaks_during_a_run_aborts_before_anything_is_paid(tmp_path: Path) -> None:
    with Endpoint() as endpoint, engine_on(endpoint.environment, cache="read-write") as engine:
        with sqlite3.connect(tmp_path / "replies.sqlite") as file:
            file.execute("DROP TABLE replies")
        file.close()
        with pytest.raises(LLMError, match=r"replies.sqlite cannot be read.*Nothing was sent") as e:
            engine.read_page(PAGE)
        assert e.value.aborts_batch
        assert endpoint.requests == []


def test_a_reply_that_cannot_be_stored_is_not_lost(tmp_path: Path) -> None:
    with Endpoint() as endpoint, engine_on(endpoint.environment, cache="read-write") as engine:
        with sqlite3.connect(tmp_path / "replies.sqlite") as file:
            file.execute("DROP TABLE size")
        file.close()
        result = engine.read_page(PAGE)
    assert result.answers
    assert result.notes == ("reply not stored: no such table: main.size",)


@pytest.mark.usefixtures("mlflow_store")
def test_a_cached_page_is_marked_in_its_trace_and_costs_nothing() -> None:
    with Endpoint() as endpoint:
        read_with(endpoint, PAGE, llm="gpt-6-luna")
        with mlflow.start_span("page") as span:
            [result] = read_with(endpoint, PAGE, llm="gpt-6-luna")
    assert isinstance(result, PageResult)
    assert result.usage == Usage(1200, 30)
    trace = mlflow.get_trace(span.trace_id)
    assert trace is not None
    spans = {span.name: span for span in trace.data.spans}
    assert list(spans) == ["page", "completion"]
    assert spans["completion"].attributes["cached"] is True
    assert spans["completion"].outputs["choices"][0]["message"]["content"] == GOOD
    assert trace.info.token_usage is None
    assert trace.info.cost is None


def test_the_key_is_not_in_the_cache(tmp_path: Path) -> None:
    with Endpoint([completion(f"test-key-1234 {GOOD}")]) as endpoint:
        read_with(endpoint, PAGE)
    files = list(tmp_path.glob("replies.sqlite*"))
    assert files
    assert not [file for file in files if b"test-key-1234" in file.read_bytes()]
