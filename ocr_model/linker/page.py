"""The words of one page as the stages see them: upright, cut at colons, with measures."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import Image

from ocr_model.linker.boxes import Floats, array_of, heights
from ocr_model.linker.ruling import Drawing, drawing_of
from ocr_model.schema import Box, Word

# "No.:123" is a label and its value; "9:30" and "http://" are not.
_INNER_COLON = re.compile(r"(?<=[^\W\d]|[.)#]):(?=[^\s:/])")
# Signs that mean something alone; of others nothing is left but specks and pieces of rules.
_SIGN = re.compile(r"[^\W_]|[-\u2013\u2014%#√✓✔☑☒✗\u00d7]")


@dataclass(frozen=True, slots=True)
class PageView:
    """Words and what surrounds them. `unit` is the height of the text in pixels."""

    words: tuple[Word, ...]
    boxes: Floats
    unit: float
    extent: Floats
    drawing: Drawing


def view_of(words: Iterable[Word], image: Image.Image) -> PageView:
    """Prepare a page; the same words in any order give the same view.

    Text that runs up or down the margin, specks and pieces of rules are left out.
    """
    parts = [part for word in words if is_upright(word) for part in split_at_colon(word)]
    kept = sorted(
        (part for part in parts if _SIGN.search(part.text)),
        key=lambda part: (part.box.left, part.box.top, part.text),
    )
    boxes = array_of(part.box for part in kept)
    unit = max(float(np.median(heights(boxes))), 1.0) if kept else 1.0
    extent = (
        np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])
        if kept
        else np.array([0.0, 0.0, 1.0, 1.0])
    )
    return PageView(tuple(kept), boxes, unit, extent, drawing_of(image, unit))


def is_upright(word: Word) -> bool:
    """False for text that runs up or down the margin, such as archive numbers."""
    width, height = word.box.right - word.box.left, word.box.bottom - word.box.top
    return not (len(word.text) > 2 and height > 1.5 * width)


def split_at_colon(word: Word) -> list[Word]:
    """Cut "Date:12/4" behind its colons; the widths follow the number of characters."""
    cuts = [0, *(hit.end() for hit in _INNER_COLON.finditer(word.text)), len(word.text)]
    left, top, right, bottom = word.box
    step = (right - left) / max(len(word.text), 1)
    return [
        Word(word.text[a:b], Box(left + a * step, top, left + b * step, bottom), word.confidence)
        for a, b in pairwise(cuts)
    ]
