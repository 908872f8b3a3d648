"""The ink of the text: where the page looks different without it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from ocr_model.schema import Box, Character

# Grey levels between ink and paper, below which people do not see it.
_CONTRAST = 40
# In pixels, how far a glyph may extend beyond the box from its font; edges are blurred.
_BLUR = 1
# Share of the ink that may be outside all characters, and at least this many pixels.
_BESIDE, _FEW = 0.003, 20
# Share of a box at each side: clipped text shows in one of these margins.
_STRIP, _LEAST_STRIP = 1 / 3, 4
# Share of each side by which boxes are narrowed before they are compared: italic letters overlap.
_CORE = 0.3

Sums = NDArray[np.int32]
Places = NDArray[np.int64]


class TextInk:
    """The ink that is gone when a page is rendered without its text."""

    def __init__(self, image: Image.Image, rest: Image.Image) -> None:
        bands = ImageChops.difference(image, rest).split()
        strongest = np.maximum.reduce([np.asarray(band) for band in bands])
        self._ink = strongest > _CONTRAST
        self._sums = np.zeros((self._ink.shape[0] + 1, self._ink.shape[1] + 1), np.int32)
        sums = self._sums[1:, 1:]
        np.cumsum(self._ink, axis=0, out=sums)
        np.cumsum(sums, axis=1, out=sums)

    def is_beside(self, characters: Sequence[Character]) -> bool:
        """Whether some of it is outside all characters."""
        beside = self._ink.copy()
        for left, top, right, bottom in self._places(characters, 2 * _BLUR).tolist():
            beside[top:bottom, left:right] = False
        return bool(beside.sum() > max(_FEW, _BESIDE * self._ink.sum()))

    def seen_among(self, characters: Sequence[Character]) -> list[Character] | None:
        """The visible characters; None if one is only partly visible."""
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
        """Whether they are not clipped at its edges."""
        left, top, right, bottom = np.array([one.box for one in characters]).reshape(-1, 4).T
        height, width = self._ink.shape
        room = 2 * _BLUR
        on = (left >= -room) & (top >= -room) & (right <= width + room) & (bottom <= height + room)
        return np.asarray(on)

    def _places(self, characters: Sequence[Character], room: int) -> Places:
        """Boxes in whole pixels, shape (characters, 4), within the page."""
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
    """The characters without doubles that are struck twice to look bold.

    None if different characters overlap: only one of them can be visible.
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
