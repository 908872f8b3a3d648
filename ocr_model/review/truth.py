"""A review -> the true pairs or fields of its document. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ocr_model.fields import Field, WantedFields
from ocr_model.forms import FieldTruth
from ocr_model.review.record import Review, ReviewAnswer, ReviewQuestion


def true_pairs(questions: Sequence[ReviewQuestion]) -> dict[str, list[str]]:
    """Answers by question, none for a blank one; questions that are not on the page are left out.

    [Name: Ann, Date: blank, Name: Bob] -> {"Name": ["Ann", "Bob"], "Date": []}
    """
    pairs: dict[str, list[str]] = {}
    for question in questions:
        if question.text.strip() and not question.absent:
            texts = [answer.text for answer in question.answers if answer.text.strip()]
            pairs.setdefault(question.text, []).extend(texts)
    return pairs


def truth_of_fields(
    questions: Sequence[ReviewQuestion], wanted: WantedFields | None = None
) -> FieldTruth:
    """The content of `fields/<name>.json`: null for a field that is absent or blank.

    `wanted` says whether several answers are a list or parts of one text; without it, several are a
    list, one is a text, and those in rows are a table.
    """
    truth: dict[str, str | list[str] | list[dict[str, str | None]] | None] = {}
    for question in questions:
        field = wanted.field(question.text) if wanted is not None else None
        given = [a for a in question.answers if a.text.strip() and not question.absent]
        truth[question.text] = _said(given, field)
    return truth  # type: ignore[return-value]  # rows are invariant in their lists


def _said(
    answers: Sequence[ReviewAnswer], field: Field | None
) -> str | list[str] | list[dict[str, str | None]] | None:
    if not answers:
        return None
    if any(answer.row is not None and answer.column is not None for answer in answers):
        return _rows(answers)
    texts = [answer.text for answer in answers]
    if field is not None and field.type == "list":
        return texts
    if field is not None:
        return " ".join(dict.fromkeys(texts))
    return texts if len(texts) > 1 else texts[0]


def _rows(cells: Sequence[ReviewAnswer]) -> list[dict[str, str | None]]:
    """Rows in the order of their numbers, which may have gaps after a deletion."""
    rows: dict[int, dict[str, str | None]] = {}
    for cell in cells:
        if cell.row is not None and cell.column is not None:
            rows.setdefault(cell.row, {})[cell.column] = cell.text
    return [rows[number] for number in sorted(rows)]


def expected_of(review: Review, wanted: WantedFields | None = None) -> dict[str, object]:
    """The expectations of a record in MLflow: `pairs`, or `fields`."""
    if review.kind == "fields":
        return {"fields": truth_of_fields(review.questions, wanted)}
    return {"pairs": true_pairs(review.questions)}
