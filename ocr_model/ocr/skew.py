"""Deskew: the slope of a page's lines, and the page rotated until they are level. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_model.schema import Box

Quad = Sequence[Sequence[float]]

# In degrees. What is skewed less is read as it lies: the linker was taught such pages.
_LEAST = 2.0
# Beyond it, the detector no longer finds lines as a whole.
_MOST = 25.0
# A word of a sign or two has no slope that can be measured.
_LINE_ASPECT = 2.5
_FEWEST_LINES = 3
# Share of the length of all lines that slopes alike, within so many degrees.
_ALIKE, _AGREE = 2.0, 0.6
# A straightened picture is larger than its page; lines and letters do not need more.
_MOST_PIXELS = 16_000_000


@dataclass(frozen=True, slots=True)
class Straightening:
    """Turns a page of `width` x `height` about its middle until its lines are level.

    `slope_deg` is by how much they fall to the right.
    """

    slope_deg: float
    width: int
    height: int

    @property
    def size(self) -> tuple[int, int]:
        """Of the straightened picture, which holds the whole page."""
        cos, sin = self._cos_sin
        wide = self.width * cos + self.height * abs(sin)
        high = self.width * abs(sin) + self.height * cos
        return math.ceil(wide * self.scale), math.ceil(high * self.scale)

    def straighten(self, image: Image.Image) -> Image.Image:
        cos, sin = self._cos_sin
        width, height = self.size
        # From a pixel of the result to where it comes from.
        a, b = cos / self.scale, sin / self.scale
        matrix = (
            *(a, -b, self.width / 2 - a * width / 2 + b * height / 2),
            *(b, a, self.height / 2 - b * width / 2 - a * height / 2),
        )
        return image.transform(
            (width, height),
            Image.Transform.AFFINE,
            matrix,
            Image.Resampling.BICUBIC,
            fillcolor=_paper_of(image),
        )

    def box_straight(self, corners: Quad) -> Box:
        """Around corners on the page, in the pixels of the straightened picture."""
        cos, sin = self._cos_sin
        return self._around(corners, cos, -sin, (self.width, self.height), self.size, self.scale)

    def box_before(self, box: Box) -> Box:
        """Around a box of the straightened picture, in the pixels of the page, within it."""
        cos, sin = self._cos_sin
        left, top, right, bottom = box
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        size = self.width, self.height
        around = self._around(corners, cos, sin, self.size, size, 1 / self.scale)
        return Box(
            max(around.left, 0.0),
            max(around.top, 0.0),
            min(around.right, float(self.width)),
            min(around.bottom, float(self.height)),
        )

    @staticmethod
    def _around(
        corners: Quad,
        cos: float,
        sin: float,
        source: tuple[int, int],
        target: tuple[int, int],
        scale: float,
    ) -> Box:
        moved = []
        for x, y in corners:
            dx, dy = x - source[0] / 2, y - source[1] / 2
            moved.append(
                (
                    (dx * cos - dy * sin) * scale + target[0] / 2,
                    (dx * sin + dy * cos) * scale + target[1] / 2,
                )
            )
        xs, ys = zip(*moved, strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))

    @property
    def _cos_sin(self) -> tuple[float, float]:
        slope = math.radians(self.slope_deg)
        return math.cos(slope), math.sin(slope)

    @property
    def scale(self) -> float:
        """Size of the straightened picture beside that of the page."""
        return min(1.0, math.sqrt(_MOST_PIXELS / (self.width * self.height)))


def slope_of(quads: NDArray[np.float32]) -> float | None:
    """Degrees by which the lines of a page fall to the right; None where they do not agree.

    `quads`: (lines, 4, 2) corners, clockwise from the top left.
    """
    along = quads[:, 1] - quads[:, 0] + quads[:, 2] - quads[:, 3]
    down = quads[:, 3] - quads[:, 0] + quads[:, 2] - quads[:, 1]
    length, height = np.linalg.norm(along, axis=1), np.linalg.norm(down, axis=1)
    long = length > _LINE_ASPECT * height
    if long.sum() < _FEWEST_LINES:
        return None
    slopes = np.degrees(np.arctan2(along[long, 1], along[long, 0]))
    weights = length[long]
    order = np.argsort(slopes)
    reached = np.cumsum(weights[order])
    middle = slopes[order][np.searchsorted(reached, reached[-1] / 2)]
    alike = np.abs(slopes - middle) < _ALIKE
    if weights[alike].sum() < _AGREE * weights.sum():
        return None
    # A line twice as long tells its slope twice as exactly.
    return float(np.average(slopes[alike], weights=weights[alike] ** 2))


def straightening_of(quads: NDArray[np.float32], width: int, height: int) -> Straightening | None:
    """None for a page that is read as it lies."""
    slope = slope_of(quads)
    if slope is None or not _LEAST <= abs(slope) <= _MOST:
        return None
    return Straightening(slope, width, height)


def _paper_of(image: Image.Image) -> tuple[int, ...]:
    sample = np.asarray(image.resize((64, 64), Image.Resampling.NEAREST)).reshape(-1, 3)
    return tuple(int(level) for level in np.median(sample, axis=0))
