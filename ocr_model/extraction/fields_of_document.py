"""Pages that were read -> the wanted fields of their document. Pure; knows no engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ocr_model.fields import (
    Decision,
    PageContent,
    Said,
    WantedFields,
    decide_said,
    reasons_for_review,
)
from ocr_model.finder import Finder, decide
from ocr_model.schema import Answer, Box, FieldStatus, FieldValue, UprightPage


@dataclass(frozen=True, slots=True)
class DocumentFields:
    """The status of each field, the answers that were found, and the reasons for review."""

    values: tuple[FieldValue, ...] = ()
    answers: tuple[Answer, ...] = ()
    notes: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()


def fields_of_document(
    wanted: WantedFields,
    pages: Sequence[UprightPage],
    unread: Sequence[int] = (),
    finder: Finder | None = None,
) -> DocumentFields:
    """Decide once for all pages; `unread` are the numbers of unreadable pages, `finder` the trained
    finder for these fields.
    """
    if not pages:
        return DocumentFields()
    contents = [PageContent(page.number, page.answers, page.words) for page in pages]
    decision = decide(wanted, contents, finder)
    upright = {page.number: page for page in pages}
    values = tuple(_as_sent(value, upright) for value in decision.values)
    return _judged(wanted, Decision(values, decision.notes), unread)


def fields_said(
    wanted: WantedFields, pages: Sequence[Sequence[Said]], unread: Sequence[int] = ()
) -> DocumentFields:
    """The same from an LLM's reply for each page, if it was asked for the fields."""
    return _judged(wanted, decide_said(wanted, pages), unread) if pages else DocumentFields()


def _judged(wanted: WantedFields, decision: Decision, unread: Sequence[int]) -> DocumentFields:
    values = tuple(_or_unread(value, unread) for value in decision.values)
    complaints = tuple(reasons_for_review(values, wanted))
    answers = tuple(value.as_answer for value in values if value.status is FieldStatus.FOUND)
    return DocumentFields(values, answers, (*decision.notes, *complaints), complaints)


def _or_unread(value: FieldValue, unread: Sequence[int]) -> FieldValue:
    """A missing field may be on a page that could not be read."""
    if not unread or value.status is not FieldStatus.MISSING:
        return value
    pages = f"page{'s' if len(unread) > 1 else ''} {', '.join(map(str, unread))}"
    return replace(value, reason=f"{value.reason}; {pages} could not be read")


def _as_sent(value: FieldValue, upright: dict[int, UprightPage]) -> FieldValue:
    if value.box is None or value.page is None:
        return value
    return replace(value, box=_place_of(value.box, upright[value.page]))


def _place_of(box: Box, page: UprightPage) -> Box | None:
    """The box of an answer or word, or the box around the words in it."""
    if box in page.places:
        return page.places[box]
    within = [page.places[word.box] for word in page.words if box.holds_middle(word.box)]
    return Box.around(within) if within else None
