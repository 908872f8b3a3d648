"""An LLM's replies for each field, page by page -> the fields of the document.

The first page with a value wins; different values on other pages make the field ambiguous. Lists
and tables continue from page to page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocr_model.fields.decision.candidates import Candidate, ambiguous, as_field
from ocr_model.fields.decision.decide import Decision
from ocr_model.fields.values import Habits, habits_of, read_value
from ocr_model.fields.wanted import Column, Field, WantedFields
from ocr_model.normalize import fold_text
from ocr_model.schema import Answer, FieldKey, FieldStatus, FieldValue

# The reply for a page; an answer of None means that the field was left blank.
Said = tuple[FieldKey, Answer]

_NOT_SAID = "the LLM did not find it"
# Precedence of statuses.
_STATUSES = (FieldStatus.FOUND, FieldStatus.AMBIGUOUS, FieldStatus.INVALID, FieldStatus.BLANK)


def decide_said(wanted: WantedFields, pages: Sequence[Sequence[Said]]) -> Decision:
    """The fields of one document; its pages in order."""
    document = _Said(pages)
    values = [value for field in wanted.fields for value in document.values(field)]
    names = list(dict.fromkeys(document.mended))
    notes = (f"letters read as digits in {', '.join(names)}",) if names else ()
    return Decision(tuple(values), notes)


class _Said:
    def __init__(self, pages: Sequence[Sequence[Said]]) -> None:
        self.mended: list[str] = []
        self._pages = pages
        texts = [answer.answer for page in pages for _, answer in page]
        self._habits: Habits = habits_of(text for text in texts if text is not None)

    def values(self, field: Field) -> list[FieldValue]:
        if field.type == "table":
            return self._rows(field) or [as_field(field.name, None, _NOT_SAID)]
        said = [answer for page in self._pages for key, answer in page if key.name == field.name]
        read = self._read(said, field.of_one)
        if field.type == "list":
            items = [item for item in read if item.read.status is not FieldStatus.BLANK]
            if items:
                return [as_field(field.name, item) for item in items]
        return [as_field(field.name, _one_of(read, field), _NOT_SAID)]

    def _rows(self, field: Field) -> list[FieldValue]:
        rows: list[dict[str, list[Answer]]] = []
        for page in self._pages:
            own: dict[int, dict[str, list[Answer]]] = {}
            for key, answer in page:
                if key.name == field.name and key.row is not None and key.column is not None:
                    own.setdefault(key.row, {}).setdefault(key.column, []).append(answer)
            rows += [own[number] for number in sorted(own)]
        return [
            self._cell(field, column, row, number)
            for number, row in enumerate(rows, start=1)
            for column in field.columns
        ]

    def _cell(
        self, field: Field, column: Column, row: dict[str, list[Answer]], number: int
    ) -> FieldValue:
        read = self._read(row.get(column.name, []), column)
        value = as_field(field.name, _one_of(read, column), _NOT_SAID)
        page = next(answer.page for said in row.values() for answer in said)
        return replace(value, page=page, row=number, column=column.name)

    def _read(self, answers: Sequence[Answer], wanted: Column) -> list[Candidate]:
        read = [_candidate(answer, wanted, self._habits) for answer in answers]
        self.mended += [wanted.name for candidate in read if candidate.read.mended]
        return read


def _candidate(answer: Answer, wanted: Column, habits: Habits) -> Candidate:
    read = read_value(answer.answer, wanted, habits)
    return Candidate(answer.answer, answer.page, answer.box, answer.confidence, read)


def _one_of(read: Sequence[Candidate], wanted: Column) -> Candidate | None:
    found = [candidate for candidate in read if candidate.found]
    if len({_compared(candidate, wanted) for candidate in found}) > 1:
        return ambiguous(found)
    return min(read, key=lambda candidate: _STATUSES.index(candidate.read.status), default=None)


def _compared(candidate: Candidate, wanted: Column) -> str:
    """For comparison: case and punctuation of texts are ignored."""
    value = candidate.read.value or ""
    return fold_text(value) or value if wanted.type == "text" else value
