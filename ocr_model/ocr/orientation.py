"""The orientation of a page, from the direction and the confidence of its lines. Pure.

Turns are degrees clockwise that bring a page upright: 0, 90, 180 or 270.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_model.ocr.line_crops import Crop
from ocr_model.ocr.text_lines import Line
from ocr_model.schema import Box

# On the sample pages lines are read with a confidence of 0.98 to 1.00; upside down, of 0.56 to
# 0.72. In between lie bad scans, and scripts the recogniser was not taught.
CLEAR = 0.85
# A turn must make so much of a difference.
_GAIN = 0.15
# A pen stroke was surely read as "w".
_FEWEST_SIGNS = 4
# Share of the length of all lines that runs up or down: 0.01 upright, 0.99 sideways. A number in
# the margin of a page with little else may come to half.
_SIDEWAYS = 0.7
# A sign or two of a column of figures are higher than wide on any page.
_LINE_ASPECT = 2.5
# Lines read the other way round to find out; very long ones take as long as the rest together.
_PROBES = 6
_LONGEST_PROBE = 15.0

_TRANSPOSE = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def lies_sideways(quads: NDArray[np.float32]) -> bool:
    """Whether most of the text runs up or down. `quads`: (lines, 4, 2) corners, clockwise."""
    sides = np.linalg.norm(quads - np.roll(quads, -1, axis=1), axis=2)
    width, height = sides[:, 0::2].max(axis=1), sides[:, 1::2].max(axis=1)
    length = np.maximum(width, height)
    length[length < _LINE_ASPECT * np.minimum(width, height)] = 0
    return bool(length[height > width].sum() > _SIDEWAYS * length.sum())


def probes_of(aspects: Sequence[float]) -> list[int]:
    """Indices of the longest lines that are not too long to read twice; few suffice."""
    fit = [i for i, aspect in enumerate(aspects) if _LINE_ASPECT <= aspect <= _LONGEST_PROBE]
    return sorted(fit, key=lambda i: -aspects[i])[:_PROBES]


def upside_down(crop: Crop) -> Crop:
    return np.ascontiguousarray(crop[::-1, ::-1])


def mean_confidence(lines: Sequence[Line]) -> float:
    """By sign; 1 where there is nothing to doubt.

    [("Name", 0.9), ("No", 0.6)] -> 0.8
    """
    signs = sum(len(line.text) for line in lines)
    return sum(len(line.text) * line.confidence for line in lines) / signs if signs else 1.0


def is_clearer(turned: Sequence[Line], given: Sequence[Line]) -> bool:
    """Whether lines are read so much better turned that the page must be."""
    if sum(len(line.text) for line in turned) < _FEWEST_SIGNS:
        return False
    return mean_confidence(turned) >= max(CLEAR, mean_confidence(given) + _GAIN)


def turn_image(image: Image.Image, turn_deg: int) -> Image.Image:
    return image.transpose(_TRANSPOSE[turn_deg]) if turn_deg else image


def box_before_turn(box: Box, turn_deg: int, width: int, height: int) -> Box:
    """A box of the upright page in the pixels of the page as given, `width` x `height`.

    (0, 0, 10, 5) after a turn by 90 of 100 x 200 -> (0, 190, 5, 200)
    """
    left, top, right, bottom = box
    match turn_deg:
        case 90:
            return Box(top, height - right, bottom, height - left)
        case 180:
            return Box(width - right, height - bottom, width - left, height - top)
        case 270:
            return Box(width - bottom, left, width - top, right)
    return box
