"""A page in two halves, for an LLM that does not come to an end with the whole of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from ocr_model.ocr import page_text
from ocr_model.schema import Word

# Where the cut is looked for, as shares of the height.
_FROM, _TO = 0.4, 0.6


def cut_row(image: Image.Image) -> int:
    """The row near the middle that goes through the least ink, the nearest to it among equals."""
    first = int(image.height * _FROM)
    last = max(int(image.height * _TO), first + 1)
    band = np.asarray(image.crop((0, first, image.width, last)).convert("L"), dtype=np.float32)
    ink = np.abs(band - np.median(band, axis=1, keepdims=True)).sum(axis=1)
    distance = np.abs(np.arange(first, last) - image.height / 2)
    return first + int(np.lexsort((distance, ink))[0])


def image_halves(image: Image.Image, row: int) -> list[Image.Image]:
    """The parts above and below a row, which belongs to the second; one part of a single row."""
    if not 0 < row < image.height:
        return [image]
    width, height = image.size
    return [image.crop((0, 0, width, row)), image.crop((0, row, width, height))]


def text_halves(words: Sequence[Word], row: int) -> list[str]:
    """The text of the words above and below a row, by where their middles are."""
    above = [word for word in words if (word.box.top + word.box.bottom) / 2 < row]
    below = [word for word in words if (word.box.top + word.box.bottom) / 2 >= row]
    return [page_text(above), page_text(below)]
