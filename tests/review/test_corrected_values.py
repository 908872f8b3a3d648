"""Values are read from what a person says as a model would read them."""

from __future__ import annotations

from typing import Any

import pytest

from ocr_model.fields import parse_fields
from ocr_model.review.corrected_values import corrected_values
from ocr_model.review.record import ReviewQuestion
from ocr_model.schema import Box, FieldStatus, FieldValue
from tests.support.reviews import cells, question, review

WANTED = parse_fields(
    """
fields:
  - name: supplier
  - {name: total, type: currency}
  - {name: date, type: date}
  - {name: paid, type: boolean}
  - {name: kind, type: choice, choices: [Invoice, Reminder]}
  - {name: phones, type: list}
  - name: items
    type: table
    columns: [{name: article}, {name: amount, type: currency}]
"""
)


def _said(*after: ReviewQuestion, before: tuple[ReviewQuestion, ...] = ()) -> list[FieldValue]:
    return corrected_values(review(before, after, kind="fields"), WANTED)


@pytest.mark.parametrize(
    ("after", "status", "value", "text"),
    [
        (question("total", "$1,234.50"), "found", "1234.50", "$1,234.50"),
        (question("Total:", "9,00 EUR"), "found", "9.00", "9,00 EUR"),
        (question("date", "25. Dez. 2018"), "found", "2018-12-25", "25. Dez. 2018"),
        (question("date", "soon"), "invalid", None, "soon"),
        (question("paid", "x"), "found", "true", "x"),
        (question("kind", "Remlnder"), "found", "Reminder", "Remlnder"),
        (question("supplier", "Blue", "Heron"), "found", "Blue Heron", "Blue Heron"),
        (question("supplier"), "blank", None, None),
        (question("supplier", absent=True), "missing", None, None),
    ],
    ids=lambda given: given.text if isinstance(given, ReviewQuestion) else "",
)
def test_one_value(after: ReviewQuestion, status: str, value: str | None, text: str | None) -> None:
    [found] = _said(after)
    assert (found.status, found.value, found.text) == (FieldStatus(status), value, text)
    assert (found.reason is None) == (status == "found")


def test_a_date_of_two_readings_is_read_by_the_habits_of_its_document() -> None:
    said = _said(question("date", "05/06/2018"), question("supplier", "25/12/2018"))
    assert [value.value for value in said if value.name == "date"] == ["2018-06-05"]
    [alone] = _said(question("date", "05/06/2018"))
    assert alone.status is FieldStatus.AMBIGUOUS


def test_a_list_has_an_entry_for_each_item() -> None:
    said = _said(question("phones", ("555-0142", (1, 2, 3, 4)), "555-0143"))
    assert [(value.text, value.box) for value in said] == [
        ("555-0142", Box(1, 2, 3, 4)),
        ("555-0143", None),
    ]


def test_rows_are_counted_again_and_have_all_columns() -> None:
    table = cells("items", {"article": "Bolt"}, {"article": "Nut", "amount": "1.00"})
    kept = table.model_copy(update={"answers": table.answers[1:]})
    said = _said(kept)
    assert [(v.row, v.column, v.status.value, v.value) for v in said] == [
        (1, "article", "found", "Nut"),
        (1, "amount", "found", "1.00"),
    ]
    [_, amount] = _said(cells("items", {"article": "Bolt"}))
    assert amount.status is FieldStatus.BLANK


def test_what_was_left_as_it_was_stays_as_the_model_gave_it() -> None:
    row = [
        FieldValue("total", FieldStatus.FOUND, "9.00", "9.OO", 1, Box(1, 2, 3, 4), 0.8),
        FieldValue("date", FieldStatus.MISSING, reason="nothing asks"),
        FieldValue("supplier", FieldStatus.FOUND, "Blue", "Blue", confidence=0.4),
    ]
    before = (
        question("total", "9.OO"),
        question("date", absent=True),
        question("supplier", "Blue"),
    )
    after = (*before[:2], question("supplier", "Blue Heron"))
    said = corrected_values(review(before, after, kind="fields"), WANTED, row)
    assert said == [
        FieldValue("supplier", FieldStatus.FOUND, "Blue Heron", "Blue Heron", 1),
        *row[:2],
    ]


def test_a_field_the_review_does_not_name_is_as_it_was() -> None:
    row: list[Any] = [FieldValue("total", FieldStatus.FOUND, "9.00", "9.00")]
    said = corrected_values(review(kind="fields"), WANTED, row)
    assert said == row
