"""Replies to fields as LLMs write them: read where they have one meaning, reported where not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ocr_model.engines.llm.reply.parsing import parse_fields as parse
from ocr_model.errors import ParseError
from ocr_model.fields import parse_fields
from ocr_model.schema import FieldKey

WANTED = parse_fields("""
fields:
  - {name: total, labels: [Amount due], type: currency}
  - {name: paid, type: boolean}
  - {name: phones, type: list}
  - {name: items, type: table, columns: [{name: article}, {name: amount, labels: [Amt.]}]}
""")
NOTHING: dict[str, Any] = {"total": None, "paid": None, "phones": [], "items": []}
GOOD: dict[str, Any] = {
    "total": "9.00",
    "paid": False,
    "phones": ["555"],
    "items": [{"article": "Bolts", "amount": "9.00"}],
}
TEXTS = ["9.00", "false", "555", "Bolts", "9.00"]


def read(reply: Any) -> tuple[list[str | None], list[str]]:
    text = reply if isinstance(reply, str) else json.dumps(reply)
    parsed = parse(WANTED, text)
    return [said.text for said in parsed.said or ()], list(parsed.notes)


def test_the_asked_for_shape_is_read_without_a_note() -> None:
    assert read(GOOD) == (TEXTS, [])
    assert read(NOTHING) == ([], [])


PAIRS = [{"key": "total", "value": ["9.00"]}, {"key": "phones", "value": ["1", "2"]}]
LACKING = "not in the reply: paid, items"


@pytest.mark.parametrize(
    ("reply", "notes"),
    [
        (f"```json\n{json.dumps(GOOD)}\n```", ["code fence removed"]),
        (json.dumps(GOOD)[:-1] + ",}", ["trailing comma removed"]),
        (json.dumps(json.dumps(GOOD)), ["JSON inside a JSON string read"]),
        ([GOOD], ["list around the object removed"]),
        ({"result": GOOD}, ["object around the fields removed: 'result'"]),
        (
            {"invoice": [GOOD]},
            ["list around the object removed", "object around the fields removed: 'invoice'"],
        ),
        (
            {"data": json.dumps(GOOD)},
            ["JSON inside a JSON string read", "object around the fields removed: 'data'"],
        ),
        (
            {("TOTAL:" if name == "total" else name): value for name, value in GOOD.items()},
            ["`TOTAL:` read as `total`"],
        ),
        (
            {("Amount due" if name == "total" else name): value for name, value in GOOD.items()},
            ["`Amount due` read as `total`"],
        ),
        (GOOD | {"phones": "555"}, ["single answer read as a list"]),
        (GOOD | {"phones": ["555", None]}, []),
        (GOOD | {"total": ["9.00"]}, []),
        (GOOD | {"total": {"value": "9.00"}}, ["object around a value removed"]),
        (GOOD | {"items": GOOD["items"][0]}, ["single row without a list around it"]),
        (GOOD | {"items": {"rows": GOOD["items"]}}, ["object around the rows removed"]),
        (GOOD | {"items": [*GOOD["items"], {}]}, ["empty row dropped"]),
        (
            GOOD | {"items": [{"article": "Bolts", "Amt": "9.00"}]},
            ["`Amt` read as `amount`"],
        ),
        (GOOD | {"remark": None}, ["empty unknown member dropped"]),
        (json.dumps(GOOD).replace('"9.00"', "9.00"), ["number kept as written: 2"]),
    ],
)
def test_what_has_one_meaning_is_read_with_a_note(reply: Any, notes: list[str]) -> None:
    texts, said = read(reply)
    assert texts == TEXTS
    assert sorted(said) == notes


@pytest.mark.parametrize(
    ("reply", "texts", "notes"),
    [
        (
            {"total": "9.00"},
            ["9.00"],
            ["not in the reply: paid, phones, items"],
        ),
        ({"pairs": PAIRS}, ["9.00", "1", "2"], ["pairs read as fields", LACKING]),
        (
            PAIRS,
            ["9.00", "1", "2"],
            ["list of pairs without an object around it", "pairs read as fields", LACKING],
        ),
        (NOTHING | {"total": ""}, [None], []),
        (
            NOTHING | {"total": ["9.00", "8.00"]},
            ["9.00", "8.00"],
            ["several values of `total`"],
        ),
        (NOTHING | {"items": [{"amount": "1"}]}, ["1"], ["not in a row of items: article"]),
        ({}, [], ["not in the reply: total, paid, phones, items"]),
    ],
    ids=["missing", "pairs", "list_of_pairs", "blank", "several", "cell_missing", "empty"],
)
def test_what_a_reply_lacks_is_noted(reply: Any, texts: list[str | None], notes: list[str]) -> None:
    assert read(reply) == (texts, notes)


@pytest.mark.parametrize(
    ("changed", "texts", "note"),
    [
        ({"remark": "hurry"}, TEXTS, "not asked for: 'remark': 'hurry'"),
        (
            {"items": [*GOOD["items"], ["Nuts", "1"]]},
            TEXTS,
            "row of 'items' left out: Expected an object with article, amount, got ['Nuts', '1'].",
        ),
        (
            {"items": [{**GOOD["items"][0], "unit": "kg"}]},
            TEXTS,
            "not asked for: 'unit': 'kg' in row 1 of items",
        ),
        (
            {"items": "Bolts 9.00"},
            TEXTS[:3],
            "'items' left out: Expected a list of rows, got 'Bolts 9.00'.",
        ),
        (
            {"total": {"net": "8.00", "tax": "1.00"}},
            TEXTS[1:],
            "'total' left out: Expected a text, got {'net': '8.00', 'tax': '1.00'}.",
        ),
    ],
    ids=["extra", "row", "extra_in_row", "table", "value"],
)
def test_what_has_no_place_is_reported_and_counted(
    changed: dict[str, Any], texts: list[str], note: str
) -> None:
    parsed = parse(WANTED, json.dumps(GOOD | changed))
    assert [said.text for said in parsed.said or ()] == texts
    assert (parsed.notes, parsed.left_out) == ((note,), 1)


def test_rows_are_counted_from_one() -> None:
    rows = [{"article": "Bolts", "amount": None}, None, {"article": "Nuts", "amount": "1"}]
    parsed = parse(WANTED, json.dumps(NOTHING | {"items": rows}))
    assert [said.key for said in parsed.said or ()] == [
        FieldKey("items", 1, "article"),
        FieldKey("items", 2, "article"),
        FieldKey("items", 2, "amount"),
    ]


@pytest.mark.parametrize(
    "reply",
    [
        "null",
        "no form here",
        {"error": "no form"},
        [{"article": "Bolts"}, {"article": "Nuts"}],
        {"a": GOOD, "b": GOOD},
        {"total": {"net": "8.00", "tax": "1.00"}},
        json.dumps(GOOD)[:-9],
    ],
    ids=["null", "prose", "message", "rows_alone", "two_objects", "all_broken", "breaks_off"],
)
def test_what_has_no_or_two_meanings_is_refused(reply: Any) -> None:
    with pytest.raises(ParseError):
        parse(WANTED, reply if isinstance(reply, str) else json.dumps(reply))
