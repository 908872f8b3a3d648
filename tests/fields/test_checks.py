from __future__ import annotations

import pytest

from ocr_model.fields.checks import broken_checks, reasons_for_review
from ocr_model.fields.file.field_file import parse_fields
from ocr_model.schema import FieldStatus, FieldValue

WANTED = parse_fields(
    """
fields:
  - {name: date, type: date, required: true}
  - {name: due, type: date}
  - {name: net, type: currency}
  - {name: tax, type: currency}
  - {name: total, type: currency}
  - {name: items, type: table, columns: [{name: amount, type: currency}]}
checks:
  - {sum: [net, tax], equals: total}
  - {before: [date, due]}
  - {sum: [items.amount], equals: net, tolerance: 0.01}
"""
)


def found(name: str, value: str, row: int | None = None) -> FieldValue:
    column = None if row is None else "amount"
    return FieldValue(name, FieldStatus.FOUND, value, value, row=row, column=column)


GOOD = [
    found("date", "2026-03-01"),
    found("due", "2026-03-31"),
    found("net", "100.00"),
    found("tax", "19.00"),
    found("total", "119.00"),
    found("items", "60.00", 1),
    found("items", "39.99", 2),
]


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ([], []),
        ([found("total", "191.00")], ["expected net + tax = total, got 119.00 and 191.00"]),
        (
            [found("due", "2026-02-28")],
            ["expected date not after due, got 2026-03-01 and 2026-02-28"],
        ),
        (
            [found("items", "50.00", 1)],
            ["expected items.amount = net, got 89.99 and 100.00"],
        ),
        # What is not known breaks nothing.
        ([FieldValue("total", FieldStatus.AMBIGUOUS)], []),
        ([FieldValue("items", FieldStatus.INVALID, row=1, column="amount")], []),
    ],
)
def test_checks_are_held_against_values(changed: list[FieldValue], broken: list[str]) -> None:
    places = {(value.name, value.row) for value in changed}
    kept = [value for value in GOOD if (value.name, value.row) not in places]
    assert broken_checks([*kept, *changed], WANTED) == broken


def test_blank_cells_count_nothing_in_a_total() -> None:
    blank = FieldValue("items", FieldStatus.BLANK, row=3, column="amount")
    assert broken_checks([*GOOD, blank], WANTED) == []


def test_required_field_that_is_not_found_asks_for_a_person() -> None:
    ambiguous = FieldValue("date", FieldStatus.AMBIGUOUS, reason="may be one or the other")
    assert reasons_for_review([ambiguous, *GOOD[1:]], WANTED) == [
        "date is required: may be one or the other"
    ]
    assert reasons_for_review(GOOD[1:], WANTED) == ["date is required: nothing was found"]
    assert reasons_for_review(GOOD, WANTED) == []
