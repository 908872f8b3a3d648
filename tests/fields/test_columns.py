from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from ocr_model.errors import ConfigError
from ocr_model.fields import WantedFields, column_names, in_columns, parse_fields

WANTED = parse_fields(
    """
fields:
  - {name: total, type: currency}
  - {name: due, type: date}
  - {name: phones, type: list}
  - {name: items, type: table, columns: [{name: article}, {name: amount, type: currency}]}
"""
)


def said(name: str, status: str, value: str | None = None, **more: Any) -> dict[str, Any]:
    absent = dict.fromkeys(("text", "page", "box", "confidence", "reason", "row", "column"))
    return {**absent, "name": name, "status": status, "value": value, **more}


FIELDS = [
    said("total", "found", "9.00"),
    said("due", "ambiguous", reason="'03/04/26' may be two"),
    said("phones", "found", "555-0142"),
    said("items", "found", "Bolt", row=1, column="article"),
    said("items", "found", "9.00", row=1, column="amount"),
    said("items", "found", "Nüt", row=2, column="article"),
    said("items", "blank", row=2, column="amount"),
]
ROW = {"document_id": "a.png", "outcome": "ok", "error": None, "needs_review": True}
EXPECTED = {
    "document_id": "a.png",
    "outcome": "ok",
    "needs_review": True,
    "error": None,
    "total": "9.00",
    "due": None,
    "phones": '["555-0142"]',
    "items": '[{"article":"Bolt","amount":"9.00"},{"article":"Nüt"}]',
    "total_status": "found",
    "due_status": "ambiguous",
    "phones_status": "found",
    "items_status": "found",
}


def test_every_field_has_a_column_and_its_status_one() -> None:
    row = in_columns({**ROW, "fields": FIELDS}, WANTED)
    assert row == EXPECTED
    assert list(row) == column_names(WANTED)


def test_a_row_that_came_through_a_frame_gives_the_same() -> None:
    frame = pd.DataFrame([{**ROW, "fields": pd.Series(FIELDS).to_numpy()}])
    assert in_columns(frame.iloc[0].to_dict(), WANTED) == EXPECTED


@pytest.mark.parametrize("fields", [[], None], ids=["none", "no column"])
def test_of_a_document_that_was_not_read_the_fields_are_empty(fields: list[Any] | None) -> None:
    row = in_columns({"document_id": "b", "outcome": "bad_input", "fields": fields}, WANTED)
    assert {name for name, value in row.items() if value is not None} == {"document_id", "outcome"}


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["found", "found"], "found"),
        (["found", "invalid", "missing"], "invalid"),
        (["blank", "blank"], "blank"),
        (["missing"], "missing"),
    ],
)
def test_a_list_is_found_where_all_of_it_is(statuses: list[str], expected: str) -> None:
    fields = [said("phones", status, "1" if status == "found" else None) for status in statuses]
    assert in_columns({"fields": fields}, WANTED)["phones_status"] == expected


@pytest.mark.parametrize(
    "names", [["error"], ["Outcome"], ["due", "due_status"]], ids=["error", "case", "status"]
)
def test_two_columns_of_one_name_are_refused(names: list[str]) -> None:
    wanted = WantedFields.from_plain(
        json.loads(json.dumps({"fields": [{"name": n} for n in names]}))
    )
    with pytest.raises(ConfigError, match=r"name of its own for every column, got '\w+' twice"):
        column_names(wanted)
