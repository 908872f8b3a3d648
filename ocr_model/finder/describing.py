"""Pieces of a document -> features for the trees: position, shape, neighbours, amounts and dates.

Nothing here depends on training documents: what was learned from them is in `memory`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ocr_model.fields import PageContent, PageWords, what_it_says
from ocr_model.finder import signs
from ocr_model.finder.pieces import PagePieces
from ocr_model.linker import Floats

_NOT_DIGITS = re.compile(r"\D")


@dataclass(frozen=True)
class Document:
    """A document's pages as pieces; rows of all arrays are the pieces of all pages, in order."""

    contents: Sequence[PageContent]
    pages: list[PagePieces] = field(init=False)
    starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        pages = [PagePieces(PageWords(page.number, page.words)) for page in self.contents]
        object.__setattr__(self, "pages", pages)
        counts = np.cumsum([0, *(len(page) for page in pages)])
        object.__setattr__(self, "starts", [int(count) for count in counts[:-1]])

    def __len__(self) -> int:
        return sum(len(page) for page in self.pages)


def described(document: Document) -> Floats:
    """Shape (pieces, features)."""
    parts = [
        _of_page(page, number, len(document.pages)) for number, page in enumerate(document.pages)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, 1))


def _of_page(page: PagePieces, number: int, count: int) -> Floats:
    if not len(page):
        return np.zeros((0, WIDTH))
    own = np.array([signs.signs_of(text) for text in page.texts])
    lines = _lines(page, own)
    of_line = lines[page.line_of]
    last = len(page.lines) - 1
    above = lines[np.maximum(page.line_of - 1, 0), :_SHORT] * (page.line_of > 0)[:, None]
    below = lines[np.minimum(page.line_of + 1, last), :_SHORT] * (page.line_of < last)[:, None]
    before, after = np.roll(own, 1, axis=0), np.roll(own, -1, axis=0)
    before[0], after[-1] = 0, 0
    first = np.array([line[0] for line in page.lines])[page.line_of]
    final = np.array([line[-1] for line in page.lines])[page.line_of]
    kinds = np.array([[kind == "date", kind == "money"] for kind in page.kinds], dtype=np.float64)
    table = [
        own, kinds, _places(page, first, final), _amounts(page),
        of_line, above, below, *(each[:, _SEEN_NEAR] for each in (before, after, own[first])),
        np.full((len(page), 1), number), np.full((len(page), 1), count - 1 - number),
    ]  # fmt: skip
    return np.concatenate(table, axis=1)


_SAYS = {said: number for number, said in enumerate(type(what_it_says("")))}
_SHORT = 13
_LINE_WIDTH = _SHORT + 8
_AMOUNTS = 8
_PLACES = 14
# Features of the previous piece, the next one, and the first of the line.
_SEEN_NEAR = [0, 3, 5, *range(9, 18)]
WIDTH = signs.COUNT + 3 * len(_SEEN_NEAR) + 2 + _PLACES + _AMOUNTS + _LINE_WIDTH + 2 * _SHORT + 2


def _lines(page: PagePieces, own: Floats) -> Floats:
    """For each line: the features that its neighbours also see, then its position on the page."""
    unit = page.page.unit
    boxes = np.array(
        [
            [*page.boxes[line, :2].min(axis=0), *page.boxes[line, 2:].max(axis=0)]
            for line in page.lines
        ]
    )
    left, right = boxes[:, 0].min(), boxes[:, 2].max()
    top, bottom = boxes[:, 1].min(), boxes[:, 3].max()
    wide, high = max(right - left, 1.0), max(bottom - top, 1.0)
    rows = []
    for number, line in enumerate(page.lines):
        box = boxes[number]
        said = what_it_says(page.text(line))
        mine = own[line]
        letters = mine[:, 2].sum()
        rows.append(
            (
                len(line),
                mine[:, 0].sum(),
                mine[:, 1].sum() / max(mine[:, 0].sum(), 1),
                (mine[:, 4] * mine[:, 2]).sum() / max(letters, 1),
                *mine[:, 9:15].max(axis=0),
                _SAYS[said],
                (box[3] - box[1]) / unit,
                sum(page.kinds[i] == "money" for i in line),
                number,
                len(page.lines) - number,
                (box[1] - top) / high,
                (box[0] - left) / wide,
                (right - box[2]) / wide,
                abs((box[0] + box[2]) - (left + right)) / wide,
                (box[1] - boxes[number - 1, 3]) / unit if number else 9,
                (boxes[number + 1, 1] - box[3]) / unit if number + 1 < len(boxes) else 9,
            )
        )
    return np.array(rows, dtype=np.float64)


def _places(page: PagePieces, first: NDArray[np.int64], final: NDArray[np.int64]) -> Floats:
    unit, boxes, runs = page.page.unit, page.boxes, page.run_of
    left, right = boxes[:, 0].min(), boxes[:, 2].max()
    top, bottom = boxes[:, 1].min(), boxes[:, 3].max()
    index = np.arange(len(page))
    gap_before = np.roll(boxes[:, 2], 1)
    gap_before = np.where(index == first, 0, boxes[:, 0] - gap_before) / unit
    gap_after = np.where(index == final, 0, np.roll(boxes[:, 0], -1) - boxes[:, 2]) / unit
    opens = np.roll(runs, 1) != runs
    closes = np.roll(runs, -1) != runs
    opens[0], closes[-1] = True, True
    run_start = np.maximum.accumulate(np.where(opens, index, 0))
    wide, high = max(right - left, 1.0), max(bottom - top, 1.0)
    confidence = [page.page.words[i].confidence for i in page.words]
    columns = (
        (boxes[:, 0] - left) / wide,
        (right - boxes[:, 2]) / wide,
        (boxes[:, 1] - top) / high,
        (boxes[:, 3] - boxes[:, 1]) / unit,
        (boxes[:, 2] - boxes[:, 0]) / unit,
        index - first,
        final - index,
        index - run_start,
        opens,
        closes,
        gap_before,
        gap_after,
        confidence,
        index,
    )
    return np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])


def _amounts(page: PagePieces) -> Floats:
    """Rank, size and repetition of amounts; the meaning of their line, of the line above and of the
    text to their left.
    """
    rows = np.zeros((len(page), _AMOUNTS))
    values: dict[int, float] = {}
    for i, (text, kind) in enumerate(zip(page.texts, page.kinds, strict=True)):
        if kind == "money" and (digits := _NOT_DIGITS.sub("", text)):
            values[i] = int(digits) / 100
    distinct = sorted(set(values.values()), reverse=True)
    listed = list(values.values())
    for place, (i, value) in enumerate(values.items()):
        line = page.lines[page.line_of[i]]
        left = page.text([j for j in line if j < i])
        up = page.text(page.lines[page.line_of[i] - 1]) if page.line_of[i] else ""
        said, said_above = what_it_says(left), what_it_says(up)
        rows[i] = (
            1,
            distinct.index(value),
            value / max(distinct[0], 0.01),
            listed.count(value),
            _SAYS[said] + 1,
            _SAYS[said_above] + 1,
            len(values) - 1 - place,
            line[-1] == i,
        )
    return rows
