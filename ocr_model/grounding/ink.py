"""Draw a box close around the letters in it, as people do who annotate a page.

OCR boxes are 1.5 to 2 times as high as the letters, so a correct one may overlap the annotated box
by less than half. Knows nothing of what is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_model.schema import Box

# Below this share of the darkest row, a row holds specks; above this share of the width, a rule.
_SPECKS = 0.1
_RULE = 0.8
# Margin on every side, in letter heights of the page: people do not draw boxes that touch the text.
_ROOM = 0.24
# Least height of a box in letter heights: a dash is lower, its box is not.
_LEAST_HEIGHT = 0.7
# In thousandths of the page's longer side: shorter strokes are letters, thicker bars are no lines.
_SHORTEST_RULE = 25
_THICKEST_RULE = 5
_PAPER = 255
# Words that the letter height is measured on.
_MEASURED = 40
_BAND_PIXELS = 8_000_000

_Rows = NDArray[np.float64]
_Pixels = NDArray[np.uint8]


class Ink:
    """The dark parts of a page without its ruling lines; `dark` is 1 there."""

    def __init__(self, image: Image.Image) -> None:
        import cv2  # comes with the OCR, without which there are no words to draw around

        self._grey = _grey_of(image)
        self.width, self.height = image.size
        kind = cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU
        self.dark: _Pixels = np.asarray(cv2.threshold(self._grey, 0, 1, kind)[1], np.uint8)
        # Erased in `_grey` first, so that crossing rules are still whole in `dark`.
        _cover(_rulings(self.dark), self._grey)
        _cover(_rulings(self.dark.T), self._grey.T)
        for rows in _bands(*self.dark.shape):
            self.dark[rows][self._grey[rows] == _PAPER] = 0

    def letter_height(self, words: Sequence[Box]) -> float | None:
        """Pixels from the top to the foot of the letters of a page; None without any ink."""
        found = [self.letters(box) for box in words[:: -(-len(words) // _MEASURED) or 1]]
        heights = [box.bottom - box.top for box in found if box is not None]
        return float(np.median(heights)) if heights else None

    def letters(self, box: Box) -> Box | None:
        """Around the letters in a box around lines of text, touching them; None without any ink.

        Of several lines the first and the last count only if they lie within the box as a whole.
        """
        top, left = max(int(box.top), 0), max(int(box.left), 0)
        pixels = self._grey[top : int(np.ceil(box.bottom)), left : int(np.ceil(box.right))]
        if not pixels.size:
            return None
        dark = _is_dark(pixels)
        rows = _letter_rows(dark.mean(axis=1))
        if rows is None:
            return None
        columns = np.flatnonzero(dark[slice(*rows)].any(axis=0))
        return Box(
            float(left + columns[0]),
            float(top + rows[0]),
            float(left + columns[-1] + 1),
            float(top + rows[1]),
        )


@dataclass(frozen=True, slots=True)
class Pen:
    """Draws boxes close to letters, with the room that fits the letters of the page."""

    ink: Ink
    letter_height: float

    @classmethod
    def for_page(cls, ink: Ink, words: Sequence[Box]) -> Pen:
        return cls(ink, ink.letter_height(words) or 0.0)

    def around(self, text: Box) -> Box:
        """A box close around the letters in one around lines of text; without ink, the same box.

        Letters of 10 px within a box of 20 px -> a box of 14.8 px
        """
        letters = self.ink.letters(text)
        return text if letters is None else self.with_room(letters)

    def with_room(self, letters: Box) -> Box:
        """The letters with room on every side, as people draw boxes."""
        left, top, right, bottom = letters
        across = _ROOM * self.letter_height
        down = across + max(_LEAST_HEIGHT * self.letter_height - (bottom - top), 0.0) / 2
        return Box(
            max(left - across, 0.0),
            max(top - down, 0.0),
            min(right + across, float(self.ink.width)),
            min(bottom + down, float(self.ink.height)),
        )


def _is_dark(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Darker than halfway between ink and paper."""
    ink, paper = np.percentile(pixels, [2, 90])
    return np.asarray(pixels < (ink + paper) / 2)


def _letter_rows(dark: _Rows) -> tuple[int, int] | None:
    """Find the first row of letters, and the row behind their last, by how dark each row is.

    Bands of ink that reach the edge belong to the lines above and below, the darkest one excepted.
    """
    rows = np.where(dark > _RULE, 0.0, dark)
    inked = rows > _SPECKS * rows.max(initial=0.0)
    edges = np.flatnonzero(np.diff(inked.astype(int), prepend=0, append=0))
    bands = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    if not bands:
        return None
    main = max(bands, key=lambda band: rows[band[0] : band[1]].sum())
    inside = [band for band in bands if band == main or (band[0] > 0 and band[1] < len(rows))]
    return inside[0][0], inside[-1][1]


def _grey_of(image: Image.Image) -> _Pixels:
    grey = np.empty((image.height, image.width), np.uint8)
    for rows in _bands(*grey.shape):
        band = image.crop((0, rows.start, image.width, rows.stop))
        grey[rows] = np.asarray(band.convert("L"))
    return grey


def _cover(ruled: Iterable[tuple[slice, _Pixels]], grey: _Pixels) -> None:
    for rows, mask in ruled:
        grey[rows][mask > 0] = _PAPER


def _bands(height: int, width: int) -> Iterator[slice]:
    """Bands of rows, so that intermediate arrays stay small on a large page."""
    rows = max(1, _BAND_PIXELS // width)
    for top in range(0, height, rows):
        yield slice(top, min(top + rows, height))


def _rulings(dark: _Pixels) -> Iterator[tuple[slice, _Pixels]]:
    """Thin dark runs along the rows, and the rows beside them, band by band."""
    unit = max(1.0, max(dark.shape) / 1000)
    length, thick = round(_SHORTEST_RULE * unit), round(_THICKEST_RULE * unit) + 2
    # Rows above and below that a pixel of the result depends on.
    margin = 2 * thick + 2
    for rows in _bands(*dark.shape):
        first, behind = max(rows.start - margin, 0), min(rows.stop + margin, len(dark))
        band = np.ascontiguousarray(dark[first:behind])
        found = _rulings_in(band, length, thick)
        yield rows, found[rows.start - first : rows.stop - first]


def _rulings_in(dark: _Pixels, length: int, thick: int) -> _Pixels:
    import cv2

    # A skewed line steps from row to row, so that no single row holds all of it.
    joined = cv2.dilate(dark, np.ones((2, 1), np.uint8))
    runs = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    bars = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((thick, 1), np.uint8))
    lines = cv2.subtract(runs, bars)
    return np.asarray(cv2.dilate(lines, np.ones((3, 1), np.uint8)), dtype=np.uint8)
