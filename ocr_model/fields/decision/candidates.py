"""Candidates for the value of a field: text with its box, read as the field's type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ocr_model.fields.decision.lines import PageWords
from ocr_model.fields.values import Habits, ReadValue, read_value
from ocr_model.fields.wanted import Column
from ocr_model.schema import Answer, Box, FieldStatus, FieldValue, Word


@dataclass(frozen=True, slots=True)
class PageContent:
    """What an engine found on one page, in pixels of the same image."""

    number: int
    answers: Sequence[Answer]
    words: Sequence[Word]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may answer a field; None if it was left blank."""

    text: str | None
    page: int
    box: Box | None
    confidence: float | None
    read: ReadValue

    @property
    def found(self) -> bool:
        return self.read.status is FieldStatus.FOUND


def of_answers(answers: Sequence[Answer], wanted: Column, habits: Habits) -> Candidate | None:
    """Answers in reading order as one text; a typed value may also be in only one of them.

    Two answers with different values of the type are ambiguous.
    """
    given = [answer for answer in answers if answer.answer is not None]
    if not given:
        return None
    whole = _joined(given, wanted, habits)
    if wanted.type == "text" or whole.found or len(given) == 1:
        return whole
    each = [_joined([answer], wanted, habits) for answer in given]
    return one_of(each) or whole


def of_words(
    page: PageWords, indices: Sequence[int], wanted: Column, habits: Habits, sure: float
) -> Candidate:
    """Words as one text; `sure` is the confidence that these are the right words."""
    text = page.text(indices)
    confidence = round(sure * page.confidence(indices), 4)
    read = read_value(text, wanted, habits)
    return Candidate(text, page.number, page.around(indices), confidence, read)


def one_of(candidates: Iterable[Candidate]) -> Candidate | None:
    """The only found value; ambiguous, with the values in the reason, if they differ."""
    found = [candidate for candidate in candidates if candidate.found]
    values = list(dict.fromkeys(str(candidate.read.value) for candidate in found))
    if len(values) < 2:
        return found[0] if found else None
    return ambiguous(found)


def ambiguous(found: Sequence[Candidate]) -> Candidate:
    said = list(dict.fromkeys(f"{c.text!r} on page {c.page}" for c in found))
    reason = f"may be {' or '.join(said[:4])}{' or others' if len(said) > 4 else ''}"
    read = ReadValue(FieldStatus.AMBIGUOUS, reason=reason)
    return Candidate(found[0].text, found[0].page, found[0].box, found[0].confidence, read)


def as_field(name: str, candidate: Candidate | None, reason: str = "") -> FieldValue:
    if candidate is None:
        return FieldValue(name, FieldStatus.MISSING, reason=reason or "nothing on the page asks it")
    read = candidate.read
    return FieldValue(
        name,
        read.status,
        read.value,
        candidate.text,
        candidate.page,
        candidate.box,
        candidate.confidence,
        read.reason,
    )


def _joined(answers: Sequence[Answer], wanted: Column, habits: Habits) -> Candidate:
    text = " ".join(answer.answer for answer in answers if answer.answer is not None)
    boxes = [answer.box for answer in answers if answer.box is not None]
    known = [answer.confidence for answer in answers if answer.confidence is not None]
    return Candidate(
        text,
        answers[0].page,
        Box.around(boxes) if boxes else None,
        min(known) if len(known) == len(answers) else None,
        read_value(text, wanted, habits),
    )
