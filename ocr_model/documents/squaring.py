"""A page whose pixels are not square -> the same page with square ones.

Fax machines send half as many rows as columns per inch. Files declare that, but some still do after
the image was corrected, so the shape of the letters has to agree.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_model.schema import Box, Page

# Pixel height over width. Smaller ratios are read as they are: a fine fax has 204 x 196 dpi.
_LEAST, _MOST = 1.5, 4.5
# Width over height of letters and of their strokes, where pixels are square.
_LETTERS = 0.75
_FEWEST_LETTERS = 8
# Weight of the page's shape relative to that, as the logarithm of a ratio.
_PAPER, _LONGEST_SHEET = 0.2, 1.7
_SMALLEST_WIDTH, _SMALLEST_HEIGHT = 3, 5
# Of the page: larger shapes are rules, frames and pictures.
_LARGEST_LETTER = 12
_MOST_PIXELS = 8_000_000

Mask = NDArray[np.bool_]


def square_pixels(page: Page, max_pixels: int) -> Page:
    """The page with square pixels and a note; the same page if its pixels are square already.

    1728 x 1143 with pixels twice as high as wide -> 1728 x 2379, or less to keep to `max_pixels`
    """
    height = page.pixel_height
    if not _LEAST <= max(height, 1 / height) <= _MOST or not _agree(page.image, height):
        return page
    # The coarse side grows: nothing that was scanned is lost.
    across, down = max(1.0, 1 / height), max(1.0, height)
    width, length = page.image.size
    fit = min(1.0, math.sqrt(max_pixels / (width * across * length * down)))
    whole = round if fit == 1 else math.floor
    size = max(1, whole(width * across * fit)), max(1, whole(length * down * fit))
    squared = page.image.resize(size, Image.Resampling.BILINEAR)
    note = f"page {page.number} made square: its pixels are {height:.2f} times as high as wide"
    return replace(page, image=squared, notes=(*page.notes, note), pixel_height=1.0)


def box_before(box: Box, squared: Page, page: Page) -> Box:
    """A box on the squared page in pixels of the original page."""
    across = page.image.width / squared.image.width
    down = page.image.height / squared.image.height
    return Box(box.left * across, box.top * down, box.right * across, box.bottom * down)


def _agree(image: Image.Image, height: float) -> bool:
    """Whether letters have a more likely shape with the pixel ratio that the file declares."""
    shape = _shape_of_letters(_ink(image))
    if shape is None:
        return False
    wider = math.log(shape / (_LETTERS * math.sqrt(height)))
    likely = wider if height > 1 else -wider
    # Whole sheets are more likely than half sheets or two in a row.
    sides = image.width, image.height
    return likely + _PAPER * (_is_sheet(sides[0], sides[1] * height) - _is_sheet(*sides)) > 0


def _is_sheet(width: float, length: float) -> bool:
    return max(width, length) / min(width, length) <= _LONGEST_SHEET


def _ink(image: Image.Image) -> Mask:
    grey = image.convert("L")
    if (shrink := math.sqrt(_MOST_PIXELS / (image.width * image.height))) < 1:
        size = max(1, int(image.width * shrink)), max(1, int(image.height * shrink))
        grey = grey.resize(size, Image.Resampling.BOX)
    low, high = grey.getextrema()
    ink = np.asarray(grey) < (int(low) + int(high)) / 2  # type: ignore[arg-type]
    return np.asarray(~ink if ink.mean() > 0.5 else ink)


def _shape_of_letters(ink: Mask) -> float | None:
    """Mean of two ratios of width to height: that of the letters, and that of their strokes.

    Letters that touch are wide, and thin strokes across are lost: rarely both on one page.
    """
    from scipy import ndimage  # only where a file says that its pixels are not square

    joined = ink.copy()
    # Thin strokes across break off first where rows are few.
    joined[1:-1] |= ink[:-2] & ink[2:]
    joined[1:-2] |= ink[:-3] & ink[3:]
    joined[2:-1] |= ink[:-3] & ink[3:]
    labels, _ = ndimage.label(joined, structure=np.ones((3, 3), dtype=int))
    places = ndimage.find_objects(labels)
    sides = np.array([(y.stop - y.start, x.stop - x.start) for y, x in places]).reshape(-1, 2)
    fits = (sides >= (_SMALLEST_HEIGHT, _SMALLEST_WIDTH)).all(axis=1)
    fits &= (sides < np.array(ink.shape) / _LARGEST_LETTER).all(axis=1)
    if fits.sum() < _FEWEST_LETTERS:
        return None
    letters = np.concatenate([[False], fits])[labels]
    heights, widths = sides[fits].T
    strokes = _mean_run(letters) / _mean_run(letters.T)
    return math.sqrt(_median(widths / heights, heights * widths) * strokes)


def _median(values: NDArray[np.float64], weights: NDArray[np.int64]) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])


def _mean_run(ink: Mask) -> float:
    """Mean length of unbroken dark runs along the rows."""
    starts = ink[:, 0].sum() + (ink[:, 1:] & ~ink[:, :-1]).sum()
    return float(ink.sum() / max(starts, 1))
