"""A model's row and its review -> the corrected row. Pure.

Unchanged answers keep their confidence; corrected ones have none. A reviewed row does not need
review, and its outcome is good, however its reading ended.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ocr_model.fields import LEADING, WantedFields, column_names, field_value, in_columns
from ocr_model.review.corrected_values import corrected_values, is_unchanged
from ocr_model.review.record import Review, ReviewQuestion
from ocr_model.review.truth import true_pairs
from ocr_model.schema import Answer, Box, FieldStatus, FieldValue, Outcome, pairs_of

Row = dict[str, Any]

REVIEWED, BY, AT, BEFORE = "reviewed", "reviewed_by", "reviewed_at", "before"
# Columns that the export adds to the rows of a batch.
ADDED = (REVIEWED, BY, AT, BEFORE)


def untouched(row: Mapping[str, Any]) -> Row:
    """A row without a finished review."""
    return {**row, REVIEWED: False, BY: None, AT: None, BEFORE: None}


def corrected_row(row: Mapping[str, Any], review: Review, wanted: WantedFields | None) -> Row:
    """A whole row; `wanted` are the model's fields, if the review is of fields.

    `before` is JSON with the old values of everything changed: outcome and error, and each question
    or field. It is None if the model was right.
    """
    if wanted is None:
        answers = _answers(review)
        changed: Row = {}
        before: Row = {"pairs": _pairs_before(review)}
    else:
        given = [field_value(item) for item in _listed(row.get("fields"))]
        values = corrected_values(review, wanted, given)
        answers = _answers_of(values)
        changed = {"fields": [_plain(value) for value in values]}
        before = {"fields": _fields_before(given, review, wanted)}
    outcome = Outcome.OK if answers else Outcome.EMPTY
    changed |= {
        "outcome": outcome.value,
        "error": None,
        "pairs": pairs_of(answers),
        "answers": [_plain(answer) for answer in answers],
        "needs_review": False,
    }
    ended = {name: row.get(name) for name in ("outcome", "error") if row.get(name) != changed[name]}
    return {**row, **changed} | _signed(review, {**ended, **before})


def corrected_columns(row: Mapping[str, Any], review: Review, wanted: WantedFields) -> Row:
    """A row with a column per field; cells of unchanged fields stay."""
    values = corrected_values(review, wanted)
    whole = {
        **{name: row.get(name) for name in LEADING},
        "outcome": (Outcome.OK if _answers_of(values) else Outcome.EMPTY).value,
        "error": None,
        "needs_review": False,
        "fields": values,
    }
    same = {
        name
        for field in wanted.fields
        if is_unchanged(field.name, review)
        for name in (field.name, f"{field.name}_status")
        if row.get(name) is not None
    }
    cells = {name: cell for name, cell in in_columns(whole, wanted).items() if name not in same}
    kept = [name for name in column_names(wanted) if name != "needs_review"]
    before = {
        name: row.get(name) for name in kept if name in cells and row.get(name) != cells[name]
    }
    return {**row, **cells} | _signed(review, before)


def _signed(review: Review, before: Mapping[str, Any]) -> Row:
    told = {name: said for name, said in before.items() if said != {}}
    return {
        REVIEWED: True,
        BY: review.user,
        AT: review.changed_at,
        BEFORE: json.dumps(told, ensure_ascii=False) if told else None,
    }


def _answers(review: Review) -> list[Answer]:
    """Answers in the order of the review; a blank question has one without text."""
    return [
        answer
        for question in review.questions
        if question.text.strip() and not question.absent
        for answer in _answers_to(question, review)
    ]


def _answers_to(question: ReviewQuestion, review: Review) -> list[Answer]:
    said = {
        (before.text, answer.id): answer for before in review.before for answer in before.answers
    }
    given = []
    for answer in question.answers:
        if not answer.text.strip():
            continue
        before = said.get((question.text, answer.id))
        kept = before is not None and before.text == answer.text
        given.append(
            Answer(
                question.text,
                answer.text,
                answer.page or question.page or 1,
                None if answer.box is None else Box(*answer.box),
                answer.confidence if kept else None,
            )
        )
    return given or [Answer(question.text, None, question.page or 1)]


def _answers_of(values: Sequence[FieldValue]) -> list[Answer]:
    return [value.as_answer for value in values if value.status is FieldStatus.FOUND]


def _pairs_before(review: Review) -> dict[str, list[str] | None]:
    """The old values of changed questions: None if there was none."""
    before, after = true_pairs(review.before), true_pairs(review.questions)
    return {
        question: before.get(question)
        for question in (*before, *(added for added in after if added not in before))
        if before.get(question) != after.get(question)
    }


def _fields_before(
    given: Sequence[FieldValue], review: Review, wanted: WantedFields
) -> dict[str, list[Row]]:
    """The old values of changed fields, from the row."""
    return {
        field.name: [
            {
                name: said
                for name in ("status", "value", "text", "row", "column")
                if (said := getattr(value, name)) is not None
            }
            for value in given
            if value.name == field.name
        ]
        for field in wanted.fields
        if not is_unchanged(field.name, review)
    }


def _listed(given: Any) -> list[Any]:
    return [] if given is None else list(given)


def _plain(said: Answer | FieldValue) -> Row:
    """In the format of rows; boxes in whole pixels."""
    box = None if said.box is None else [round(side) for side in said.box]
    status = {"status": said.status.value} if isinstance(said, FieldValue) else {}
    return asdict(said) | {"box": box} | status
