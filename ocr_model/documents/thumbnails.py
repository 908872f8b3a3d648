"""Thumbnails in a TIFF without a tag that says so: detected by their content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

from ocr_model.documents.tiff import Frame

# Print cannot be read at that size, so a wrongly skipped page loses nothing.
_LARGEST_PX = 400
_AT_MOST_OF_SIDE = 0.5
_SAME_SHAPE_PX = 2
_ALIKE = 0.9
_GRID = (48, 48)


def possible_thumbnails(frames: Sequence[Frame]) -> Iterator[tuple[int, int]]:
    """Numbers of small frames, each with the number of a far larger neighbour of its shape."""
    for number, frame in enumerate(frames, 1):
        for other in (number - 1, number + 1):
            if 1 <= other <= len(frames) and _may_show(frame, frames[other - 1]):
                yield number, other


def _may_show(small: Frame, page: Frame) -> bool:
    if not small.pixels or max(small.width, small.length) > _LARGEST_PX:
        return False
    scale = page.width / small.width
    same_shape = abs(page.length / scale - small.length) <= _SAME_SHAPE_PX
    return same_shape and small.width <= _AT_MOST_OF_SIDE * page.width


def shows(small: Image.Image, page: Image.Image) -> bool:
    """Whether both show the same content, by correlating their grey values on a coarse grid."""
    grids = [
        np.asarray(image.convert("L").resize(_GRID, Image.Resampling.BOX), dtype=np.float64)
        for image in (small, page)
    ]
    if any(grid.std() < 1.0 for grid in grids):
        return False  # An empty page is like any other.
    return float(np.corrcoef(grids[0].ravel(), grids[1].ravel())[0, 1]) >= _ALIKE
