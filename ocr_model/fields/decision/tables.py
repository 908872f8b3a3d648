"""Rows of a table: its columns by their header labels, its cells by the text below them.

A row starts at a line with a value in a typed column, or in the first column if none is typed;
lines in between belong to the row above. The table ends at a line with a total, at the last line,
or when its columns are empty. Words in a number column, with an empty text column, describe the
amount next to them: that is not a row either.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ocr_model.fields.decision.candidates import of_words
from ocr_model.fields.decision.headers import WIDEST_PITCH, Header, header_of, other_headers
from ocr_model.fields.decision.label_places import LabelFinder
from ocr_model.fields.decision.lines import PageWords, overlap_x
from ocr_model.fields.decision.total_words import is_sum
from ocr_model.fields.values import Habits, read_value
from ocr_model.fields.wanted import Column, Field
from ocr_model.schema import Box, FieldStatus, FieldValue

# Uncalibrated: how often text below a header is a cell of its column.
_SURE_BELOW = 0.8


def table_values(
    field: Field, pages: Sequence[PageWords], finders: Sequence[LabelFinder], habits: Habits
) -> list[FieldValue]:
    """The cells of all rows, row by row, with blank ones. One entry if there is no table.

    If a page repeats the header, the table continues there.
    """
    cells: list[FieldValue] = []
    rows = 0
    for page, finder in zip(pages, finders, strict=True):
        header = header_of(field, page, finder)
        for line in _rows(field, header, habits) if header is not None else []:
            rows += 1
            cells += [_cell(field, column, line, page, rows, habits) for column in field.columns]
    return cells or [
        FieldValue(field.name, FieldStatus.MISSING, reason="no header with its columns was found")
    ]


Line = dict[str, list[int]]


def _rows(field: Field, header: Header, habits: Habits) -> list[Line]:
    """Words by column, row by row."""
    page, below = header.page, header.box.bottom
    named = [(page.around(place.words), name) for name, place in header.places.items()]
    columns = sorted([*named, *((box, "") for box in other_headers(header))])
    boxes, order = [box for box, _ in columns], [name for _, name in columns]
    rows: list[Line] = []
    for line in page.lines:
        box = page.around(line)
        if (box.top + box.bottom) / 2 < header.box.bottom:
            continue
        if box.top - below > WIDEST_PITCH * page.unit:
            break
        cells = _by_column(page, line, order, boxes)
        cells.pop("", None)
        full = _is_full(field, cells, page, habits, least=3 if rows else 2)
        about_rows = not full and is_sum(page.text(line))
        if about_rows and rows:
            break
        if about_rows or not cells or _calls_an_amount(field, cells, page, habits):
            continue
        below = box.bottom
        if not rows or _begins_row(field, cells, page, habits):
            rows.append(cells)
        else:
            for name, words in cells.items():
                rows[-1].setdefault(name, []).extend(words)
    return [row for row in rows if _begins_row(field, row, page, habits)]


def _is_full(field: Field, cells: Line, page: PageWords, habits: Habits, least: int) -> bool:
    """Whether all number cells are filled, at least `least`: "Weight set, 4, 12.00, 48.00" is not a
    sum, despite its words.
    """
    typed = [column for column in field.columns if column.type != "text"]
    readable = [column for column in typed if _reads(column, cells, page, habits)]
    return readable == typed and len(typed) >= least


def _reads(column: Column, cells: Line, page: PageWords, habits: Habits) -> bool:
    return column.name in cells and (
        read_value(page.text(cells[column.name]), column, habits).status
        in (FieldStatus.FOUND, FieldStatus.AMBIGUOUS)
    )


def _calls_an_amount(field: Field, cells: Line, page: PageWords, habits: Habits) -> bool:
    """ "Nettobetrag" "1.451,80" below "Price" and "Amount": words for a number, none for a text."""
    texts = {column.name for column in field.columns if column.type == "text"}
    return (
        bool(texts)
        and texts.isdisjoint(cells)
        and any(
            read_value(page.text(cells[column.name]), column, habits).status is FieldStatus.INVALID
            for column in field.columns
            if column.name in cells
        )
    )


def _by_column(
    page: PageWords, line: Sequence[int], order: Sequence[str], boxes: Sequence[Box]
) -> Line:
    """Assign words to the column whose header is above them, else to the nearest one.

    A gap between headers is split in the middle; a run of words stays together.
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
    """Whether a word is below another header than the run before it."""
    word, before = page.words[i].box, page.around(run)
    under = [k for k, box in enumerate(boxes) if overlap_x(word, box) > 0]
    under_before = [k for k, box in enumerate(boxes) if overlap_x(before, box) > 0]
    return bool(under and under_before) and under[0] not in under_before


def _begins_row(field: Field, cells: Line, page: PageWords, habits: Habits) -> bool:
    typed = [column for column in field.columns if column.type != "text"]
    if not typed:
        return field.columns[0].name in cells
    return any(_reads(column, cells, page, habits) for column in typed)


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
