"""Dark pixels of a page -> ruling lines and ink, and features of boxes relative to them.

Solid lines only: dotted leaders come as text from the OCR, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr_model.linker.boxes import (
    BOTTOM,
    FAR,
    LEFT,
    RIGHT,
    TOP,
    Floats,
    heights,
    overlap_x,
    widths,
)
from ocr_model.linker.drawing.dark_pixels import DarkPixels, Pixels

# In heights of the text: shorter strokes are letters.
_SHORTEST_LINE = 1.4
# In pixels of the mask: thicker bars are logos and dark edges.
_THICKEST_LINE = 7
_UNDERLINE_DEPTH = 0.7
# Columns of `line_features`: the underline, and the line right of the box.
LEADING_LINES = slice(5)
# A box on the transposed page.
_TRANSPOSED = [TOP, LEFT, BOTTOM, RIGHT]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a page has beside text. `ink` is an integral image: sums of dark pixels.

    Lines have shape (n, 4), in page pixels; `scale` leads from page pixels to those of `ink`.
    """

    horizontal: Floats
    vertical: Floats
    ink: NDArray[np.int32]
    scale: float

    def ink_share(self, boxes: Floats) -> Floats:
        """Dark share of each box, shape (n,); outside the page is white."""
        rows, columns = self.ink.shape
        scaled = np.rint(boxes * self.scale).astype(np.int64)
        left, right = (np.clip(scaled[:, i], 0, columns - 1) for i in (LEFT, RIGHT))
        top, bottom = (np.clip(scaled[:, i], 0, rows - 1) for i in (TOP, BOTTOM))
        ink = self.ink
        dark = ink[bottom, right] - ink[top, right] - ink[bottom, left] + ink[top, left]
        area = widths(boxes) * heights(boxes) * self.scale**2
        return np.asarray(dark / np.maximum(area, 1.0))


def drawing_of(pixels: DarkPixels, unit: float) -> Drawing:
    """Find the lines of a page whose text boxes are `unit` pixels high."""
    import cv2  # comes with the OCR: the rest of the linker is usable without

    dark, scale = pixels.mask, pixels.scale
    length = max(12, round(_SHORTEST_LINE * unit * scale))
    return Drawing(
        _lines(dark, length) / scale,
        _lines(np.ascontiguousarray(dark.T), length)[:, _TRANSPOSED] / scale,
        np.asarray(cv2.integral(dark), dtype=np.int32),
        scale,
    )


def _lines(dark: Pixels, length: int) -> Floats:
    """Thin dark runs along the rows, as boxes."""
    import cv2

    # A skewed line steps from row to row, so that no single row holds all of it.
    thick = cv2.dilate(dark, np.ones((2, 1), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    runs = cv2.dilate(runs, np.ones((1, 5), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    stats = stats[1:].astype(np.float64)  # the first is the background
    left, top, width, height = stats[:, 0], stats[:, 1], stats[:, 2], stats[:, 3]
    thin = stats[:, cv2.CC_STAT_AREA] / np.maximum(width, 1) <= _THICKEST_LINE
    thin &= height <= np.maximum(_THICKEST_LINE, 0.03 * width)
    return np.column_stack([left, top, left + width, top + height])[thin]


def line_features(boxes: Floats, drawing: Drawing, unit: float) -> Floats:
    """Underline, line to the right, and the cell around each box, shape (n, 11), in units.

    Columns: underline's distance, start, end and length; length of a line that begins behind the
    box; distances of the ruling to the left, above, right, below; width and height of that cell.
    """
    under = _underlines(boxes, drawing.horizontal, unit)
    behind = _line_behind(boxes, drawing.horizontal, unit)
    cell = cell_distances(boxes, drawing, unit)
    size = np.column_stack(
        [
            np.minimum(cell[:, 0] + cell[:, 2] + widths(boxes) / unit, FAR),
            np.minimum(cell[:, 1] + cell[:, 3] + heights(boxes) / unit, FAR),
        ]
    )
    return np.column_stack([under, behind, cell, size])


def _underlines(boxes: Floats, lines: Floats, unit: float) -> Floats:
    if not len(lines) or not len(boxes):
        return np.tile([FAR, 0.0, 0.0, 0.0], (len(boxes), 1))
    shared = overlap_x(boxes, lines) / np.maximum(widths(boxes), 1.0)[:, None]
    depth = (_middle(lines)[None, :] - boxes[:, None, BOTTOM]) / unit
    allowed = (shared >= 0.5) & (depth <= _UNDERLINE_DEPTH)
    allowed &= _middle(lines)[None, :] > (boxes[:, None, TOP] + boxes[:, None, BOTTOM]) / 2
    best = np.where(allowed, np.abs(depth), np.inf).argmin(axis=1)
    rows, line = np.arange(len(boxes)), lines[best]
    found = np.column_stack(
        [
            depth[rows, best],
            (line[:, LEFT] - boxes[:, LEFT]) / unit,
            (line[:, RIGHT] - boxes[:, RIGHT]) / unit,
            (line[:, RIGHT] - line[:, LEFT]) / unit,
        ]
    )
    absent = np.array([FAR, 0.0, 0.0, 0.0])
    return np.clip(np.where(allowed[rows, best][:, None], found, absent), -FAR, FAR)


def _line_behind(boxes: Floats, lines: Floats, unit: float) -> Floats:
    if not len(lines) or not len(boxes):
        return np.zeros(len(boxes))
    depth = (_middle(lines)[None, :] - boxes[:, None, BOTTOM]) / unit
    start = (lines[None, :, LEFT] - boxes[:, None, RIGHT]) / unit
    allowed = (depth <= _UNDERLINE_DEPTH) & (start >= -0.6) & (start <= 3.0)
    allowed &= _middle(lines)[None, :] > (boxes[:, None, TOP] + boxes[:, None, BOTTOM]) / 2
    length = np.where(allowed, widths(lines)[None, :] / unit, 0.0)
    return np.asarray(np.minimum(length.max(axis=1), FAR))


def cell_distances(boxes: Floats, drawing: Drawing, unit: float) -> Floats:
    """To the nearest ruling on the left, above, on the right, below; in units, at most `FAR`."""
    center_x = (boxes[:, LEFT] + boxes[:, RIGHT]) / 2
    center_y = (boxes[:, TOP] + boxes[:, BOTTOM]) / 2
    across = drawing.horizontal
    spans = (across[None, :, LEFT] <= center_x[:, None]) & (
        across[None, :, RIGHT] >= center_x[:, None]
    )
    level = _middle(across)[None, :]
    above = _least(boxes[:, None, TOP] - level, spans & (level < center_y[:, None]))
    below = _least(level - boxes[:, None, BOTTOM], spans & (level > center_y[:, None]))
    down = drawing.vertical
    spans = (down[None, :, TOP] <= center_y[:, None]) & (down[None, :, BOTTOM] >= center_y[:, None])
    place = ((down[:, LEFT] + down[:, RIGHT]) / 2)[None, :]
    left = _least(boxes[:, None, LEFT] - place, spans & (place < center_x[:, None]))
    right = _least(place - boxes[:, None, RIGHT], spans & (place > center_x[:, None]))
    return np.clip(np.column_stack([left, above, right, below]) / unit, -1.0, FAR)


def lines_between(first: Floats, second: Floats, drawing: Drawing) -> Floats:
    """How many rulings part the boxes of each row: down between them, across between them.

    Shape (n, 2): vertical lines between side by side, horizontal ones between above and below.
    """
    upright = _crossings(first, second, drawing.vertical)
    flat = _crossings(*(boxes[:, _TRANSPOSED] for boxes in (first, second, drawing.horizontal)))
    return np.column_stack([upright, flat])


def _crossings(first: Floats, second: Floats, lines: Floats) -> Floats:
    if not len(lines) or not len(first):
        return np.zeros(len(first))
    near = np.minimum(first[:, RIGHT], second[:, RIGHT])
    far = np.maximum(first[:, LEFT], second[:, LEFT])
    slack = 2.0
    place = (lines[:, LEFT] + lines[:, RIGHT]) / 2
    inside = (place[None, :] > near[:, None] - slack) & (place[None, :] < far[:, None] + slack)
    middle_first = (first[:, TOP] + first[:, BOTTOM]) / 2
    middle_second = (second[:, TOP] + second[:, BOTTOM]) / 2
    reaches = (lines[None, :, TOP] <= middle_first[:, None]) & (
        lines[None, :, BOTTOM] >= middle_first[:, None]
    )
    reaches |= (lines[None, :, TOP] <= middle_second[:, None]) & (
        lines[None, :, BOTTOM] >= middle_second[:, None]
    )
    return np.asarray(np.minimum((inside & reaches).sum(axis=1), 5), dtype=np.float64)


def _least(distances: Floats, allowed: NDArray[np.bool_]) -> Floats:
    if not distances.shape[1]:
        return np.full(len(distances), np.inf)
    return np.asarray(np.where(allowed, distances, np.inf).min(axis=1))


def _middle(lines: Floats) -> Floats:
    return np.asarray((lines[:, TOP] + lines[:, BOTTOM]) / 2)
