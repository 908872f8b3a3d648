"""The fields of a document as a reviewer corrected them -> values in the format of a row. Pure.

A typed value is read from the corrected text as the model would; a text that does not match its
type is invalid, with a reason. Unchanged fields stay as the model returned them.
"""

from __future__ import annotations

from collections.abc import Sequence

from ocr_model.fields import Column, Field, Habits, WantedFields, habits_of, read_value
from ocr_model.normalize import fold_text
from ocr_model.review.record import Review, ReviewAnswer, ReviewQuestion
from ocr_model.schema import Box, FieldStatus, FieldValue


def corrected_values(
    review: Review, wanted: WantedFields, given: Sequence[FieldValue] = ()
) -> list[FieldValue]:
    """One entry per field in the file's order, more for lists and tables.

    `given` has the row's values, which are kept for unchanged fields and for fields that the review
    does not name.
    """
    habits = _habits(review)
    values: list[FieldValue] = []
    for field in wanted.fields:
        own = [value for value in given if value.name == field.name]
        question = question_of(field.name, review.questions)
        if question is None or (own and is_unchanged(field.name, review)):
            values += own
        else:
            values += _values(question, field, habits)
    return values


def question_of(name: str, questions: Sequence[ReviewQuestion]) -> ReviewQuestion | None:
    folded = fold_text(name)
    return next((q for q in questions if fold_text(q.text) == folded), None)


def is_unchanged(name: str, review: Review) -> bool:
    """Whether the reviewer left a field unchanged."""
    before, after = (question_of(name, q) for q in (review.before, review.questions))
    return before is not None and after is not None and _content(before) == _content(after)


def _content(question: ReviewQuestion) -> tuple[bool, list[tuple[str, int | None, str | None]]]:
    return question.absent, [(a.text, a.row, a.column) for a in question.answers]


def _habits(review: Review) -> Habits:
    """How this document writes dates and amounts."""
    words = [" ".join(word.text for word in page.words) for page in review.pages]
    said = [answer.text for question in review.questions for answer in question.answers]
    return habits_of([*words, *said])


def _values(question: ReviewQuestion, field: Field, habits: Habits) -> list[FieldValue]:
    given = [answer for answer in question.answers if answer.text.strip()]
    if question.absent:
        nowhere = "a person found it nowhere on the page"
        return [FieldValue(field.name, FieldStatus.MISSING, reason=nowhere)]
    if not given:
        blank = "nothing is written there"
        return [FieldValue(field.name, FieldStatus.BLANK, page=question.page, reason=blank)]
    if field.type == "table":
        return _cells(given, field, habits)
    if field.type == "list":
        return [_value(field.name, [answer], field.of_one, habits) for answer in given]
    return [_value(field.name, given, field, habits)]


def _cells(given: Sequence[ReviewAnswer], table: Field, habits: Habits) -> list[FieldValue]:
    """Row by row, cells without text blank; rows are renumbered, because one may be deleted."""
    numbers = sorted({answer.row for answer in given if answer.row is not None})
    cells = []
    for row, number in enumerate(numbers, start=1):
        for column in table.columns:
            own = [
                answer
                for answer in given
                if answer.row == number and fold_text(answer.column or "") == fold_text(column.name)
            ]
            cells.append(_value(table.name, own, column, habits, row, column.name))
    return cells


def _value(
    name: str,
    answers: Sequence[ReviewAnswer],
    wanted: Column,
    habits: Habits,
    row: int | None = None,
    column: str | None = None,
) -> FieldValue:
    """Join several answers to a field into one text, equal ones once, as for the truth."""
    text = " ".join(dict.fromkeys(answer.text for answer in answers)) or None
    read = read_value(text, wanted, habits)
    first = answers[0] if answers else None
    return FieldValue(
        name,
        read.status,
        read.value,
        text,
        first.page if first is not None else None,
        Box(*first.box) if first is not None and first.box is not None else None,
        reason=read.reason,
        row=row,
        column=column,
    )
