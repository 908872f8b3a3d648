"""Boxes as arrays: their overlaps, gaps and neighbours. Knows no text.

Boxes have shape (n, 4), with the columns `LEFT`, `TOP`, `RIGHT` and `BOTTOM`. An index of -1 means
none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr_model.schema import Box

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

LEFT, TOP, RIGHT, BOTTOM = range(4)
# Columns of `gaps`, in the order of `Neighbours.sides`.
GAP_LEFT, GAP_RIGHT, GAP_ABOVE, GAP_BELOW = range(4)

# Least overlap of boxes on one line, in one column, as a share of the smaller extent.
_LINE_OVERLAP = 0.5
_COLUMN_OVERLAP = 0.3

# The distance to a neighbour that does not exist.
FAR = 60.0


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each box the index of the nearest one on that side."""

    left: Indices
    right: Indices
    above: Indices
    below: Indices

    @property
    def sides(self) -> tuple[Indices, Indices, Indices, Indices]:
        return self.left, self.right, self.above, self.below


def array_of(boxes: Iterable[Box]) -> Floats:
    return np.array([*boxes], dtype=np.float64).reshape(-1, 4)


def around(boxes: Floats) -> Floats:
    """The smallest box that holds all of them."""
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def heights(boxes: Floats) -> Floats:
    return boxes[:, BOTTOM] - boxes[:, TOP]


def widths(boxes: Floats) -> Floats:
    return boxes[:, RIGHT] - boxes[:, LEFT]


def overlap_x(boxes: Floats, others: Floats) -> Floats:
    """Of each with each, shape (boxes, others); negative where they are apart."""
    right = np.minimum(boxes[:, None, RIGHT], others[None, :, RIGHT])
    return np.asarray(right - np.maximum(boxes[:, None, LEFT], others[None, :, LEFT]))


def overlap_y(boxes: Floats, others: Floats) -> Floats:
    bottom = np.minimum(boxes[:, None, BOTTOM], others[None, :, BOTTOM])
    return np.asarray(bottom - np.maximum(boxes[:, None, TOP], others[None, :, TOP]))


def same_line(boxes: Floats) -> Mask:
    """Whether two boxes are on one line, shape (n, n)."""
    height = heights(boxes)
    smaller = np.minimum(height[:, None], height[None, :])
    return np.asarray(overlap_y(boxes, boxes) >= _LINE_OVERLAP * smaller)


def same_column(boxes: Floats) -> Mask:
    width = widths(boxes)
    smaller = np.minimum(width[:, None], width[None, :])
    return np.asarray(overlap_x(boxes, boxes) > _COLUMN_OVERLAP * smaller)


def neighbours_of(boxes: Floats) -> Neighbours:
    """The nearest box on each side, on the same line or in the same column."""
    center_x, center_y = boxes[:, LEFT] + boxes[:, RIGHT], boxes[:, TOP] + boxes[:, BOTTOM]
    line = same_line(boxes)
    column = same_column(boxes) & ~line
    after = line & (center_x[None, :] > center_x[:, None])
    before = line & (center_x[None, :] < center_x[:, None])
    lower = column & (center_y[None, :] > center_y[:, None])
    upper = column & (center_y[None, :] < center_y[:, None])
    return Neighbours(
        left=_nearest(before, -boxes[:, RIGHT]),
        right=_nearest(after, boxes[:, LEFT]),
        above=_nearest(upper, -boxes[:, BOTTOM]),
        below=_nearest(lower, boxes[:, TOP]),
    )


def _nearest(allowed: Mask, order: Floats) -> Indices:
    """For each row the allowed column that comes first in `order`."""
    if not len(order):
        return np.zeros(0, dtype=np.int64)
    ranked = np.where(allowed, order[None, :], np.inf)
    nearest = ranked.argmin(axis=1)
    return np.where(allowed.any(axis=1), nearest, -1)


def take(values: Floats, index: Indices, absent: float = -1.0) -> Floats:
    """Rows of `values` by index; `absent` where the index is -1."""
    if not len(values):
        return np.full((len(index), *values.shape[1:]), absent)
    found = values[index]
    missing = index < 0
    return np.asarray(np.where(missing.reshape(-1, *[1] * (values.ndim - 1)), absent, found))


def beyond(side: Indices) -> Indices:
    """The neighbour's neighbour on the same side."""
    return np.where(side < 0, -1, side[side])


def gaps(boxes: Floats, near: Neighbours, unit: float) -> Floats:
    """Distances to the four neighbours in units, shape (n, 4); `FAR` where there is none."""
    own = boxes[:, LEFT], boxes[:, RIGHT], boxes[:, TOP], boxes[:, BOTTOM]
    facing = boxes[:, RIGHT], boxes[:, LEFT], boxes[:, BOTTOM], boxes[:, TOP]
    signs = (1, -1, 1, -1)
    columns = [
        np.where(index < 0, FAR, sign * (mine - take(theirs, index, 0.0)) / unit)
        for index, mine, theirs, sign in zip(near.sides, own, facing, signs, strict=True)
    ]
    return np.asarray(np.clip(np.column_stack(columns), -3.0, FAR))
