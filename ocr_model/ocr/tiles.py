"""Pages too long or too large to be looked at as one -> overlapping tiles; what is found in them ->
what is on the page. Pure.

Quads are corners of lines, clockwise from the top left: arrays of shape (lines, 4, 2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Quads = NDArray[np.float32]

# The detector looks at no more; what is larger is reduced first.
LONGEST_SIDE = 2000
# A longer page would lose its short side to that: 600 x 8760 px would be looked at in 137 x 2000.
_MAX_ASPECT = 2
# Two strips of a page that is longer by no more would show nearly the same.
_LITTLE_MORE = 1.25
# A page of this ratio and length is looked at pixel by pixel: shorter tiles would be enlarged.
SHORTEST_TILE = 1472
# Of a tile's length: some ten lines, so that each lies in one of two tiles as a whole.
_OVERLAP = 1 / 6
# Share of the smaller of two boxes: overlapping so far, they are of one line.
_SAME = 0.5
# In heights of a line.
_SEVERAL_LETTERS = 3.0
_ACROSS, _DOWN = 0, 1


class Tile(NamedTuple):
    """A part of a page, in its pixels."""

    left: int
    top: int
    right: int
    bottom: int


Grid = Sequence[Sequence[Tile]]


def strips_of(width: int, height: int, shortest: int, most: int | None = None) -> Grid:
    """The page as one tile, or strips across a long one; strips are longer where they are too many.

    1000 x 1400 -> one; 600 x 8760, strips of 1472 and more -> 7 of 600 x 1472
    """
    side = max(_MAX_ASPECT * min(width, height), shortest)
    if most is not None:
        least = max(width, height) / (1 + (most - 1) * (1 - _OVERLAP))
        side = max(side, math.ceil(least))
    if max(width, height) <= _LITTLE_MORE * side:
        side = max(width, height)
    return grid_of(width, height, side)


def grid_of(width: int, height: int, side: int) -> Grid:
    """Rows of tiles whose sides are no longer than this."""
    return [
        [Tile(left, top, right, bottom) for left, right in _spans(width, side)]
        for top, bottom in _spans(height, side)
    ]


def _spans(length: int, side: int) -> list[tuple[int, int]]:
    """Spans of equal length that overlap: 3000 in 1472 -> (0, 1472), (764, 2236), (1528, 3000)."""
    if length <= side:
        return [(0, length)]
    overlap = round(side * _OVERLAP)
    steps = -(-(length - side) // (side - overlap))
    starts = [round(i * (length - side) / steps) for i in range(steps + 1)]
    return [(start, start + side) for start in starts]


def joined(grid: Grid, found: Sequence[Sequence[Quads]]) -> Quads:
    """The lines of a page from those of its tiles, row by row; each once, and in one piece."""
    rows = []
    for tiles, (quads, *others) in zip(grid, found, strict=True):
        for before, tile, other in zip(tiles, tiles[1:], others, strict=False):
            quads = _joined_at(quads, other, _ACROSS, tile.left, before.right)
        rows.append(quads)
    quads, *others = rows
    for (before, *_), (tile, *_), other in zip(grid, grid[1:], others, strict=False):
        quads = _joined_at(quads, other, _DOWN, tile.top, before.bottom)
    return quads


def _joined_at(first: Quads, second: Quads, axis: int, start: int, end: int) -> Quads:
    """Both, of tiles that overlap from `start` to `end`.

    Of two that show one line, the one further from where its tile ends: the other may be cut off.
    A line that goes on from the left tile into the right one becomes one.
    """
    a, b = boxes_of(first), boxes_of(second)
    overlaps = [
        np.minimum.outer(a[:, i + 2], b[:, i + 2]) - np.maximum.outer(a[:, i], b[:, i])
        for i in (0, 1)
    ]
    shared = np.clip(overlaps[0], 0, None) * np.clip(overlaps[1], 0, None)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (a, b)]
    same = shared > _SAME * np.minimum.outer(*areas)
    heights = np.minimum.outer(a[:, 3] - a[:, 1], b[:, 3] - b[:, 1])
    goes_on = np.zeros_like(same)
    if axis == _ACROSS:
        earlier, later = -np.subtract.outer(a[:, 0], b[:, 0]), -np.subtract.outer(a[:, 2], b[:, 2])
        # By more than a letter, or where it is more than one: else the one is a rest of the other.
        begins = (earlier > heights) | ((earlier > 0) & _are_wide(a)[:, None])
        ends = (later > heights) | ((later > 0) & _are_wide(b)[None])
        longer = begins & ends & ((earlier > heights) | (later > heights))
        goes_on = longer & (overlaps[0] > 0) & (overlaps[1] > _SAME * heights)
    same &= ~goes_on
    inner = np.greater_equal.outer(end - a[:, axis + 2], b[:, axis] - start)
    dropped = (same & ~inner).any(axis=1), (same & inner).any(axis=0)
    goes_on &= ~np.logical_or.outer(*dropped)
    second = second.copy()
    for j in np.flatnonzero(goes_on.any(axis=0)):
        beginnings = np.flatnonzero(goes_on[:, j])
        i = beginnings[np.argmin(a[beginnings, 0])]
        second[j, 0], second[j, 3] = first[i, 0], first[i, 3]
    left = ~dropped[0] & ~goes_on.any(axis=1)
    return np.concatenate([first[left], second[~dropped[1]]])


def _are_wide(boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Lines of several letters, of which a rest would be a wrong end."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return np.asarray(sides[:, 0] > _SEVERAL_LETTERS * sides[:, 1])


def boxes_of(quads: Quads) -> NDArray[np.float32]:
    """(lines, 4) left, top, right and bottom around the corners."""
    return np.concatenate([quads.min(axis=1), quads.max(axis=1)], axis=1)
