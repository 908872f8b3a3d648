"""Answers and words of a document -> its fields: two sources, one decision per field.

Labelled: the field's question, else the value next to its label. Unlabelled: the only thing on the
page that fits. The package `finder` has what was learned from documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr_model.fields.decision.beside import value_beside
from ocr_model.fields.decision.candidates import (
    Candidate,
    PageContent,
    ambiguous,
    as_field,
    of_answers,
    of_words,
)
from ocr_model.fields.decision.label_places import LabelFinder, LabelPlace
from ocr_model.fields.decision.lines import PageWords
from ocr_model.fields.decision.questions import Asked, assign, questions_of, rivals
from ocr_model.fields.decision.tables import table_values
from ocr_model.fields.decision.ticks import boolean, choice
from ocr_model.fields.decision.total_words import is_about_a_total, is_only_total_words
from ocr_model.fields.decision.unlabelled import by_form, the_date, the_total
from ocr_model.fields.values import Habits, asks_for_iban, habits_of, has_iban_form
from ocr_model.fields.wanted import Field, WantedFields
from ocr_model.schema import FieldStatus, FieldValue

# Uncalibrated: how often the text next to a label is its answer if the linker found no pair.
_SURE_BESIDE = 0.5


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry per field in the file's order, more for lists and tables; notes for the row."""

    values: tuple[FieldValue, ...]
    notes: tuple[str, ...] = ()


def decide_fields(wanted: WantedFields, pages: Sequence[PageContent]) -> Decision:
    """The fields of one document; its pages in order."""
    document = _Document(wanted, pages)
    document.label()
    document.look_for_the_rest()
    return Decision(tuple(document.values()), tuple(document.notes()))


class _Document:
    def __init__(self, wanted: WantedFields, pages: Sequence[PageContent]) -> None:
        self._fields = [field for field in wanted.fields if field.type != "table"]
        self._wanted = wanted
        self._pages = [PageWords(page.number, page.words) for page in pages]
        self._finders = [LabelFinder(page) for page in self._pages]
        self._answers = [answer for page in pages for answer in page.answers]
        lines = [page.text(line) for page in self._pages for line in page.lines]
        given = [answer.answer for answer in self._answers if answer.answer is not None]
        self._habits: Habits = habits_of([*lines, *given])
        self._questions = questions_of(self._answers, [field.of_one for field in self._fields])
        self._asked: dict[int, Asked] = {}
        self._found: dict[str, Candidate] = {}
        self._lists: dict[str, list[Candidate]] = {}

    def label(self) -> None:
        """The value below or next to a label."""
        fields = [field.of_one for field in self._fields]
        self._asked = assign(fields, self._questions, self._habits)
        used = {asked.question for asked in self._asked.values()}
        free = [j for j in range(len(self._questions)) if j not in used]
        for i, field in enumerate(self._fields):
            candidate = self._labelled(i, field, free)
            if candidate is not None:
                self._found[field.name] = candidate
        self._beside_labels()

    def look_for_the_rest(self) -> None:
        """Fields without a label: by type and position, and by format."""
        totals = [field for field in self._fields if self._is_total(field)]
        if len(totals) == 1 and not self._has_its_own_label(totals[0]):
            self._put(totals[0], the_total(totals[0], self._pages, self._habits))
        dates = [f for f in self._fields if f.type == "date" and not self._is_known(f)]
        if len(dates) == 1:
            found = the_date(dates[0], self._pages, self._habits)
            if found is not None and found.read.value not in self._dates():
                self._put(dates[0], found)
        for field in self._fields:
            if field.type == "text" and not self._is_known(field):
                self._put(field, by_form(field, self._pages, self._habits))

    def values(self) -> list[FieldValue]:
        said: list[FieldValue] = []
        for field in self._wanted.fields:
            if field.type == "table":
                said += table_values(field, self._pages, self._finders, self._habits)
            elif self._lists.get(field.name):
                said += [as_field(field.name, item) for item in self._lists[field.name]]
            else:
                said.append(self._only_value(field))
        return said

    def _only_value(self, field: Field) -> FieldValue:
        asked = self._asked.get(self._fields.index(field))
        found = self._found.get(field.name)
        if found is not None or asked is None:
            return as_field(field.name, found)
        page = self._questions[asked.question].page
        blank = "nothing is written there"
        return FieldValue(field.name, FieldStatus.BLANK, page=page, reason=blank)

    def notes(self) -> list[str]:
        mended = [name for name, found in self._found.items() if found.read.mended]
        return [f"letters read as digits in {', '.join(mended)}"] if mended else []

    def _labelled(self, i: int, field: Field, free: Sequence[int]) -> Candidate | None:
        asked = self._asked.get(i)
        pages = list(zip(self._pages, self._finders, strict=True))
        if field.type == "boolean":
            return boolean(field, asked, self._questions, pages)
        if field.type == "choice":
            ticked = choice(field, asked, self._questions, pages, self._habits)
            if ticked is not None:
                return ticked
        if asked is None:
            return None
        if field.type == "list":
            items = [
                of_answers([answer], field.of_one, self._habits)
                for answer in self._questions[asked.question].answers
            ]
            self._lists[field.name] = [item for item in items if item is not None]
            return None
        several = rivals(field, asked, self._questions, free, self._habits)
        if several:
            return ambiguous(several)
        return None if self._is_rate_of_label(field, asked.candidate) else asked.candidate

    def _is_rate_of_label(self, field: Field, candidate: Candidate | None) -> bool:
        """Whether an answer is part of its label: the 20 of "VAT 20 %" is no amount."""
        if field.type != "currency" or candidate is None or candidate.box is None:
            return False
        page = next(page for page in self._pages if page.number == candidate.page)
        finder = self._finders[self._pages.index(page)]
        inside = {i for i, word in enumerate(page.words) if candidate.box.holds_middle(word.box)}
        places = (p for label in field.labels for p in finder.places(label, with_rate=True))
        return bool(inside) and any(p.has_rate and inside <= set(p.words) for p in places)

    def _beside_labels(self) -> None:
        """For fields without a question: the value next to the label, if that is on the page."""
        for page, finder in zip(self._pages, self._finders, strict=True):
            places = {
                field.name: [
                    place
                    for label in field.labels
                    for place in finder.places(label, with_rate=field.type == "currency")
                ]
                for field in self._fields
            }
            taken = self._taken(page, finder)
            exact = {p.words for found in places.values() for p in found if p.likeness == 1}
            for found in places.values():
                taken |= {i for place in found[:3] for i in place.words}
            for field in self._fields:
                if field.type in ("boolean", "list") or self._is_known(field):
                    continue
                own = [p for p in places[field.name] if p.likeness == 1 or p.words not in exact]
                answered = self._beside(page, field, own, taken)
                if answered is not None:
                    self._found[field.name], words = answered
                    taken |= set(words)

    def _beside(
        self, page: PageWords, field: Field, places: Sequence[LabelPlace], taken: set[int]
    ) -> tuple[Candidate, tuple[int, ...]] | None:
        answers = []
        for place in places:
            words = value_beside(page, place.words, taken) if place.stands(page) else ()
            if words:
                sure = _SURE_BESIDE * place.likeness
                candidate = of_words(page, words, field, self._habits, sure)
                if _settles(field, candidate):
                    answers.append((place, candidate, words))
        if not answers:
            return None
        first, candidate, words = answers[0]
        # "VAT 7 %" and "VAT 19 %" are equally what "VAT" asks for.
        rates = [
            c for place, c, _ in answers if place.has_rate and place.likeness == first.likeness
        ]
        differ = first.has_rate and len({c.read.value for c in rates}) > 1
        return (ambiguous(rates) if differ else candidate), words

    def _taken(self, page: PageWords, finder: LabelFinder) -> set[int]:
        """Words that are answered questions, or answers of a decided field."""
        taken: set[int] = set()
        for asked in self._asked.values():
            for answer in self._questions[asked.question].answers:
                if answer.page == page.number and answer.box is not None:
                    box = answer.box
                    taken |= {i for i, w in enumerate(page.words) if box.holds_middle(w.box)}
        for question in self._questions:
            if question.page == page.number and question.answers:
                taken |= {i for place in finder.places(question.text)[:1] for i in place.words}
        return taken

    def _is_known(self, field: Field) -> bool:
        found = self._found.get(field.name)
        return bool(self._lists.get(field.name)) or (found is not None and _settles(field, found))

    def _dates(self) -> set[str | None]:
        """Dates of other fields: the invoice date is not the due date."""
        dated = [self._found.get(field.name) for field in self._fields if field.type == "date"]
        return {found.read.value for found in dated if found is not None and found.found}

    def _put(self, field: Field, candidate: Candidate | None) -> None:
        if candidate is not None:
            self._found[field.name] = candidate

    def _is_total(self, field: Field) -> bool:
        equals = {check.equals for check in self._wanted.checks}
        return field.type == "currency" and (
            is_about_a_total(field.name, *field.labels) or field.name in equals
        )

    def _has_its_own_label(self, field: Field) -> bool:
        """Whether it was found under a label that is more specific than a total."""
        asked = self._asked.get(self._fields.index(field))
        found = self._found.get(field.name)
        if asked is None or found is None or not found.found:
            return False
        return asked.likeness > 0.95 and not is_only_total_words(
            self._questions[asked.question].text
        )


def _settles(field: Field, candidate: Candidate) -> bool:
    """Whether the search stops: for a misread IBAN under its label, no other one is taken."""
    return candidate.read.status in (FieldStatus.FOUND, FieldStatus.AMBIGUOUS) or (
        candidate.text is not None
        and asks_for_iban(field.name, field.labels)
        and has_iban_form(candidate.text)
    )
