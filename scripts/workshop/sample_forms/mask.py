"""The ink of one word: a coverage picture and where it lies relative to the pen."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np

# Forms are drawn three times as large as the page and averaged down: about 300 dpi to 100.
SCALE = 3

Grey = np.ndarray[tuple[Any, ...], np.dtype[np.uint8]]


class Mask(NamedTuple):
    """`ink` in drawing px, 255 = full ink; `left`, `top` from the pen point on the baseline."""

    ink: Grey
    left: int
    top: int
    advance_px: float


class Lettering(Protocol):
    """A way to put words on paper: set, typed or written by hand."""

    @property
    def size(self) -> float: ...

    @property
    def line_px(self) -> float: ...

    def space_px(self) -> float: ...

    def word(self, text: str, rng: np.random.Generator) -> Mask: ...


def crop_to_ink(ink: Grey, origin: tuple[int, int], advance_px: float, strength: float) -> Mask:
    rows = np.flatnonzero(ink.any(axis=1))
    columns = np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        raise ValueError("expected a word with ink, got an empty picture; give visible characters")
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    cropped = (ink[top:bottom, left:right] * strength).astype(np.uint8)
    return Mask(cropped, origin[0] + left, origin[1] + top, advance_px)
