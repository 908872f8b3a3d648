"""Replies as real servers send them: what is kept, what is asked again, and what that may cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import mlflow
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_model.engines.llm import page_content
from ocr_model.errors import ParseError
from ocr_model.schema import Page
from tests.support.endpoint import Endpoint, Played, Reply, Seen, completion, error
from tests.support.llm import PAGE, engine_on, read

ANN = '{"pairs": [{"key": "Name", "value": ["Ann"]}]}'
LIMIT = 8192
PAIR = {"key": "Name", "value": ["Ann"]}
LOOPED = completion(json.dumps({"pairs": [PAIR] * 400}))
CUT_OFF_IN_LOOP = completion(
    '{"pairs": [{"key": "Qty", "value": [' + '"1", ' * 900, finish_reason="length"
)


@pytest.fixture(autouse=True)
def _no_tracing() -> Iterator[None]:
    mlflow.tracing.disable()
    yield
    mlflow.tracing.reset()  # type: ignore[no-untyped-call]


@pytest.fixture
def no_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_content.TextReader, "if_installed", lambda: None)


def always(reply: Played) -> Any:
    return lambda _: reply


def pairs_of(reading: Any) -> list[tuple[str, str | None]]:
    assert reading.result is not None
    return [(answer.question, answer.answer) for answer in reading.result.answers]


def drawn(*lines: str) -> Page:
    image = Image.new("RGB", (600, 60 + 40 * len(lines)), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=26)
    for row, line in enumerate(lines):
        pen.text((40, 30 + 40 * row), line, fill="black", font=font)
    return Page(1, image)


# -- where the answer stands --------------------------------------------------------------------

CALL: dict[str, Any] = {"id": "1", "type": "function", "function": {"name": "pairs"}}


def called(arguments: Any) -> list[Any]:
    return [{**CALL, "function": {"name": "pairs", "arguments": arguments}}]


@pytest.mark.parametrize(
    ("reply", "notes"),
    [
        (completion(None, tool_calls=called(ANN)), ["answer taken from a tool call"]),
        (completion("", tool_calls=called(json.loads(ANN))), ["answer taken from a tool call"]),
        (
            completion("I call the tool.", tool_calls=called(ANN)),
            ["answer taken from a tool call"],
        ),
        (
            completion(None, function_call={"name": "pairs", "arguments": ANN}),
            ["answer taken from a tool call"],
        ),
        (completion([{"type": "text", "text": ANN}]), []),
        (completion([{"type": "output_text", "text": ANN[:9]}, {"text": ANN[9:]}]), []),
        (completion([ANN]), []),
        (completion([{"type": "text", "text": {"value": ANN}}]), []),
        (completion([{"type": "thinking", "thinking": "Hm {"}, {"text": ANN}]), []),
        (completion([{"type": "reasoning", "text": "Hm {"}, {"type": "text", "text": ANN}]), []),
        (completion(json.loads(ANN)), []),
    ],
    ids=[
        *("tool_call", "arguments_as_object", "words_beside", "function_call"),
        *("part", "parts", "strings", "value", "thinking", "reasoning", "object"),
    ],
)
def test_the_answer_is_found_where_the_server_put_it(reply: Reply, notes: list[str]) -> None:
    reading = read([reply])
    assert (pairs_of(reading), list(reading.notes)) == ([("Name", "Ann")], notes)
    assert len(reading.requests) == 1


def test_numbers_of_an_object_are_kept_as_written() -> None:
    body = completion("CONTENT").payload.replace(b'"CONTENT"', b'{"Fee": 2.50, "No": 1e3}')
    assert pairs_of(read([Reply(body)])) == [("Fee", "2.50"), ("No", "1e3")]


def test_an_object_in_which_a_name_stands_twice_is_asked_for_again() -> None:
    body = completion("CONTENT").payload.replace(b'"CONTENT"', b'{"Fee": 2, "Fee": 3}')
    reading = read([Reply(body), completion(ANN)])
    assert (pairs_of(reading), len(reading.requests)) == ([("Name", "Ann")], 2)


def test_an_empty_completion_is_told_as_it_came() -> None:
    reading = read(always(completion("", finish_reason="eos")))
    assert "got an empty completion (finish reason 'eos', 30 tokens)" in reading.message


# -- what has no place among the pairs ----------------------------------------------------------

BESIDE = '{"pairs": [{"key": "Name", "value": ["Ann"]}], "line_items": [{"qty": 1}]}'


def test_what_stands_beside_the_pairs_is_asked_for_again_once() -> None:
    reading = read([completion(BESIDE), completion(ANN)])
    assert (pairs_of(reading), len(reading.requests)) == ([("Name", "Ann")], 2)
    assert reading.result is not None
    assert reading.result.unread is None
    assert reading.notes == (
        "asked again: it had something beside the pairs: 'line_items': [{'qty': '1'}]",
    )
    assert "line_items" in reading.requests[1].text


@pytest.mark.parametrize("second", [completion(BESIDE), completion("Hm."), error(400, "no more")])
def test_what_still_stands_there_makes_the_page_one_that_was_read_in_part(second: Reply) -> None:
    reading = read([completion(BESIDE), second, completion("never asked for")])
    assert len(reading.requests) == 2
    assert pairs_of(reading) == [("Name", "Ann")]
    assert reading.result is not None
    assert reading.result.unread == (
        "Expected nothing beside the pairs, got 'line_items': [{'qty': '1'}]."
    )


def test_what_was_read_in_part_is_not_kept() -> None:
    with Endpoint(always(completion(BESIDE))) as endpoint:
        for _ in range(2):
            with engine_on(endpoint.environment, cache="read-write") as engine:
                assert not engine.read_page(PAGE).cached


def test_a_pair_that_cannot_be_read_costs_that_pair_and_no_request() -> None:
    address = {"key": "Address", "value": {"street": "Elm 1"}}
    reading = read([completion(json.dumps({"pairs": [PAIR, address]}))])
    assert (pairs_of(reading), len(reading.requests)) == ([("Name", "Ann")], 1)
    assert reading.result is not None
    assert reading.result.doubtful
    assert reading.notes[0].startswith("pair left out: Expected answers of text for 'Address'")


# -- loops --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "loop",
    [
        LOOPED,
        CUT_OFF_IN_LOOP,
        completion('{"pairs": [' + '{"key":"A","value":["1"]},' * 300, finish_reason="length"),
        completion('{"pairs": [' + " " * 3000, finish_reason="length"),
        completion("", reasoning="I look. " * 900, finish_reason="length"),
    ],
    ids=["pairs", "values", "cut_off_pairs", "blanks", "thoughts"],
)
def test_18_a_loop_is_asked_for_once_more_with_sampling_and_no_more_room(loop: Reply) -> None:
    reading = read([loop, completion(ANN)], llm_parameters={"max_tokens": LIMIT, "seed": 7})
    assert pairs_of(reading) == [("Name", "Ann")]
    assert reading.notes == ("asked again: it repeated itself without end",)
    first, second = (seen.body for seen in reading.requests)
    assert (first.get("temperature"), first["max_tokens"], first["seed"]) == (None, LIMIT, 7)
    assert (second["temperature"], second["max_tokens"], second["seed"]) == (1.0, LIMIT, 8)


@pytest.mark.parametrize("loop", [LOOPED, CUT_OFF_IN_LOOP], ids=["pairs", "values"])
def test_18_a_model_that_loops_is_paid_twice_at_most(loop: Reply) -> None:
    reading = read(always(loop))
    assert (reading.outcome, len(reading.requests)) == ("truncated", 2)
    assert sum(seen.body["max_completion_tokens"] for seen in reading.requests) == 2 * LIMIT
    assert reading.error is not None
    assert reading.error.notes == ("asked again: it repeated itself without end", "looped")
    assert "got a loop: " in reading.message


def refuses_sampling(reply: Played) -> Any:
    def script(seen: Seen) -> Played:
        if "temperature" in seen.body:
            return error(400, "Unsupported value: 'temperature' is not supported with this model.")
        return reply if seen.image.height > 80 else halves(seen)

    def halves(seen: Seen) -> Played:
        question = "Upper" if seen.image.height == 70 else "Lower"
        return completion(json.dumps({"pairs": [{"key": question, "value": ["x"]}]}))

    return script


TALL = Page(1, Image.new("RGB", (100, 140), "white"))


def test_18_where_sampling_is_refused_the_page_is_read_in_halves() -> None:
    page = Page(1, Image.new("RGB", (100, 140), "white"))
    ImageDraw.Draw(page.image).rectangle((0, 71, 100, 140), fill="grey")
    reading = read(refuses_sampling(CUT_OFF_IN_LOOP), page=page)
    assert len(reading.requests) == 4
    assert [seen.body["max_completion_tokens"] for seen in reading.requests[2:]] == [LIMIT // 2] * 2
    assert [answer for _, answer in pairs_of(reading)] == ["x", "x"]
    assert "read in two halves" in reading.notes


def test_18_halves_that_loop_cost_no_more_than_the_whole() -> None:
    def script(seen: Seen) -> Played:
        sampled = "temperature" in seen.body
        return error(400, "Unknown parameter: 'temperature'") if sampled else CUT_OFF_IN_LOOP

    reading = read(script, page=TALL)
    answered = [seen for seen in reading.requests if "temperature" not in seen.body]
    assert sum(seen.body["max_completion_tokens"] for seen in answered) <= 2 * LIMIT
    assert reading.outcome == "truncated"
    assert reading.error is not None
    assert reading.error.notes[-1] == "looped"


def test_18_a_page_read_in_halves_is_paid_once() -> None:
    with Endpoint(refuses_sampling(CUT_OFF_IN_LOOP)) as endpoint:
        results = []
        for _ in range(2):
            with engine_on(endpoint.environment, cache="read-write") as engine:
                results.append(engine.read_page(TALL))
        assert len(endpoint.requests) == 4
    assert results[1].cached
    assert (results[0].answers, results[0].notes) == (results[1].answers, results[1].notes)


def test_18_a_loop_is_never_kept() -> None:
    with Endpoint(always(LOOPED)) as endpoint:
        for _ in range(2):
            with (
                engine_on(endpoint.environment, cache="read-write") as engine,
                pytest.raises(ParseError, match="a loop"),
            ):
                engine.read_page(PAGE)
        assert len(endpoint.requests) == 4


ROWS = ["Bread      1.00" for _ in range(40)]
FORTY = json.dumps({"pairs": [{"key": "Bread", "value": ["1.00"]}] * 40})


def test_a_table_with_forty_equal_rows_is_no_loop() -> None:
    reading = read([completion(FORTY)], page=drawn(*ROWS))
    assert (reading.outcome, len(reading.requests)) == ("ok", 1)


def test_forty_equal_pairs_are_one_where_the_page_has_a_single_row() -> None:
    reading = read(always(completion(FORTY)), page=drawn("Bread      1.00", "Total   1.00"))
    assert (reading.outcome, len(reading.requests)) == ("truncated", 2)


@pytest.mark.usefixtures("no_ocr")
@pytest.mark.parametrize(("text", "outcome"), [(FORTY, "ok"), (LOOPED.body, "truncated")])
def test_without_ocr_more_than_any_page_holds_is_a_loop(text: Any, outcome: str) -> None:
    reply = Reply(text) if isinstance(text, dict) else completion(text)
    assert read(always(reply)).outcome == outcome


def test_18_a_long_page_with_equal_rows_at_its_end_gets_more_room() -> None:
    cut = FORTY[: len(FORTY) * 3 // 4]
    reading = read([completion(cut, finish_reason="length"), completion(FORTY)], page=drawn(*ROWS))
    assert [seen.body["max_completion_tokens"] for seen in reading.requests] == [LIMIT, 2 * LIMIT]
    assert reading.outcome == "ok"
