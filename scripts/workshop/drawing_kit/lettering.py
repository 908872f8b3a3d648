"""What every way to put words on paper has in common: the ink of one word, and lines that fit."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np

# Forms are drawn three times as large as the page and averaged down: about 300 dpi to 100.
SCALE = 3
PAPER = 255

Grey = np.ndarray[tuple[Any, ...], np.dtype[np.uint8]]


class Mask(NamedTuple):
    """`ink` in drawing px, 255 = full ink; `left`, `top` from the pen point on the baseline."""

    ink: Grey
    left: int
    top: int
    advance_px: float


class Lettering(Protocol):
    """A way to put words on paper: printed, typed or written by hand."""

    @property
    def size(self) -> float: ...

    @property
    def line_px(self) -> float: ...

    def space_px(self) -> float: ...

    def length(self, text: str) -> float:
        """Width of one line in page px; of handwriting, which never runs twice alike, about."""
        ...

    def writable(self, text: str) -> str:
        """The text without the characters that this lettering has no shape for."""
        ...

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


def wrapped(text: str, style: Lettering, width: float) -> list[str]:
    """Lines no wider than `width`; a word that is wider alone is cut."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and style.length(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(_cut(word, style, width))
    return lines


def fitted(text: str, style: Lettering, width: float) -> str:
    """As many words as one line takes."""
    return wrapped(text, style, width)[0]


def _cut(word: str, style: Lettering, width: float) -> str:
    while len(word) > 1 and style.length(word) > width:
        word = word[:-1]
    return word
