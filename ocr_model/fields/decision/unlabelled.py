"""Fields without a label on the page: found by type or format if only one thing fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from ocr_model.fields.decision.candidates import Candidate, ambiguous, one_of
from ocr_model.fields.decision.lines import PageWords
from ocr_model.fields.decision.total import amounts_on, total_of
from ocr_model.fields.values import Habits, dates_within, form_of, read_value, without_accents
from ocr_model.fields.wanted import Column
from ocr_model.schema import FieldStatus

# Uncalibrated: how often the only thing that fits is right.
_ONLY_ONE = 0.9
_DATE_WORD = re.compile(r"\b(?:date|dated|datum|fecha|issued|invoiced)\b")

Within = Callable[[str], Iterable[str]]


def the_date(field: Column, pages: Sequence[PageWords], habits: Habits) -> Candidate | None:
    """The only date of the document; of several, the one on a line that calls it a date."""
    found = list(_within(dates_within, field, pages, habits))
    if not found:
        return None
    values = {_value_of(candidate) for candidate, _ in found}
    if len(values) == 1:
        return found[0][0]
    called = [candidate for candidate, line in found if _DATE_WORD.search(line)]
    if len({_value_of(candidate) for candidate in called}) == 1:
        return called[0]
    return ambiguous([candidate for candidate, _ in found])


def the_total(field: Column, pages: Sequence[PageWords], habits: Habits) -> Candidate | None:
    """The total of the last page that has one."""
    for page in reversed(pages):
        found = total_of(amounts_on(page, field, habits))
        if found is not None:
            return found
    return None


def by_form(field: Column, pages: Sequence[PageWords], habits: Habits) -> Candidate | None:
    """The only IBAN, e-mail, tax number, phone number, or match of the field's own pattern."""
    form = form_of(field.name, *field.labels)
    if form is not None:
        return one_of(c for c, _ in _within(form.within, field, pages, habits))
    if field.pattern is None or field.type != "text" or not _is_telling(field.pattern):
        return None
    pattern = re.compile(field.pattern)

    def fitting(line: str) -> Iterator[str]:
        return (word for word in line.split() if pattern.fullmatch(word))

    return one_of(candidate for candidate, _ in _within(fitting, field, pages, habits))


def _is_telling(pattern: str) -> bool:
    """Whether a pattern is specific: one that fits common words and numbers is not used."""
    return not any(re.fullmatch(pattern, text) for text in ("total", "Date", "AB", "1", "12.50"))


def _within(
    within: Within, field: Column, pages: Sequence[PageWords], habits: Habits
) -> Iterator[tuple[Candidate, str]]:
    """The matches of the format in each line, and the line without accents and case."""
    for page in pages:
        for line in page.lines:
            text = page.text(line)
            start = 0
            for written in within(text):
                at = text.find(written, start)
                inside = page.words_at(line, max(at, 0), len(written)) if at >= 0 else tuple(line)
                start = max(at, start)
                read = read_value(written, field, habits)
                if read.status is FieldStatus.INVALID:
                    continue
                sure = round(_ONLY_ONE * page.confidence(inside), 4)
                candidate = Candidate(written, page.number, page.around(inside), sure, read)
                yield candidate, without_accents(text).casefold()


def _value_of(candidate: Candidate) -> str | None:
    return candidate.read.value if candidate.found else candidate.text
