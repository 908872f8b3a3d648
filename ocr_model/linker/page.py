"""The words of one page as the stages see them: upright, cut at colons, with measures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ocr_model.linker.boxes import Floats, around, array_of, heights
from ocr_model.linker.drawing import Drawing, dark_pixels_of, drawing_of, with_check_boxes
from ocr_model.linker.lone_signs import with_lone_signs
from ocr_model.ocr import has_sign, is_upright, split_at_colon
from ocr_model.schema import Word


@dataclass(frozen=True, slots=True)
class PageView:
    """The words, and the lines and ink around them. `unit` is the text height in pixels.

    `empty_boxes` are check boxes without a tick.
    """

    words: tuple[Word, ...]
    boxes: Floats
    unit: float
    extent: Floats
    drawing: Drawing
    empty_boxes: Floats


def view_of(words: Iterable[Word], image: Image.Image) -> PageView:
    """Prepare a page; the same words in any order give the same view.

    Leaves out text that runs up or down the margin, specks and pieces of rules.
    """
    pixels = dark_pixels_of(image)
    seen, empty = with_check_boxes(list(words), pixels)
    upright = with_lone_signs([word for word in seen if is_upright(word)])
    parts = [part for word in upright for part in split_at_colon(word)]
    kept = sorted(
        (part for part in parts if has_sign(part.text)),
        key=lambda part: (part.box.left, part.box.top, part.text),
    )
    boxes = array_of(part.box for part in kept)
    unit = max(float(np.median(heights(boxes))), 1.0) if kept else 1.0
    extent = around(boxes) if kept else np.array([0.0, 0.0, 1.0, 1.0])
    return PageView(tuple(kept), boxes, unit, extent, drawing_of(pixels, unit), empty)
