from __future__ import annotations

from math import isnan
from typing import Any

import pytest

from ocr_model.fields import parse_fields
from ocr_model.schema import FieldStatus, FieldValue
from ocr_model.scoring import FieldCounts, overall, score_fields

WANTED = parse_fields(
    """
fields:
  - {name: company}
  - {name: date, type: date}
  - {name: total, type: currency}
  - {name: phones, type: list}
  - {name: items, type: table, columns: [{name: article}, {name: amount, type: currency}]}
"""
)


def found(name: str, value: str, text: str | None = None) -> FieldValue:
    return FieldValue(name, FieldStatus.FOUND, value, text or value)


def cell(row: int, column: str, value: str | None) -> FieldValue:
    status = FieldStatus.BLANK if value is None else FieldStatus.FOUND
    return FieldValue("items", status, value, value, row=row, column=column)


# predicted, reference, exact, normalized, typed
CASES: dict[str, tuple[list[FieldValue], dict[str, Any], str, FieldCounts]] = {
    "equal": (
        [found("company", "ACME")],
        {"company": "ACME"},
        "company",
        FieldCounts(1, 1, 1, 1, 1),
    ),
    "folded": (
        [found("company", "ACME Ltd.")],
        {"company": "acme ltd"},
        "company",
        FieldCounts(1, 1, 0, 1, 1),
    ),
    "other": ([found("company", "ACME")], {"company": "ACNE"}, "company", FieldCounts(1, 1)),
    "missed": (
        [FieldValue("company", FieldStatus.MISSING)],
        {"company": "A"},
        "company",
        FieldCounts(0, 1),
    ),
    "ambiguous is not found": (
        [FieldValue("date", FieldStatus.AMBIGUOUS, text="03/04/26")],
        {"date": "03/04/26"},
        "date",
        FieldCounts(0, 1),
    ),
    "invented": ([found("company", "ACME")], {"company": None}, "company", FieldCounts(1, 0)),
    "rightly absent": ([], {"company": None}, "company", FieldCounts(0, 0)),
    "date as it stands": (
        [found("date", "2018-12-25", "25/12/2018")],
        {"date": "25/12/2018"},
        "date",
        FieldCounts(1, 1, 1, 1, 1),
    ),
    "date written otherwise": (
        [found("date", "2018-12-25", "25 Dec 2018")],
        {"date": "25/12/18"},
        "date",
        FieldCounts(1, 1, 0, 0, 1),
    ),
    "amount written otherwise": (
        [found("total", "9.00", "RM 9.00")],
        {"total": "9"},
        "total",
        FieldCounts(1, 1, 0, 0, 1),
    ),
    "items of a list in any order": (
        [found("phones", "1"), found("phones", "2"), found("phones", "2")],
        {"phones": ["2", "1", "3"]},
        "phones",
        FieldCounts(3, 3, 2, 2, 2),
    ),
    "cells of rows that belong together": (
        [
            cell(1, "article", "Nut"),
            cell(1, "amount", "3"),
            cell(2, "article", "Bolt"),
            cell(2, "amount", None),
        ],
        {"items": [{"article": "Bolt", "amount": "9.50"}, {"article": "Nut", "amount": "3.00"}]},
        "items",
        FieldCounts(3, 4, 2, 2, 3),
    ),
    "no table": (
        [FieldValue("items", FieldStatus.MISSING)],
        {"items": [{"article": "x"}]},
        "items",
        FieldCounts(0, 1),
    ),
}


@pytest.mark.parametrize(("values", "truth", "name", "counts"), CASES.values(), ids=CASES.keys())
def test_values_are_counted(
    values: list[FieldValue], truth: dict[str, Any], name: str, counts: FieldCounts
) -> None:
    assert score_fields(values, truth, WANTED).fields == {name: counts}


def test_row_is_right_where_all_its_cells_are() -> None:
    values = [
        cell(1, "article", "Nut"),
        cell(1, "amount", "3"),
        cell(2, "article", "Bolt"),
        cell(2, "amount", None),
    ]
    truth = {"items": [{"article": "Nut", "amount": "3.00"}, {"article": "Bolt", "amount": "9"}]}
    rows = score_fields(values, truth, WANTED).rows["items"]
    assert rows == FieldCounts(2, 2, exact=0, normalized=0, typed=1)


def test_rates_are_those_of_the_counts() -> None:
    counts = overall({"a": FieldCounts(2, 1, 0, 1, 1), "b": FieldCounts(0, 1)})
    assert counts.precision("typed") == 0.5
    assert counts.recall("typed") == 0.5
    assert counts.f1("exact") == 0.0
    assert isnan(FieldCounts().f1("typed"))


def test_every_value_stands_beside_its_truth() -> None:
    values = [
        found("total", "9.00"),
        FieldValue("date", FieldStatus.AMBIGUOUS, text="03/04/26", reason="two readings"),
        found("phones", "5"),
        found("phones", "1"),
        cell(1, "article", "Nut"),
        cell(2, "article", "Bolt"),
        cell(2, "amount", "3"),
    ]
    truth = {
        "company": None,
        "total": "9",
        "date": "2026-04-03",
        "phones": ["1", "2", "3"],
        "items": [{"Article": "Bolt"}, {"article": "Washer", "amount": "1"}],
    }
    scores = score_fields(values, truth, WANTED)
    assert [(one.path, one.text, one.true, sorted(one.equal)) for one in scores.compared] == [
        ("company", None, None, []),
        ("date", None, "2026-04-03", []),
        ("total", "9.00", "9", ["typed"]),
        ("phones", "1", "1", ["exact", "normalized", "typed"]),
        ("phones", "5", "2", []),
        ("phones", None, "3", []),
        ("items.article", "Nut", "Washer", []),
        ("items.amount", None, "1", []),
        ("items.article", "Bolt", "Bolt", ["exact", "normalized", "typed"]),
        ("items.amount", "3", None, []),
    ]
    [date] = [one.value for one in scores.compared if one.name == "date"]
    assert date is not None
    assert date.reason == "two readings"


def test_row_that_is_not_there_is_invented_cell_by_cell() -> None:
    scores = score_fields([cell(1, "article", "Nut")], {"items": None}, WANTED)
    assert scores.fields["items"] == FieldCounts(1, 0)
    assert scores.rows["items"] == FieldCounts(1, 0)


def test_weights_multiply_counts() -> None:
    fields = {"a": FieldCounts(2, 1, 0, 1, 1), "b": FieldCounts(0, 1)}
    assert overall(fields, {"a": 2, "b": 0.5}) == FieldCounts(4, 2.5, 0, 2, 2)
