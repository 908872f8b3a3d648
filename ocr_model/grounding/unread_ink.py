"""Find ink that the OCR did not read: handwriting, single characters, ticks.

Marks that no word covers, joined where they are side by side; specks and drawings are among them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr_model.grounding.ink import Ink
from ocr_model.ocr import same_line
from ocr_model.schema import Box

# In letter heights of the page. Smaller marks are specks; higher ones are drawings or edges.
_SMALLEST = 0.3
_HIGHEST = 5.0
# Marks of one line that are no further apart belong together, such as handwritten words.
_JOIN_GAP = 1.5
# A mark that a word covers by this share has been read.
_COVERED = 0.5
# Letters of a text that were not read stand no further from those that were.
_REACH = 4.0
# Width of a letter in heights of a letter.
LETTER_WIDTH = 0.85

_Sides = NDArray[np.float64]


def unread_pieces(ink: Ink, words: Sequence[Box], letter_height: float) -> list[Box]:
    """Boxes close around the pieces of ink outside the words."""
    import cv2  # comes with the OCR

    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink.dark, connectivity=8)
    left, top, width, height = stats[:, :4].T.astype(np.float64)
    marks = np.column_stack([left, top, left + width, top + height])
    unread = _are_signs(marks, letter_height) & (_covered(marks, words) < _COVERED)
    unread[0] = False  # the paper
    free = unread[labels]
    reach = 2 * round(_JOIN_GAP * letter_height / 2) + 1
    near = cv2.dilate(free.astype(np.uint8), np.ones((1, reach), np.uint8))
    _, pieces = cv2.connectedComponents(near, connectivity=8)
    piece_of = np.zeros(count, dtype=np.int64)
    piece_of[labels[free]] = pieces[free]
    return [_around(marks[piece_of == piece]) for piece in np.unique(piece_of[unread])]


def ink_beside(
    line: Box, letters: int, pieces: Sequence[Box], letter_height: float, *, before: bool
) -> Box | None:
    """The nearest piece before or behind a line that may be so many letters; None without one.

    Behind the line 24.8, 2 letters -> the piece around mm
    """
    near = [
        (gap, piece)
        for piece in pieces
        if same_line(line, piece)
        and (gap := line.left - piece.right if before else piece.left - line.right) >= 0
        and gap <= _REACH * letter_height
        and piece.right - piece.left <= 2 * LETTER_WIDTH * letters * letter_height
    ]
    return min(near)[1] if near else None


def _are_signs(marks: _Sides, letter_height: float) -> NDArray[np.bool_]:
    width, height = marks[:, 2] - marks[:, 0], marks[:, 3] - marks[:, 1]
    large = np.maximum(width, height) >= _SMALLEST * letter_height
    return np.asarray(large & (height <= _HIGHEST * letter_height))


def _covered(marks: _Sides, words: Sequence[Box]) -> _Sides:
    """Share of each mark within the word that covers most of it."""
    left, top, right, bottom = np.array(words, dtype=np.float64).reshape(-1, 4).T
    across = np.minimum(marks[:, 2, None], right) - np.maximum(marks[:, 0, None], left)
    down = np.minimum(marks[:, 3, None], bottom) - np.maximum(marks[:, 1, None], top)
    common = (across.clip(0) * down.clip(0)).max(axis=1, initial=0.0)
    area = (marks[:, 2] - marks[:, 0]) * (marks[:, 3] - marks[:, 1])
    return np.asarray(common / np.maximum(area, 1.0))


def _around(marks: _Sides) -> Box:
    left, top = marks[:, :2].min(axis=0).tolist()
    right, bottom = marks[:, 2:].max(axis=0).tolist()
    return Box(left, top, right, bottom)
