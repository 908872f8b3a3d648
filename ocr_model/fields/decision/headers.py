"""The header line of a table: labels of the wanted columns, and other headers next to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ocr_model.fields.decision.label_places import LabelFinder, LabelPlace
from ocr_model.fields.decision.lines import PageWords, overlap_x, same_line
from ocr_model.fields.decision.total_words import is_sum
from ocr_model.fields.wanted import Field
from ocr_model.schema import Box

# In heights of the text: lines further apart are not of one table.
WIDEST_PITCH = 4.0
_SAME_EDGE = 0.5
_WORDS_APART = 0.6


@dataclass(frozen=True, slots=True)
class Header:
    """The positions of the column labels: on one line of a page, or on two."""

    page: PageWords
    places: Mapping[str, LabelPlace]

    @property
    def box(self) -> Box:
        return Box.around(self.page.around(place.words) for place in self.places.values())


def header_of(field: Field, page: PageWords, finder: LabelFinder) -> Header | None:
    """The line with most of the column labels: at least two, or one for a table of one column."""
    every = {
        column.name: [place for label in column.labels for place in finder.places(label)]
        for column in field.columns
    }
    best: dict[str, LabelPlace] = {}
    for anchor in (place for places in every.values() for place in places):
        found = _on_line(anchor, every, page)
        if (len(found), _alike(found)) > (len(best), _alike(best)):
            best = found
    needed = min(2, len(field.columns))
    return Header(page, best) if len(best) >= needed else None


def _alike(places: Mapping[str, LabelPlace]) -> float:
    return sum(place.rank for place in places.values())


def _on_line(
    anchor: LabelPlace, every: Mapping[str, list[LabelPlace]], page: PageWords
) -> dict[str, LabelPlace]:
    found: dict[str, LabelPlace] = {}
    taken: set[int] = set()
    for name, places in every.items():
        level = [
            place
            for place in places
            if taken.isdisjoint(place.words)
            and same_line(page.around(place.words), page.around(anchor.words))
        ]
        if level:
            found[name] = max(level, key=lambda place: place.rank)
            taken |= set(found[name].words)
    return found


def other_headers(header: Header) -> list[Box]:
    """Headers of other columns: text below them does not belong to the wanted columns."""
    return [*_runs_beside(header), *_words_beside(header)]


def _runs_beside(header: Header) -> list[Box]:
    page = header.page
    own = [page.around(place.words) for place in header.places.values()]
    # A header on two lines, "Mon" and "6/18", is one.
    return [
        run.box
        for run in page.runs
        if same_line(run.box, own[0]) and not any(overlap_x(run.box, box) > 0 for box in own)
    ]


def _words_beside(header: Header) -> Iterator[Box]:
    """Other headers so close to a wanted one that both look like one label.

    They are separate columns if the words below align with the edges, or the centre, of both.
    """
    page = header.page
    own = [page.around(place.words) for place in header.places.values()]
    taken = {i for place in header.places.values() for i in place.words}
    lines = list(_lines_below(header))
    for run in page.runs:
        if same_line(run.box, own[0]) and not taken.isdisjoint(run.words):
            for is_taken, group in groupby(run.words, key=taken.__contains__):
                box = page.around(group)
                near = [column for column in own if -page.unit < overlap_x(column, box) <= 0]
                if not is_taken and near and all(_apart(page, lines, box, to) for to in near):
                    yield box


def _lines_below(header: Header) -> Iterator[list[int]]:
    """The lines below, as long as they are close to each other, up to a sum."""
    page, below = header.page, header.box.bottom
    for line in page.lines:
        box = page.around(line)
        if (box.top + box.bottom) / 2 < header.box.bottom:
            continue
        if box.top - below > WIDEST_PITCH * page.unit or is_sum(page.text(line)):
            return
        below = box.bottom
        yield line


def _apart(page: PageWords, lines: Sequence[Sequence[int]], one: Box, other: Box) -> bool:
    """Whether there are words below both headers, aligned with each.

    A single line may align by chance: then the headers must be further apart than two words.
    """
    both = 0
    for line in lines:
        words = [page.words[i].box for i in line]
        below = [[word for word in words if overlap_x(word, box) > 0] for box in (one, other)]
        if all(below):
            both += 1
            if not (
                _keeps_to(Box.around(below[0]), one, page.unit)
                and _keeps_to(Box.around(below[1]), other, page.unit)
            ):
                return False
    return both > 1 or (both == 1 and -overlap_x(one, other) > _WORDS_APART * page.unit)


def _keeps_to(words: Box, header: Box, unit: float) -> bool:
    left, right = words.left - header.left, words.right - header.right
    return min(abs(left), abs(right), abs(left + right) / 2) < _SAME_EDGE * unit
