"""Words and the picture -> the same words, and a "☑" where a box is ticked.

The OCR misses a drawn tick, or reads box and tick as an ideograph or a letter, alone or in one word
with the option beside it. The picture decides: a sign is split from its word, or dropped, only
where a frame is seen. An empty box gives no word, but its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr_model.linker.boxes import Floats, array_of, heights, overlap_x, overlap_y, widths
from ocr_model.linker.drawing.box_frames import BoxFrame, frame_in
from ocr_model.linker.drawing.dark_pixels import DarkPixels, Pixels
from ocr_model.schema import Box, Word

TICKED = "☑"

# How the OCR reads a box: as a box sign, or an ideograph with four sides. Followed by another
# ideograph it is Chinese text.
_BOX_SIGN = re.compile(r"[\u25a0-\u25a3\u2610-\u2612]|[\u4e00-\u9fff](?![\u4e00-\u9fff])")
# The telephone and the sheet of paper in the header of a fax look like ticked boxes.
_FAX_NUMBER = re.compile(r"\d{3}")

# In units, the height of the text.
# Sides of a box.
_SHORTEST_SIDE, _LONGEST_SIDE = 0.4, 1.5
# Width, height and longer side of what is drawn outside the words. A tick may leave its box, and
# what a word covers of both is not seen at first.
_LEAST_WIDTH, _LEAST_HEIGHT, _LARGEST_SHAPE = 0.25, 0.35, 2.6
# Margin around a shape or sign in which a frame is looked for.
_AROUND = 0.35
# From a box to the word it stands for: between them, and between their middles.
_WIDEST_GAP, _OFF_LINE = 1.5, 0.45
# A shape this near to words on both sides is an unread word.
_BLANK = 0.5
# Word boxes extend this far beyond the letters.
_WORD_EDGE = 0.1
# Width per letter of a word that was read together with its box.
_LETTER = 0.35

# Such words have few letters, and the frame of their box is sharp.
_FEW_LETTERS, _SHARP = 2, 0.9
# Share of a box that a word may cover.
_MOST_COVERED = 0.2
# Dark share of a ticked box: less is a speck, all dark is a bullet.
_LEAST_FILLING, _MOST_FILLING = 0.1, 0.95

# In pixels of the mask.
# Smaller boxes have nothing left inside their sides.
_FEWEST_ROWS = 6
# Dark pixels of a tick, at least, and of an empty box, at most.
_FEWEST_PIXELS, _SPECKS = 4, 2


def with_check_boxes(words: Sequence[Word], pixels: DarkPixels) -> tuple[list[Word], Floats]:
    """The words, those read from boxes corrected, and one more for each tick that was not read;
    and the empty boxes beside words, (n, 4).

    "四DOMESTIC" -> "☑" "DOMESTIC";   "口Yes" -> "Yes";   "Yes" beside a ticked box -> "Yes" "☑"
    """
    if not words:
        return [], array_of([])
    unit = float(np.median(heights(array_of(word.box for word in words))))
    page = _Page(pixels, max(unit * pixels.scale, 1.0))
    parted, drawn = [], []
    for word in words:
        parts, found = _parted(word, page)
        parted += parts
        drawn += [found] if found is not None else []
    unread = _unread_boxes(parted, page)
    ticks = [page.tick(placed) for placed in unread if placed.is_ticked]
    empty = [placed.box for placed in [*drawn, *unread] if placed.is_empty]
    return parted + ticks, np.array(empty).reshape(-1, 4) / pixels.scale


@dataclass(frozen=True, slots=True)
class _Placed:
    """A frame with its place on the page, in pixels of the mask."""

    frame: BoxFrame
    box: Floats

    @property
    def is_ticked(self) -> bool:
        enough = self.frame.core.sum() >= _FEWEST_PIXELS
        return bool(enough) and _LEAST_FILLING <= self.frame.filling <= _MOST_FILLING

    @property
    def is_empty(self) -> bool:
        return bool(self.frame.core.sum() <= _SPECKS)


@dataclass(frozen=True, slots=True)
class _Page:
    """`unit` is the height of the text in pixels of the mask."""

    pixels: DarkPixels
    unit: float

    def frame_at(self, box: Floats) -> _Placed | None:
        """The clearest frame within a box."""
        left, top = (max(0, int(edge)) for edge in box[:2])
        patch = self.pixels.faint[top : int(box[3]) + 1, left : int(box[2]) + 1]
        shortest = max(_FEWEST_ROWS, round(_SHORTEST_SIDE * self.unit))
        frame = frame_in(patch, shortest, round(_LONGEST_SIDE * self.unit))
        if frame is None:
            return None
        return _Placed(frame, np.add(frame.edges, (left, top, left, top)))

    def tick(self, found: _Placed) -> Word:
        """The confidence of a tick is the sharpness of its box."""
        box = Box(*(found.box / self.pixels.scale).tolist())
        return Word(TICKED, box, found.frame.sharpness)


def _parted(word: Word, page: _Page) -> tuple[list[Word], _Placed | None]:
    """The word without the sign the OCR read for a box, with a tick if that is ticked; the box."""
    found = _frame_at_start(word, page) if _BOX_SIGN.match(word.text) else None
    if found is None or not (found.is_ticked or found.is_empty):
        return [word], None
    rest = _rest(word, found.box[2] / page.pixels.scale)
    return [page.tick(found), *rest] if found.is_ticked else rest, found


def _frame_at_start(word: Word, page: _Page) -> _Placed | None:
    box, unit = np.array(word.box) * page.pixels.scale, page.unit
    reach = _AROUND * unit
    left, top, right, bottom = box
    end = min(right + reach, left + _LONGEST_SIDE * unit)
    found = page.frame_at(np.array([left - reach, top - reach, end, bottom + reach]))
    if found is None or abs(_middle(found.box) - _middle(box)) > _OFF_LINE * unit:
        return None
    return found if found.box[0] <= left + reach else None


def _rest(word: Word, left: float) -> list[Word]:
    """The word behind its first sign, which ends at `left`."""
    text = word.text[1:].strip()
    left = min(max(left, word.box.left), word.box.right - 1)
    return [Word(text, word.box._replace(left=left), word.confidence)] if text else []


def _unread_boxes(words: Sequence[Word], page: _Page) -> list[_Placed]:
    boxes = array_of(word.box for word in words) * page.pixels.scale
    found = []
    for shape in _shapes_beside(boxes, page):
        placed = page.frame_at(shape + np.array([-1, -1, 1, 1]) * _AROUND * page.unit)
        if placed is None or not (placed.is_ticked or placed.is_empty):
            continue
        if _is_an_option(placed, words, boxes, page):
            found.append(placed)
    return _apart(found)


def _is_an_option(placed: _Placed, words: Sequence[Word], boxes: Floats, page: _Page) -> bool:
    """True beside a word that the box may belong to, unless the shape is letters."""
    gaps = _gaps(placed.box[None], boxes, page.unit)[0]
    nearest = words[int(gaps.argmin())]
    if gaps.min() > _WIDEST_GAP or _FAX_NUMBER.match(nearest.text):
        return False
    covered = _shared(placed.box[None], boxes)[0] > _MOST_COVERED
    return not _is_in_a_sentence(placed.box, boxes, gaps) and all(
        _has_own_letters(words[i], boxes[i], placed, page.unit)
        for i in np.flatnonzero(covered).tolist()
    )


def _is_in_a_sentence(box: Floats, boxes: Floats, gaps: Floats) -> bool:
    """True of an unread word between two others."""
    near, before = gaps <= _BLANK, boxes[:, 0] < box[0]
    return bool((near & before).any() and (near & ~before).any())


def _has_own_letters(word: Word, box: Floats, placed: _Placed, unit: float) -> bool:
    """True if the word covers the box because the OCR read both as one word."""
    room = max(placed.box[0] - box[0], box[2] - placed.box[2]) / unit
    short = len(word.text) <= _FEW_LETTERS and room >= _LETTER * len(word.text)
    return placed.frame.sharpness >= _SHARP and short


def _shapes_beside(boxes: Floats, page: _Page) -> Floats:
    """Shapes outside the words that have the size of a box and are beside a word."""
    import cv2  # comes with the OCR: the rest of the linker is usable without

    drawn = _halved(_without_words(page.pixels.mask, boxes, page.unit))
    _, _, stats, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8)
    shapes = stats[1:, :4].astype(np.float64) * 2  # the first is the background
    size = shapes[:, 2:] / page.unit
    fits = (size >= (_LEAST_WIDTH, _LEAST_HEIGHT)).all(axis=1) & (size <= _LARGEST_SHAPE).all(
        axis=1
    )
    shapes = shapes[fits]
    shapes[:, 2:] += shapes[:, :2]
    return np.asarray(shapes[_is_beside(shapes, boxes, page.unit)])


def _halved(mask: Pixels) -> Pixels:
    """Half as many rows and columns: sides that are broken hold together, and it is quicker."""
    even = mask[: len(mask) // 2 * 2, : mask.shape[1] // 2 * 2]
    rows = even[::2] | even[1::2]
    return np.ascontiguousarray(rows[:, ::2] | rows[:, 1::2])


def _without_words(mask: Pixels, boxes: Floats, unit: float) -> Pixels:
    drawn = mask.copy()
    edge = _WORD_EDGE * unit
    inner = np.rint(boxes + np.array([edge, 0, -edge, 0])).clip(0).astype(int)
    for left, top, right, bottom in inner.tolist():
        drawn[top:bottom, left:right] = 0
    return drawn


def _is_beside(shapes: Floats, boxes: Floats, unit: float) -> NDArray[np.bool_]:
    return np.asarray((_gaps(shapes, boxes, unit) <= _WIDEST_GAP).any(axis=1))


def _gaps(shapes: Floats, boxes: Floats, unit: float) -> Floats:
    """From each shape to each word on its line, in units; to those on other lines, infinity."""
    off_line = np.abs(_middle(shapes)[:, None] - _middle(boxes)[None, :])
    return np.where(off_line <= _OFF_LINE * unit, -overlap_x(shapes, boxes) / unit, np.inf)


def _middle(boxes: Floats) -> Floats:
    return np.asarray((boxes[..., 1] + boxes[..., 3]) / 2)


def _shared(shapes: Floats, boxes: Floats) -> Floats:
    """Share of each shape that each box covers."""
    across = overlap_x(shapes, boxes).clip(0)
    down = overlap_y(shapes, boxes).clip(0)
    return np.asarray(across * down / (widths(shapes) * heights(shapes))[:, None])


def _apart(found: Iterable[_Placed]) -> list[_Placed]:
    """One of those that overlap: box and tick may be two shapes."""
    kept: list[_Placed] = []
    for placed in found:
        if not any(_shared(placed.box[None], other.box[None]).max() > 0 for other in kept):
            kept.append(placed)
    return kept
