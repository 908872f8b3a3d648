"""A small patch of dark pixels -> the frame of a check box in it, and what is drawn inside.

A frame is four straight sides with paper outside each: most letters lack a side, and patches of ink
lack the paper. At 100 dpi a round letter has a frame, too, but nothing inside, like an empty box. A
tick may cross the sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ocr_model.linker.boxes import Indices
from ocr_model.linker.drawing.dark_pixels import Pixels

# Least dark share of a side minus that of the paper outside.
_LEAST_SIDE = 0.75
# Largest width over height, and height over width: wider boxes are to write into.
_WIDEST, _HIGHEST = 1.5, 1.3
# Paper begins in the second row beyond a side: the first may be its blurred edge.
_BEYOND = 2
# Rows of a side with its blurred edge; more where rows stay this dark.
_DEPTH, _SIDE_ROW = 3, 0.85

Shares = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class BoxFrame:
    """`edges` are left, top, right and bottom within the patch, the last two exclusive.

    `sharpness` in [0, 1] is how much darker its faintest side is than the paper beyond it;
    `core` is what it encloses, without the sides.
    """

    edges: tuple[int, int, int, int]
    sharpness: float
    core: Pixels

    @property
    def filling(self) -> float:
        """Dark share of what it encloses."""
        return float(self.core.mean()) if self.core.size else 0.0


def frame_in(patch: Pixels, shortest: int, longest: int) -> BoxFrame | None:
    """The clearest frame whose sides have `shortest` to `longest` pixels, if there is any."""
    height, width = patch.shape
    across, down = _spans(width, shortest, longest), _spans(height, shortest, longest)
    if not len(across) or not len(down):
        return None
    upper, lower = _sharpness(patch, across)
    left, right = _sharpness(np.ascontiguousarray(patch.T), down)
    # Most patches are letters and end here.
    wide, high = _has_both(upper, lower), _has_both(left, right)
    if not wide.any() or not high.any():
        return None
    across, down = across[wide], down[high]
    (x0, x1), (y0, y1) = across.T, down.T
    sides = np.stack(
        [upper[wide][:, y0], lower[wide][:, y1], left[high][:, x0].T, right[high][:, x1].T]
    )
    return _clearest(patch, across, down, sides)


@lru_cache(maxsize=1024)
def _spans(length: int, shortest: int, longest: int) -> Indices:
    """First and last index of every stretch that long, shape (n, 2)."""
    first, last = np.mgrid[1 : max(length, 1), 1 : max(length, 1)].reshape(2, -1)
    size = last - first + 1
    return np.column_stack([first, last])[(size >= shortest) & (size <= longest)]


def _sharpness(patch: Pixels, spans: Indices) -> tuple[Shares, Shares]:
    """For each span and row, how well a side ends there: as the upper one, as the lower one.

    A side is a row together with the one before it, as a thin line may lie between the two.
    """
    thick = patch.copy()
    thick[1:] |= patch[:-1]
    line, paper = _dark_share(thick, spans), _dark_share(patch, spans)
    count, rows = line.shape
    # Beyond the patch is paper.
    beyond = np.zeros((count, rows + 2 * _BEYOND + 1), np.float32)
    beyond[:, _BEYOND + 1 : -_BEYOND] = paper
    return line - beyond[:, :rows], line - beyond[:, -rows:]


def _dark_share(patch: Pixels, spans: Indices) -> Shares:
    """Shape (spans, rows)."""
    sums = np.zeros((patch.shape[1] + 1, patch.shape[0]), np.float32)
    patch.T.cumsum(axis=0, dtype=np.float32, out=sums[1:])
    first, last = spans.T
    return np.asarray((sums[last + 1] - sums[first]) / (last - first + 1)[:, None], np.float32)


def _has_both(start: Shares, end: Shares) -> NDArray[np.bool_]:
    return np.asarray((start >= _LEAST_SIDE).any(axis=1) & (end >= _LEAST_SIDE).any(axis=1))


def _clearest(patch: Pixels, across: Indices, down: Indices, sides: Shares) -> BoxFrame | None:
    """The frame with the best sides; `sides` has shape (4, spans across, spans down)."""
    widths, heights = np.diff(across), np.diff(down).T
    least = sides.min(axis=0)
    least[(widths > _WIDEST * heights) | (heights > _HIGHEST * widths)] = -1.0
    best = np.unravel_index((least + 2 * sides.mean(axis=0)).argmax(), least.shape)
    if least[best] < _LEAST_SIDE:
        return None
    (x0, x1), (y0, y1) = across[best[0]].tolist(), down[best[1]].tolist()
    left, top, right, bottom = x0 - 1, y0 - 1, x1 + 1, y1 + 1
    framed = patch[top:bottom, left:right]
    if not _has_corners(framed):
        return None
    core = _without_sides(_without_sides(framed).T).T
    return BoxFrame((left, top, right, bottom), float(least[best]), core)


def _has_corners(framed: Pixels) -> bool:
    """False of what is round: there is paper where its sides would meet."""
    ends = np.ix_([0, 1, -2, -1], [0, 1, -2, -1])
    return bool(framed[ends].reshape(2, 2, 2, 2).any(axis=(1, 3)).all())


def _without_sides(framed: Pixels) -> Pixels:
    """Without the first rows and the last: at least a side and its blurred edge."""
    dark = framed.mean(axis=1) >= _SIDE_ROW
    most = max(_DEPTH, len(dark) // 3)
    start = _DEPTH + _leading(dark[_DEPTH - 1 : most - 1])
    stop = _DEPTH + _leading(dark[::-1][_DEPTH - 1 : most - 1])
    return framed[start : len(framed) - stop]


def _leading(flags: NDArray[np.bool_]) -> int:
    return int(np.logical_and.accumulate(flags).sum())
