"""What was detected on a page: its lines, each with a crop to read. Long lines are cut in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from ocr_model.ocr.tiles import Quads

Crop = NDArray[np.uint8]

# The recogniser takes memory and time by the square of a line's length in heights: 54 MB at 100,
# 745 MB at 400. Longer lines are cut where they have a gap.
_LONGEST_LINE = 80
# rapidocr turns crops that are so much higher than wide.
RUNS_DOWN = 1.5


@dataclass(frozen=True, slots=True)
class Detection:
    """Where text is on a page, before it is read: for each line, from the top down, a crop and its
    width in heights, its corners clockwise from the top left, and the height and width of the crop
    in page pixels.
    """

    crops: Sequence[Crop]
    aspects: list[float]
    quads: Quads
    sizes: list[tuple[int, int]]


NOTHING = Detection([], [], np.zeros((0, 4, 2), np.float32), [])


class CutLine(NamedTuple):
    """One line of a detection; `cut` makes its crop."""

    cut: Callable[[], Crop]
    aspect: float
    quad: Quads
    size: tuple[int, int]


class CutWhenRead(Sequence[Crop]):
    """Crops of a large page, each made when it is asked for: all would be as large as the page."""

    def __init__(self, cuts: Sequence[Callable[[], Crop]]) -> None:
        self._cuts = cuts

    def __len__(self) -> int:
        return len(self._cuts)

    @overload
    def __getitem__(self, index: int) -> Crop: ...
    @overload
    def __getitem__(self, index: slice) -> CutWhenRead: ...
    def __getitem__(self, index: int | slice) -> Crop | CutWhenRead:
        if isinstance(index, slice):
            return CutWhenRead(self._cuts[index])
        return self._cuts[index]()


def detection_of(lines: Iterable[CutLine]) -> Detection:
    """Long lines are cut where they have gaps."""
    cuts, aspects, quads, sizes = zip(*(p for line in lines for p in _parted(line)), strict=True)
    return Detection(CutWhenRead(cuts), list(aspects), np.stack(quads), list(sizes))


def _parted(line: CutLine) -> Iterator[CutLine]:
    if line.aspect <= _LONGEST_LINE:
        yield line
        return
    crop, quad = line.cut(), line.quad
    length = crop.shape[1]
    cuts = [0, *gaps_in(crop), length]
    # The crop of a line that runs down is turned: it begins at the top of the quad.
    sides = np.linalg.norm(quad - np.roll(quad, -1, axis=0), axis=1)
    runs_down = max(sides[1], sides[3]) >= RUNS_DOWN * max(sides[0], sides[2])
    first, last = (quad[[0, 1]], quad[[3, 2]]) if runs_down else (quad[[0, 3]], quad[[1, 2]])
    for start, end in pairwise(cuts):
        before, after = (first + (last - first) * np.float32(x / length) for x in (start, end))
        order = [before[0], before[1], after[1], after[0]]
        part = np.stack(order if runs_down else [before[0], after[0], after[1], before[1]])
        height, width = line.size
        size = height, max(1, round(width * (end - start) / length))
        cut = crop[:, start:end]
        yield CutLine(partial(given, cut), cut.shape[1] / cut.shape[0], part, size)


def given(crop: Crop) -> Crop:
    return crop


def gaps_in(crop: Crop) -> list[int]:
    """Columns to cut a line at: the emptiest places near those that would make equal parts."""
    height, length = crop.shape[:2]
    if length <= _LONGEST_LINE * height:
        return []
    count = -(-length // (_LONGEST_LINE * height // 2))
    ink = np.ptp(crop.max(axis=2), axis=0).astype(np.float64)
    blank = max(1, height // 2)
    ink = np.convolve(ink, np.ones(blank) / blank, mode="same")
    near = max(1, length // count // 4)
    middles = [round(k * length / count) for k in range(1, count)]
    return [
        middle - near + int(np.argmin(ink[middle - near : middle + near])) for middle in middles
    ]
