"""Pages too long or too large to be looked at as one -> overlapping tiles; what is found in them ->
what is on the page. Pure.

Quads are corners of lines, clockwise from the top left: arrays of shape (lines, 4, 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Quads = NDArray[np.float32]

# The detector looks at no more; what is larger is reduced first.
LONGEST_SIDE = 2000
# A longer page would lose its short side to that: 600 x 8760 px would be looked at in 137 x 2000.
_MAX_ASPECT = 2
# A page of this ratio and length is looked at pixel by pixel: shorter tiles would be enlarged.
SHORTEST_TILE = 1472
# Of a tile's length: some ten lines, so that each lies in one of two tiles as a whole.
_OVERLAP = 1 / 6
# Share of the smaller of two boxes: overlapping so far, they are of one line.
_SAME = 0.5


class Tile(NamedTuple):
    """A part of a page, in its pixels."""

    left: int
    top: int
    right: int
    bottom: int


Grid = Sequence[Sequence[Tile]]


def strips_of(width: int, height: int) -> Grid:
    """The page as one tile, or strips across a long one.

    1000 x 1400 -> one; 600 x 8760 -> 7 of 600 x 1472
    """
    side = max(_MAX_ASPECT * min(width, height), SHORTEST_TILE)
    if max(width, height) <= LONGEST_SIDE:
        side = LONGEST_SIDE
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


def joined(found: Sequence[Sequence[Quads]]) -> Quads:
    """The lines of a page from those of its tiles, row by row; each once, and in one piece."""
    rows = [reduce(_joined_across, row) for row in found]
    return reduce(_without_doubles, rows)


def _without_doubles(first: Quads, second: Quads) -> Quads:
    """Both, without the smaller of two that show one line: it may be cut off."""
    return np.concatenate(_kept(first, second))


def _joined_across(first: Quads, second: Quads) -> Quads:
    """Both, and a line that goes on from the first tile into the second as one."""
    first, second = (part.copy() for part in _kept(first, second))
    a, b = boxes_of(first), boxes_of(second)
    across, down = _overlaps(a, b)
    lower = np.minimum.outer(a[:, 3] - a[:, 1], b[:, 3] - b[:, 1])
    goes_on = (across > 0) & (down > _SAME * lower)
    left = np.ones(len(first), bool)
    for i, j in zip(*np.nonzero(goes_on), strict=True):
        # The line that another part of it was put in front of already keeps that beginning.
        if left[i] and first[i, 0, 0] < second[j, 0, 0]:
            second[j, 0], second[j, 3] = first[i, 0], first[i, 3]
            left[i] = False
    return np.concatenate([first[left], second])


def _kept(first: Quads, second: Quads) -> tuple[Quads, Quads]:
    a, b = boxes_of(first), boxes_of(second)
    across, down = _overlaps(a, b)
    area_a, area_b = (np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (a, b))
    same = np.clip(across, 0, None) * np.clip(down, 0, None)
    same = same > _SAME * np.minimum.outer(area_a, area_b)
    larger = np.greater_equal.outer(area_a, area_b)
    second_kept = ~(same & larger).any(axis=0)
    first_kept = ~(same & ~larger & second_kept).any(axis=1)
    return first[first_kept], second[second_kept]


def boxes_of(quads: Quads) -> NDArray[np.float32]:
    """(lines, 4) left, top, right and bottom around the corners."""
    return np.concatenate([quads.min(axis=1), quads.max(axis=1)], axis=1)


def _overlaps(a: NDArray[np.float32], b: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """(len(a), len(b)) of how far boxes overlap across and down; below 0, how far apart."""
    return [
        np.minimum.outer(a[:, axis + 2], b[:, axis + 2]) - np.maximum.outer(a[:, axis], b[:, axis])
        for axis in (0, 1)
    ]
