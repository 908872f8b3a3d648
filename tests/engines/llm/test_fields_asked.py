"""An LLM that is asked for fields, over real HTTP: what it is sent, and what is taken of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import mlflow
import pytest
from PIL import Image

from ocr_model.engines import build_engine
from ocr_model.engines.llm.engine import LLMEngine
from ocr_model.errors import LLMError
from ocr_model.fields import described, parse_fields
from ocr_model.prompts import Message, PinnedPrompt, render
from ocr_model.schema import FieldKey, Page, PageResult, Usage
from tests.support.endpoint import Endpoint, Played, Reply, Seen, completion, error
from tests.support.llm import PAGE, config_of, engine_on

WANTED = parse_fields(r"""
fields:
  - {name: number, labels: [Invoice No, Rechnungsnummer], pattern: 'INV-\d{4}'}
  - {name: date, type: date, description: Top right}
  - {name: paid, type: boolean}
  - {name: shipping, type: choice, choices: [Post, Courier]}
  - {name: phones, type: list}
  - {name: items, type: table, columns: [{name: article}, {name: amount, type: currency}]}
""")
GOOD = {
    "number": "INV-0042",
    "date": "25/12/2018",
    "paid": True,
    "shipping": "Post",
    "phones": ["555-0142", "555-0143"],
    "items": [{"article": "Bolts", "amount": "9.00"}, {"article": "Nuts", "amount": None}],
}
SAID = [
    (FieldKey("number"), "INV-0042"),
    (FieldKey("date"), "25/12/2018"),
    (FieldKey("paid"), "true"),
    (FieldKey("shipping"), "Post"),
    (FieldKey("phones"), "555-0142"),
    (FieldKey("phones"), "555-0143"),
    (FieldKey("items", 1, "article"), "Bolts"),
    (FieldKey("items", 1, "amount"), "9.00"),
    (FieldKey("items", 2, "article"), "Nuts"),
]
MESSAGES = render(
    PinnedPrompt("prompts:/p/1", (Message(role="system", content="Return a list of pairs."),)),
    {},
    described(WANTED),
)


@pytest.fixture(autouse=True)
def _no_tracing() -> Iterator[None]:
    mlflow.tracing.disable()
    yield
    mlflow.tracing.reset()  # type: ignore[no-untyped-call]


def replies(*contents: Any) -> list[Reply]:
    return [completion(json.dumps(content)) for content in contents]


def asked(script: Any, **settings: Any) -> tuple[PageResult, list[Seen]]:
    with (
        Endpoint(script) as endpoint,
        engine_on(endpoint.environment, MESSAGES, WANTED, **settings) as engine,
    ):
        return engine.read_page(PAGE), endpoint.requests


def said(result: PageResult) -> list[tuple[FieldKey, str | None]]:
    assert result.field_keys is not None
    texts = [answer.answer for answer in result.answers]
    return list(zip(result.field_keys, texts, strict=True))


def text_or(*more: Any) -> dict[str, Any]:
    return {"type": ["string", "null"]} | ({"enum": list(more)} if more else {})


def test_one_request_asks_for_the_fields_by_a_strict_schema() -> None:
    result, [seen] = asked(replies(GOOD))
    assert said(result) == SAID
    assert (result.usage, result.notes, result.doubtful) == (Usage(1200, 30), (), False)
    sent = seen.body["response_format"]["json_schema"]
    assert (sent["name"], sent["strict"]) == ("fields", True)
    row = {
        "type": "object",
        "properties": {"article": text_or(), "amount": text_or()},
        "required": ["article", "amount"],
        "additionalProperties": False,
    }
    assert sent["schema"] == {
        "type": "object",
        "properties": {
            "number": text_or(),
            "date": text_or(),
            "paid": {"type": ["boolean", "null"]},
            "shipping": text_or("Post", "Courier", None),
            "phones": {"type": "array", "items": {"type": "string"}},
            "items": {"type": "array", "items": row},
        },
        "required": ["number", "date", "paid", "shipping", "phones", "items"],
        "additionalProperties": False,
    }


def test_the_fields_are_described_in_a_message_behind_the_prompt() -> None:
    _, [seen] = asked(replies(GOOD))
    system, user = seen.body["messages"]
    assert system == {"role": "system", "content": "Return a list of pairs."}
    described_, image, instructions = user["content"]
    assert described_["text"].startswith("Only the fields listed here are wanted of the page.")
    for told in (
        '- "number": text. Asked for as "Invoice No", "Rechnungsnummer"',
        '- "date": a date. Asked for as "date". Top right',
        '- "shipping": one of "Post", "Courier"',
        '  - "amount": an amount of money',
    ):
        assert told in described_["text"].splitlines() or told in described_["text"]
    assert image["type"] == "image_url"
    assert "pairs" not in instructions["text"]
    assert '"items": [{"article": "<text>" or null, ' in instructions["text"]


@pytest.mark.parametrize("rung", ["json_schema", "json_object", "text"])
def test_every_rung_of_the_ladder_is_asked_for_the_same(rung: str) -> None:
    def script(seen: Seen) -> Played:
        if (seen.rung or "text") == rung:
            return completion(json.dumps(GOOD))
        return error(400, f"response_format.type: {seen.rung} is not supported")

    result, requests = asked(script)
    assert said(result) == SAID
    assert '"shipping": "<one of its choices>" or null' in requests[-1].text
    assert ('"enum": ["Post", "Courier", null]' in requests[-1].text) == (rung == "json_object")
    expected = () if rung == "json_schema" else (f"asked for {rung}: the endpoint refused json_",)
    assert [note.startswith(e) for note, e in zip(result.notes, expected, strict=True)] == [
        True for _ in expected
    ]


def test_null_everywhere_says_nothing_and_is_not_asked_again() -> None:
    nothing = {name: [] if name in ("phones", "items") else None for name in GOOD}
    result, requests = asked(replies(nothing))
    assert (said(result), result.notes, result.doubtful, len(requests)) == ([], (), False, 1)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"date": "soon"}, "date: expected a date, got 'soon'"),
        ({"number": "42"}, r"number: expected the pattern INV-\d{4}, got '42'"),
        ({"shipping": "Pigeon"}, "shipping: expected one of Post, Courier, got 'Pigeon'"),
        (
            {"items": [{"article": "Bolts", "amount": "nine"}]},
            "items, row 1, amount: expected an amount of money, got 'nine'",
        ),
    ],
    ids=["type", "pattern", "choice", "cell"],
)
def test_what_is_not_of_its_type_is_asked_again_once_with_the_reason(
    changed: dict[str, Any], reason: str
) -> None:
    result, [_, again] = asked(replies({**GOOD, **changed}, GOOD))
    assert said(result) == SAID
    assert result.notes == (f"asked again for fields: {reason}",)
    assert result.usage == Usage(2400, 60)
    assert f"An earlier reply could not be used ({reason})." in again.text


def test_what_stays_invalid_stays_as_it_was_said_first() -> None:
    first, second = {**GOOD, "date": "soon"}, {**GOOD, "date": "later", "number": None}
    result, requests = asked(replies(first, second, GOOD))
    assert dict(said(result))[FieldKey("date")] == "soon"
    assert dict(said(result))[FieldKey("number")] == "INV-0042"
    assert len(requests) == 2


def test_second_reply_that_has_less_does_not_count() -> None:
    result, _ = asked(replies({**GOOD, "date": "soon"}, dict.fromkeys(GOOD)))
    assert len(said(result)) == len(SAID)


def test_fault_of_the_form_does_not_use_up_the_question_about_a_value() -> None:
    result, requests = asked([completion("Hm."), *replies({**GOOD, "date": "soon"}, GOOD)])
    assert (said(result), len(requests)) == (SAID, 3)


def test_second_request_that_fails_costs_the_first_reply_nothing() -> None:
    result, _ = asked([*replies({**GOOD, "date": "soon"}), error(400, "no")])
    assert dict(said(result))[FieldKey("date")] == "soon"


def test_asking_again_can_be_switched_off() -> None:
    _, requests = asked(replies({**GOOD, "date": "soon"}), ask_again="off")
    assert len(requests) == 1


def test_reply_without_any_field_is_asked_for_again_and_then_unparseable() -> None:
    with pytest.raises(LLMError, match="Expected an object with the fields, got") as caught:
        asked(replies(*[{"error": "no form"}] * 3))
    assert caught.value.outcome.value == "unparseable"


def test_extra_member_is_noted_and_doubtful() -> None:
    result, requests = asked(replies({**GOOD, "remark": "in a hurry"}))
    assert said(result) == SAID
    assert result.notes == ("not asked for: 'remark': 'in a hurry'",)
    assert (result.doubtful, result.unread, len(requests)) == (True, None, 1)


def test_broken_row_costs_that_row() -> None:
    rows = [{"article": "Bolts", "amount": "9.00"}, "Nuts", {"article": "Pins", "amount": "1.50"}]
    result, requests = asked(replies({**GOOD, "items": rows}))
    assert [(key.row, text) for key, text in said(result) if key.name == "items"] == [
        *((1, "Bolts"), (1, "9.00"), (2, "Pins"), (2, "1.50"))
    ]
    assert result.notes == (
        "row of 'items' left out: Expected an object with article, amount, got 'Nuts'.",
    )
    assert (result.doubtful, len(requests)) == (True, 1)


def test_the_same_row_again_and_again_is_a_loop() -> None:
    rows = [{"article": "Bolts", "amount": "9.00"}] * 200
    with pytest.raises(LLMError, match=r"got a loop: 'Bolts', '9\.00', 200 times"):
        asked(replies(*[{**GOOD, "items": rows}] * 2))


def test_other_fields_are_another_page_to_the_cache(cache_path: str) -> None:
    others = parse_fields("fields: [{name: number}]")
    with Endpoint(replies(GOOD, {"number": "INV-1"})) as endpoint:
        found = []
        for wanted in (WANTED, others, WANTED):
            settings = {"cache": "read-write", "cache_path": cache_path}
            with engine_on(endpoint.environment, MESSAGES, wanted, **settings) as engine:
                found.append(engine.read_page(PAGE))
        assert [result.cached for result in found] == [False, False, True]
        assert said(found[2]) == said(found[0]) == SAID
        assert len(endpoint.requests) == 2


def test_kept_reply_that_was_asked_again_for_is_not_asked_for_anew(cache_path: str) -> None:
    odd, sent = {**GOOD, "date": "soon"}, []
    with Endpoint(replies(odd, odd)) as endpoint:
        for cache in ("read-write", "read-write", "replay"):
            settings = {"cache": cache, "cache_path": cache_path}
            with engine_on(endpoint.environment, MESSAGES, WANTED, **settings) as engine:
                result = engine.read_page(PAGE)
            assert dict(said(result))[FieldKey("date")] == "soon"
            assert result.notes == ("asked again for fields: date: expected a date, got 'soon'",)
            sent.append((len(endpoint.requests), result.cached))
    assert sent == [(2, False), (2, True), (2, True)]


@pytest.fixture
def cache_path(tmp_path: Any) -> str:
    return str(tmp_path / "replies.sqlite")


def test_halves_are_read_one_after_the_other() -> None:
    def script(seen: Seen) -> Played:
        if "halved" in seen.text or seen.image.height < PAGE.image.height:
            half = {"number": "INV-0042", "items": [{"article": "Bolts", "amount": "9.00"}]}
            return completion(json.dumps({**dict.fromkeys(GOOD), **half}))
        if "temperature" in seen.body:
            return error(400, "unknown parameter: temperature")
        return completion('{"phones": [' + '"1", ' * 200, finish_reason="length")

    result, _ = asked(script)
    assert "read in two halves" in result.notes
    assert said(result) == [
        (FieldKey("number"), "INV-0042"),
        (FieldKey("items", 1, "article"), "Bolts"),
        (FieldKey("items", 1, "amount"), "9.00"),
        (FieldKey("number"), "INV-0042"),
        (FieldKey("items", 2, "article"), "Bolts"),
        (FieldKey("items", 2, "amount"), "9.00"),
    ]


def test_boxes_and_a_second_opinion_come_as_for_pairs(
    form_image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = parse_fields("fields: [{name: customer, labels: [Nom, Name]}, {name: town}]")
    first, second = {"customer": "Ann Berg", "town": "Rome"}, {"customer": "Ann Berg", "town": None}
    with Endpoint(replies(first, second)) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        config = config_of(answer_boxes="ocr", second_opinion="on")
        engine = build_engine(config, MESSAGES, wanted=wanted)
        result = engine.read_page(Page(1, form_image))
    customer, town = result.answers
    assert customer.box is not None
    assert town.box is None
    assert customer.confidence is not None
    assert town.confidence is not None
    assert customer.confidence > 0.9 > town.confidence
    other = endpoint.requests[1]
    assert "You are checking a form" in other.text
    assert 'Asked for as "Nom", "Name"' in other.text


def test_page_without_text_is_not_asked_about_and_has_no_field() -> None:
    with Endpoint() as endpoint:
        engine: LLMEngine
        with engine_on(endpoint.environment, MESSAGES, WANTED, page_input="text") as engine:
            result = engine.read_page(PAGE)
    assert (said(result), endpoint.requests) == ([], [])
