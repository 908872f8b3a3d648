"""Readable marks on a page without its text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_model.schema import Box

# Grey levels between adjacent ink and paper.
_CONTRAST = 40
# In sizes of the print: a straight line of this length is not part of a letter.
_SHORTEST_RULE = 2.0
# Shorter ones are not letters either, if they are perfectly straight.
_SHORTEST_LINE = 1.2
# In pixels, on both sides of an edge; and the size below which a mark is a speck.
_EDGE, _SPECK = 3, 4
# In pixels: the straightness of a box's frame.
_STRAIGHT, _OUTER = 3, 2
_THICKEST = 6
# Share of the frame that is drawn.
_WHOLE = 0.9
# In sizes of the print.
_LARGEST_BOX = 4.0

Mask = NDArray[np.uint8]


def marks_of(rest: Image.Image, size: float) -> Box | None:
    """The box around all marks; None for a page with only straight lines, frames, check boxes and
    flat colours.

    `size` is the size of the print in pixels.
    """
    import cv2  # installed with the OCR, which reads the marks

    grey = np.asarray(rest.convert("L"))
    kernel = np.ones((_EDGE, _EDGE), np.uint8)
    edges = (cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, kernel) > _CONTRAST).astype(np.uint8)
    if not edges.any():
        return None
    rules = _rules(edges, round(_SHORTEST_RULE * size))
    left = edges & (1 - rules)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(left, connectivity=8)
    # The first component is the background.
    marks = []
    large = 1 + np.flatnonzero(stats[1:, 2:4].max(axis=1) > _SPECK + _EDGE)
    for number in large.tolist():
        x, y, width, height, _ = stats[number].tolist()
        part = labels[y : y + height, x : x + width] == number
        joins = _joins(rules, x, y, width, height)
        is_line = _is_line(part, _SHORTEST_LINE * size, joins=joins)
        if not is_line and not _is_frame(part, _LARGEST_BOX * size):
            marks.append(Box(x, y, x + width, y + height))
    if not marks:
        return None
    return Box.around(marks)


def _rules(edges: Mask, length: int) -> Mask:
    """Long straight lines, with their edges."""
    import cv2

    level = cv2.morphologyEx(edges, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    upright = cv2.morphologyEx(edges, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    around = np.ones((2 * _EDGE + 1, 2 * _EDGE + 1), np.uint8)
    return np.asarray(cv2.dilate(cv2.bitwise_or(level, upright), around), np.uint8)


def _is_line(part: NDArray[np.bool_], shortest: float, *, joins: bool) -> bool:
    """Whether these edges form one straight line, too long or too well joined for a letter.

    `joins`: both ends meet longer lines, as with the short side of a frame.
    """
    is_thin = min(part.shape) <= _THICKEST + 2 * _EDGE
    return is_thin and (joins or max(part.shape) >= shortest) and _is_straight(part)


def _joins(rules: Mask, x: int, y: int, width: int, height: int) -> bool:
    if height > width:
        ends = (
            rules[max(y - 1, 0), x : x + width],
            rules[y + height : y + height + 1, x : x + width],
        )
    else:
        ends = (
            rules[y : y + height, max(x - 1, 0)],
            rules[y : y + height, x + width : x + width + 1],
        )
    return all(bool(end.any()) for end in ends)


def _is_frame(part: NDArray[np.bool_], largest: float) -> bool:
    """Whether these edges form an empty box and nothing else."""
    height, width = part.shape
    depth = _EDGE + _STRAIGHT
    if max(height, width) > largest or min(height, width) <= 2 * depth:
        return False
    inner = part[depth:-depth, depth:-depth]
    return not inner.any() and _is_straight(part)


def _is_straight(part: NDArray[np.bool_]) -> bool:
    """Whether its four sides are straight: those of an "O" are curved."""
    outer = part[:_OUTER], part[-_OUTER:], part[:, :_OUTER].T, part[:, -_OUTER:].T
    return min(float(side.any(0).mean()) for side in outer) >= _WHOLE
