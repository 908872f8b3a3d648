"""Draw a box close around the letters in it, as people do who annotate a page.

An OCR detects text with room around it: its boxes are 1.5 to 2 times as high as the letters, which
alone keeps two boxes of the same word from overlapping by half. Knows nothing of what is written.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_model.schema import Box

# Shares of the darkest row: below, a row holds specks; of the width: above, it is a ruling line.
_SPECKS = 0.1
_RULE = 0.8
# Of the height of the letters, on every side: nobody draws a box that touches them.
_ROOM = 0.2
# A dash is not as high as a line of text; what is drawn around it is.
_LEAST_HEIGHT = 0.4

_Rows = NDArray[np.float64]


class Ink:
    """The dark parts of a page."""

    def __init__(self, image: Image.Image) -> None:
        self._grey = np.asarray(image.convert("L"))

    def tighten(self, box: Box) -> Box:
        """Draw a box around lines of text anew, close to their letters.

        Letters of 10 px within a box of 20 px -> a box of 14 px. Without any ink, the box itself.
        Of several lines the first and the last count only if they lie within the box as a whole.
        """
        top, left = max(int(box.top), 0), max(int(box.left), 0)
        pixels = self._grey[top : int(np.ceil(box.bottom)), left : int(np.ceil(box.right))]
        if not pixels.size:
            return box
        dark = _is_dark(pixels)
        rows = _letter_rows(dark.mean(axis=1))
        if rows is None:
            return box
        columns = np.flatnonzero(dark[rows.start : rows.stop].any(axis=0))
        upper, lower = top + rows.start, top + rows.stop
        missing = max(_LEAST_HEIGHT * (box.bottom - box.top) - (lower - upper), 0.0) / 2
        room = _ROOM * (rows.line + 2 * missing)
        return Box(
            max(left + int(columns[0]) - room, 0.0),
            max(upper - missing - room, 0.0),
            min(left + int(columns[-1]) + 1 + room, self._grey.shape[1]),
            min(lower + missing + room, self._grey.shape[0]),
        )


def _is_dark(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Halfway between ink and paper and below."""
    ink, paper = np.percentile(pixels, [2, 90])
    return np.asarray(pixels < (ink + paper) / 2)


class _Letters(NamedTuple):
    """The first row of letters, the row behind their last, and the rows of the darkest line."""

    start: int
    stop: int
    line: int


def _letter_rows(dark: _Rows) -> _Letters | None:
    """Find the letters by how dark each row is.

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
    return _Letters(inside[0][0], inside[-1][1], main[1] - main[0])
