"""A model's answers for a document -> questions to review. Pure.

Takes a whole row, a row with a column per field, or the content of a trace: only pairs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ocr_model.fields import LEADING
from ocr_model.review.record import ReviewAnswer, ReviewQuestion
from ocr_model.schema import Box, FieldStatus, Outcome

# The other columns of a table with a column per field.
_STATUS = "_status"
# "table.column" names the cells of a table in pairs.
_COLUMN_MARK = "."
_READ_WELL = (Outcome.OK, Outcome.EMPTY)


@dataclass(frozen=True, slots=True)
class ModelReading:
    """`lowest_confidence` is None if unknown; `doubtful` if a person should check the document."""

    kind: Literal["pairs", "fields"]
    questions: tuple[ReviewQuestion, ...]
    outcome: str
    error: str | None
    lowest_confidence: float | None
    doubtful: bool
    trace_id: str | None = None
    model_uri: str | None = None


def reading_of(row: Mapping[str, Any]) -> ModelReading:
    """The reading in a row, whatever columns it has.

    {"answers": [{"question": "Name", "answer": "Ann", …}, {"question": "Date", "answer": None}]} ->
        questions Name: Ann, and Date, left blank
    """
    fields, answers = row.get("fields"), row.get("answers")
    if fields is not None and len(fields):
        kind, questions = "fields", _of_fields(fields)
    elif answers is not None:
        kind, questions = "pairs", _of_answers(answers)
    elif "pairs" in row:
        kind, questions = "pairs", _of_pairs(row["pairs"] or {})
    else:
        kind, questions = "fields", _of_columns(row)
    numbered = tuple(_numbered(questions))
    known = [a.confidence for q in numbered for a in q.answers if a.confidence is not None]
    outcome = str(row.get("outcome") or Outcome.OK.value)
    flagged = row.get("needs_review")
    return ModelReading(
        kind,  # type: ignore[arg-type]  # one of the two above
        numbered,
        outcome,
        row.get("error") or None,
        min(known, default=None),
        str(flagged).lower() == "true" or outcome not in _READ_WELL,
        row.get("trace_id") or None,
        row.get("model_uri") or None,
    )


def reading_of_trace(
    outputs: Mapping[str, Any], trace_id: str, model_uri: str | None
) -> ModelReading:
    """The reading in a trace: pairs, and the status of each field.

    {"pairs": {"total": ["9.00"]}, "fields": {"total": {"found": 1}, "due": {"missing": 1}}} ->
        total: 9.00, and due, which is not on the page
    """
    read = reading_of({"outcome": outputs.get("outcome"), "pairs": outputs.get("pairs")})
    ends: Mapping[str, Mapping[str, int]] = outputs.get("fields") or {}
    there = {question.text.partition(_COLUMN_MARK)[0] for question in read.questions}
    absent = [
        ReviewQuestion(id="q", text=name, absent=FieldStatus.MISSING in statuses)
        for name, statuses in ends.items()
        if name not in there
    ]
    return replace(
        read,
        kind="fields" if ends else "pairs",
        questions=tuple(_numbered([*read.questions, *absent])),
        error=outputs.get("error"),
        trace_id=trace_id,
        model_uri=model_uri,
    )


def _numbered(questions: Iterable[ReviewQuestion]) -> Iterator[ReviewQuestion]:
    for number, question in enumerate(questions, start=1):
        answers = tuple(
            answer.model_copy(update={"id": f"q{number}a{place}"})
            for place, answer in enumerate(question.answers, start=1)
        )
        yield question.model_copy(update={"id": f"q{number}", "answers": answers})


def _of_answers(said: Sequence[Mapping[str, Any]]) -> list[ReviewQuestion]:
    """Group consecutive answers to the same question."""
    questions: list[ReviewQuestion] = []
    for answer in said:
        text, blank = str(answer["question"]), answer["answer"] is None
        given = () if blank else (_answer(str(answer["answer"]), answer),)
        last = questions[-1] if questions else None
        if last is not None and last.text == text and last.answers and given:
            questions[-1] = last.model_copy(update={"answers": (*last.answers, *given)})
        else:
            questions.append(
                ReviewQuestion(id="q", text=text, answers=given, page=answer.get("page") or None)
            )
    return questions


def _of_fields(said: Sequence[Mapping[str, Any]]) -> list[ReviewQuestion]:
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for value in said:
        by_name.setdefault(str(value["name"]), []).append(value)
    return [_field(name, values) for name, values in by_name.items()]


def _field(name: str, values: Sequence[Mapping[str, Any]]) -> ReviewQuestion:
    answers = tuple(
        _answer(str(text), value)
        for value in values
        if (text := value.get("text") or value.get("value")) is not None
    )
    reasons = [str(value["reason"]) for value in values if value.get("reason")]
    return ReviewQuestion(
        id="q",
        text=name,
        answers=answers,
        absent=all(value["status"] == FieldStatus.MISSING for value in values),
        reason="; ".join(dict.fromkeys(reasons)) or None,
    )


def _answer(text: str, said: Mapping[str, Any]) -> ReviewAnswer:
    box, confidence = said.get("box"), said.get("confidence")
    return ReviewAnswer(
        id="a",
        text=text,
        page=None if said.get("page") is None else int(said["page"]),
        box=None if box is None else Box(*map(float, box)),
        confidence=None if confidence is None else float(confidence),
        row=None if said.get("row") is None else int(said["row"]),
        column=said.get("column"),
    )


def _of_pairs(pairs: Mapping[str, Sequence[str]]) -> list[ReviewQuestion]:
    return [
        ReviewQuestion(
            id="q", text=question, answers=tuple(ReviewAnswer(id="a", text=t) for t in texts)
        )
        for question, texts in pairs.items()
    ]


def _of_columns(row: Mapping[str, Any]) -> list[ReviewQuestion]:
    names = [name for name in row if name not in LEADING and f"{name}{_STATUS}" in row]
    return [
        ReviewQuestion(
            id="q",
            text=name,
            answers=tuple(_of_cell(row[name])),
            absent=row[f"{name}{_STATUS}"] == FieldStatus.MISSING,
        )
        for name in names
    ]


def _of_cell(said: object) -> Iterator[ReviewAnswer]:
    """A text; for a list or a table, its JSON."""
    if said is None or said == "":
        return
    text = str(said)
    try:
        several = json.loads(text) if text.startswith("[") else [text]
    except ValueError:
        several = [text]
    for number, item in enumerate(several, start=1):
        if isinstance(item, dict):
            for column, cell in item.items():
                if cell is not None:
                    yield ReviewAnswer(id="a", text=str(cell), row=number, column=column)
        else:
            yield ReviewAnswer(id="a", text=str(item))
