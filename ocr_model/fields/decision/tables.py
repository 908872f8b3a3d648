"""Rows of a table: its columns by their header labels, its cells by what stands below them.

A row begins where a line has a value of a typed column, or of the first column where none is typed;
lines between belong to the row above. The table ends at a line that says it is a total, where the
lines stop, or where nothing stands in its columns any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ocr_model.fields.decision.candidates import of_words
from ocr_model.fields.decision.label_places import LabelFinder, LabelPlace
from ocr_model.fields.decision.lines import PageWords, around, overlap_x, same_line
from ocr_model.fields.decision.total_words import Says, what_it_says
from ocr_model.fields.values import Habits, read_value
from ocr_model.fields.wanted import Column, Field
from ocr_model.schema import Box, FieldStatus, FieldValue

# Uncalibrated: how often what stands below a header is a cell of its column.
_SURE_BELOW = 0.8
# In heights of the text: lines further apart are not of one table.
_WIDEST_PITCH = 4.0
_ENDS = frozenset({Says.OTHER, Says.TOTAL, Says.FINAL_TOTAL, Says.ROUNDING})


@dataclass(frozen=True, slots=True)
class Header:
    """Where the labels of the columns stand: on one line of a page, or on two."""

    page: PageWords
    places: Mapping[str, LabelPlace]

    @property
    def box(self) -> Box:
        return around(self.page.around(place.words) for place in self.places.values())


def table_values(
    field: Field, pages: Sequence[PageWords], finders: Sequence[LabelFinder], habits: Habits
) -> list[FieldValue]:
    """The cells of all rows, row by row; blank ones, too. One entry where there is no table.

    A page that repeats the header goes on with the table.
    """
    cells: list[FieldValue] = []
    rows = 0
    for page, finder in zip(pages, finders, strict=True):
        header = _header(field, page, finder)
        for line in _rows(field, header, habits) if header is not None else []:
            rows += 1
            cells += [_cell(field, column, line, page, rows, habits) for column in field.columns]
    return cells or [
        FieldValue(field.name, FieldStatus.MISSING, reason="no header with its columns was found")
    ]


def _header(field: Field, page: PageWords, finder: LabelFinder) -> Header | None:
    """The line with most of the columns: at least two, or all of a table of one."""
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


Line = dict[str, list[int]]


def _rows(field: Field, header: Header, habits: Habits) -> list[Line]:
    """Words by column, row by row."""
    page, below = header.page, header.box.bottom
    named = [(page.around(place.words), name) for name, place in header.places.items()]
    columns = sorted([*named, *((box, "") for box in _other_headers(header))])
    boxes, order = [box for box, _ in columns], [name for _, name in columns]
    rows: list[Line] = []
    for line in page.lines:
        box = page.around(line)
        if (box.top + box.bottom) / 2 < header.box.bottom:
            continue
        if box.top - below > _WIDEST_PITCH * page.unit or _ends(page.text(line), rows):
            break
        cells = _by_column(page, line, order, boxes)
        cells.pop("", None)
        if not cells:
            continue
        below = box.bottom
        if not rows or _begins_row(field, cells, page, habits):
            rows.append(cells)
        else:
            for name, words in cells.items():
                rows[-1].setdefault(name, []).extend(words)
    return [row for row in rows if _begins_row(field, row, page, habits)]


def _other_headers(header: Header) -> list[Box]:
    """Headers of columns that are not wanted: what stands below them is not taken for others."""
    page = header.page
    own = [page.around(place.words) for place in header.places.values()]
    # A header on two lines, "Mon" and "6/18", is one.
    return [
        run.box
        for run in page.runs
        if same_line(run.box, own[0]) and not any(overlap_x(run.box, box) > 0 for box in own)
    ]


def _ends(text: str, rows: Sequence[Line]) -> bool:
    return bool(rows) and what_it_says(text) in _ENDS


def _by_column(
    page: PageWords, line: Sequence[int], order: Sequence[str], boxes: Sequence[Box]
) -> Line:
    """Words to the column whose header they stand under, else to the nearest one.

    A gap between headers belongs to both sides, half each; a run of words is not torn apart.
    """
    middles = [(a.right + b.left) / 2 for a, b in pairwise(boxes)]
    cells: Line = {}
    runs: list[list[int]] = []
    for i in line:
        near = runs and page.words[i].box.left - page.words[runs[-1][-1]].box.right < page.unit
        if near and not _under_another(page, runs[-1], i, boxes):
            runs[-1].append(i)
        else:
            runs.append([i])
    reach = 4 * page.unit
    for run in runs:
        box = page.around(run)
        if box.right < boxes[0].left - reach or box.left > boxes[-1].right + reach:
            continue
        over = [overlap_x(box, column) for column in boxes]
        middle = (box.left + box.right) / 2
        nearest = sum(middle > edge for edge in middles)
        best = max(range(len(boxes)), key=lambda k: over[k])
        cells.setdefault(order[best if over[best] > 0 else nearest], []).extend(run)
    return cells


def _under_another(page: PageWords, run: Sequence[int], i: int, boxes: Sequence[Box]) -> bool:
    """Whether a word stands under another header than the run before it."""
    word, before = page.words[i].box, page.around(run)
    under = [k for k, box in enumerate(boxes) if overlap_x(word, box) > 0]
    under_before = [k for k, box in enumerate(boxes) if overlap_x(before, box) > 0]
    return bool(under and under_before) and under[0] not in under_before


def _begins_row(field: Field, cells: Line, page: PageWords, habits: Habits) -> bool:
    typed = [column for column in field.columns if column.type != "text"]
    if not typed:
        return field.columns[0].name in cells
    return any(
        read_value(page.text(cells[column.name]), column, habits).status
        in (FieldStatus.FOUND, FieldStatus.AMBIGUOUS)
        for column in typed
        if column.name in cells
    )


def _cell(
    field: Field, column: Column, line: Line, page: PageWords, row: int, habits: Habits
) -> FieldValue:
    words = line.get(column.name)
    if not words:
        return FieldValue(
            field.name,
            FieldStatus.BLANK,
            page=page.number,
            reason="nothing is written there",
            row=row,
            column=column.name,
        )
    found = of_words(page, words, column, habits, _SURE_BELOW)
    read = found.read
    return FieldValue(
        field.name,
        read.status,
        read.value,
        found.text,
        found.page,
        found.box,
        found.confidence,
        read.reason,
        row,
        column.name,
    )
