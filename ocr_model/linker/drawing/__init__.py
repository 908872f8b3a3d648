"""The dark pixels of a page -> ruling lines, ink and check boxes.

Knows no phrases and no questions.
"""

from __future__ import annotations

from ocr_model.linker.drawing.check_boxes import TICKED, with_check_boxes
from ocr_model.linker.drawing.dark_pixels import dark_pixels_of
from ocr_model.linker.drawing.ruling import (
    LEADING_LINES,
    Drawing,
    cell_distances,
    drawing_of,
    line_features,
    lines_between,
)

__all__ = [
    "LEADING_LINES",
    "TICKED",
    "Drawing",
    "cell_distances",
    "dark_pixels_of",
    "drawing_of",
    "line_features",
    "lines_between",
    "with_check_boxes",
]
