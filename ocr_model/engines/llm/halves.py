"""Split a page into two halves, for an LLM that cannot finish the whole page. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from ocr_model.ocr import Reading, page_text
from ocr_model.schema import Word

# Where to search for the cut, as shares of the height.
_FROM, _TO = 0.4, 0.6


def halves(image: Image.Image, reading: Reading | None) -> list[tuple[Image.Image, str | None]]:
    """The upper and the lower half, each with its text if the page was read by the OCR.

    A page with a single pixel row has one half.
    """
    image = image if reading is None else reading.image
    row = cut_row(image)
    if not 0 < row < image.height:
        return [(image, None if reading is None else page_text(reading.words))]
    upper, lower = (0, 0, image.width, row), (0, row, image.width, image.height)
    texts = (None, None) if reading is None else _texts(reading.words, row)
    return [(image.crop(upper), texts[0]), (image.crop(lower), texts[1])]


def cut_row(image: Image.Image) -> int:
    """The row near the middle with the least ink; of equals the one closest to the middle."""
    first = int(image.height * _FROM)
    last = max(int(image.height * _TO), first + 1)
    band = np.asarray(image.crop((0, first, image.width, last)).convert("L"), dtype=np.float32)
    ink = np.abs(band - np.median(band, axis=1, keepdims=True)).sum(axis=1)
    distance = np.abs(np.arange(first, last) - image.height / 2)
    return first + int(np.lexsort((distance, ink))[0])


def _texts(words: Sequence[Word], row: int) -> tuple[str, str]:
    """The text of the words above and below a row, by their centres."""
    above = [word for word in words if word.box.top + word.box.bottom < 2 * row]
    below = [word for word in words if word.box.top + word.box.bottom >= 2 * row]
    return page_text(above), page_text(below)
