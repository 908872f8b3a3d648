"""What of a picture is made by text: where the page looks otherwise without it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from ocr_model.schema import Box, Character

# Levels between ink and paper, below which people do not see it.
_CONTRAST = 40
# In pixels, what a glyph may reach beyond the box that its font tells; edges are blurred.
_BLUR = 1
# Share of the ink that may lie beside all characters, and so many pixels at least.
_BESIDE, _FEW = 0.003, 20
# Of a box, at each side: what is cut off there shows in one of them.
_STRIP, _LEAST_STRIP = 1 / 3, 4
# Share of each side by which boxes are narrowed before they are held against each other: letters
# that lean reach over each other.
_CORE = 0.3

Sums = NDArray[np.int32]
Places = NDArray[np.int64]


class TextInk:
    """The ink that is gone when a page is drawn without its text."""

    def __init__(self, image: Image.Image, rest: Image.Image) -> None:
        bands = ImageChops.difference(image, rest).split()
        strongest = np.maximum.reduce([np.asarray(band) for band in bands])
        self._ink = strongest > _CONTRAST
        self._sums = np.zeros((self._ink.shape[0] + 1, self._ink.shape[1] + 1), np.int32)
        sums = self._sums[1:, 1:]
        np.cumsum(self._ink, axis=0, out=sums)
        np.cumsum(sums, axis=1, out=sums)

    def is_beside(self, characters: Sequence[Character]) -> bool:
        """Whether some of it lies where no character is."""
        beside = self._ink.copy()
        for left, top, right, bottom in self._places(characters, 2 * _BLUR).tolist():
            beside[top:bottom, left:right] = False
        return bool(beside.sum() > max(_FEW, _BESIDE * self._ink.sum()))

    def seen_among(self, characters: Sequence[Character]) -> list[Character] | None:
        """The characters that can be seen; None where of one only a part can."""
        left, top, right, bottom = self._places(characters, _BLUR).T
        down, across = self._ink.shape
        some = self._count(left, top, right, bottom) > 0
        wide = np.maximum(np.ceil((right - left) * _STRIP).astype(int), _LEAST_STRIP)
        high = np.maximum(np.ceil((bottom - top) * _STRIP).astype(int), _LEAST_STRIP)
        whole = (
            (self._count(left, top, np.minimum(left + wide, across), bottom) > 0)
            & (self._count(np.maximum(right - wide, 0), top, right, bottom) > 0)
            & (self._count(left, top, right, np.minimum(top + high, down)) > 0)
            & (self._count(left, np.maximum(bottom - high, 0), right, bottom) > 0)
        )
        if (some & ~(whole & self._on_page(characters))).any():
            return None
        return [character for character, is_seen in zip(characters, some, strict=True) if is_seen]

    def _on_page(self, characters: Sequence[Character]) -> NDArray[np.bool_]:
        """Whether they are not cut off at its edges."""
        left, top, right, bottom = np.array([one.box for one in characters]).reshape(-1, 4).T
        height, width = self._ink.shape
        room = 2 * _BLUR
        on = (left >= -room) & (top >= -room) & (right <= width + room) & (bottom <= height + room)
        return np.asarray(on)

    def _places(self, characters: Sequence[Character], room: int) -> Places:
        """In whole pixels, (characters, 4), within the page."""
        boxes = np.array([character.box for character in characters]).reshape(-1, 4)
        places = np.column_stack(
            [np.floor(boxes[:, :2]) - room, np.ceil(boxes[:, 2:]) + room]
        ).astype(np.int64)
        height, width = self._ink.shape
        return np.clip(places, 0, [width, height, width, height])

    def _count(self, left: Places, top: Places, right: Places, bottom: Places) -> Sums:
        sums = self._sums
        return np.asarray(
            sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        )


def without_doubles(
    characters: Sequence[Character], size: tuple[int, int]
) -> list[Character] | None:
    """The characters, one of each two that are struck one over the other, as bold print is made.

    None where different ones are: only one of them can be what is seen.
    """
    taken = np.zeros((size[1], size[0]), np.uint16)
    kept: list[Character] = []
    for character in characters:
        left, top, right, bottom = _core(character.box)
        core = taken[max(top, 0) : bottom, max(left, 0) : right]
        others = {int(number) for number in np.unique(core)} - {0} if core.any() else set()
        if any(kept[number - 1].text != character.text for number in others):
            return None
        if others:
            kept[max(others) - 1] = kept[max(others) - 1]._replace(
                ends_word=kept[max(others) - 1].ends_word or character.ends_word
            )
            continue
        kept.append(character)
        core[:] = len(kept)
    return kept


def _core(box: Box) -> tuple[int, int, int, int]:
    across, down = _CORE * (box.right - box.left), _CORE * (box.bottom - box.top)
    left, top = int(box.left + across), int(box.top + down)
    return (
        left,
        top,
        max(int(np.ceil(box.right - across)), left + 1),
        max(int(np.ceil(box.bottom - down)), top + 1),
    )
