"""A request ends before the server cuts it off, and only where there is something to cut."""

from __future__ import annotations

import io
import math
import time

import pytest
from PIL import Image

from ocr_model.config import parse_config
from ocr_model.engines.deadline import (
    NEVER,
    SERVER_TIMEOUT_VARIABLE,
    RequestDeadline,
    request_seconds,
)
from ocr_model.errors import ExtractionError, LLMError
from ocr_model.extraction.extractor import Document, Extractor
from ocr_model.prompts import Message, PinnedPrompt
from ocr_model.schema import Extraction, Outcome
from tests.support.endpoint import Endpoint, Reply, Seen, completion
from tests.support.llm import PAGE, config_of, engine_on


@pytest.mark.parametrize(
    ("setting", "variable", "seconds"),
    [
        (None, None, math.inf),
        (None, "60", 45.0),
        (None, "5", 3.75),
        (None, "0", math.inf),
        (None, "soon", math.inf),
        (20.0, "60", 20.0),
        (20.0, None, 20.0),
    ],
    ids=["batch", "served", "short", "off", "no_number", "setting", "setting_in_batch"],
)
def test_time_of_a_request(setting: float | None, variable: str | None, seconds: float) -> None:
    config = parse_config({"prompt_uri": "prompts:/p/1", "request_deadline_s": setting})
    environment = {} if variable is None else {SERVER_TIMEOUT_VARIABLE: variable}
    assert request_seconds(config, environment) == pytest.approx(seconds)


def test_time_that_is_over_is_a_typed_outcome() -> None:
    NEVER.check()
    RequestDeadline(60).check()
    with pytest.raises(ExtractionError, match=r"the 0 s of this request were over") as caught:
        RequestDeadline(0).check()
    assert caught.value.outcome is Outcome.TIMEOUT


@pytest.mark.parametrize(
    ("delay_s", "settings"),
    [(30.0, {}), (0.0, {"requests_per_minute": 1})],
    ids=["slow_endpoint", "own_limit"],
)
def test_llm_engine_ends_with_its_request(delay_s: float, settings: dict[str, int]) -> None:
    """Neither a page's longer time nor a wait for the settings' limits outlasts it."""
    with (
        Endpoint(lambda _: completion(delay_s=delay_s)) as endpoint,
        engine_on(endpoint.environment, timeout_s=60, **settings) as engine,
    ):
        if settings:
            engine.read_page(PAGE)  # takes the place of this minute
        started = time.monotonic()
        with pytest.raises(LLMError, match=r"the 0\.5 s of this request were over") as caught:
            engine.read_page(PAGE, RequestDeadline(0.5))
    assert caught.value.outcome is Outcome.TIMEOUT
    assert time.monotonic() - started < 20


def test_nothing_is_sent_when_the_time_is_over() -> None:
    with Endpoint() as endpoint, engine_on(endpoint.environment) as engine:
        with pytest.raises(ExtractionError, match="were over"):
            engine.read_page(PAGE, RequestDeadline(0))
        assert endpoint.requests == []


def tiff_of(pages: int) -> bytes:
    """Pages of their own widths, 101 px and so on, so that an endpoint knows them apart."""
    frames = [Image.new("RGB", (101 + n, 80), "white") for n in range(pages)]
    data = io.BytesIO()
    frames[0].save(data, "TIFF", save_all=True, append_images=frames[1:])
    return data.getvalue()


def slow_from_the_second_page(seen: Seen) -> Reply:
    return completion(delay_s=0.0 if seen.image.width == 101 else 30.0)


def extracted(
    documents: list[Document], monkeypatch: pytest.MonkeyPatch, **settings: float
) -> list[Extraction]:
    with Endpoint(slow_from_the_second_page) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        config = config_of(timeout_s=60, **settings)
        prompt = PinnedPrompt("prompts:/p/1", (Message(role="system", content="Read."),))
        return Extractor(config, prompt).extract_many(documents)


def test_pages_that_were_finished_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    started = time.monotonic()
    [row] = extracted([Document(tiff_of(3))], monkeypatch, request_deadline_s=4)
    assert time.monotonic() - started < 25
    assert (row.outcome, row.pages) == (Outcome.PARTIAL, 3)
    assert {answer.page for answer in row.answers} == {1}
    assert row.error is not None
    assert row.error.startswith("pages 2, 3: ")
    assert "the 4 s of this request were over" in row.error


def test_documents_that_were_finished_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [Document(tiff_of(1), "short"), Document(tiff_of(2), "long")]
    short, long = extracted(documents, monkeypatch, request_deadline_s=4)
    assert (short.document_id, short.outcome) == ("short", Outcome.OK)
    assert (long.document_id, long.outcome) == ("long", Outcome.PARTIAL)


def test_what_the_server_allows_is_obeyed_without_a_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(SERVER_TIMEOUT_VARIABLE, "8")
    [row] = extracted([Document(tiff_of(2))], monkeypatch)
    assert row.error is not None
    assert "the 6 s of this request were over" in row.error
