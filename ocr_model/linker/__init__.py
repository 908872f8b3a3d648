"""The words and the picture of a page -> questions and their answers.

Knows nothing of how the words were read. Weights are fitted in `training`.
"""

from __future__ import annotations

from ocr_model.linker.answers import (
    answers_of,
    choose_links,
    confidence_features,
    link_words,
)
from ocr_model.linker.boxes import Floats, Indices, array_of, heights, overlap_x, overlap_y, widths
from ocr_model.linker.drawing import TICKED
from ocr_model.linker.page import PageView, view_of
from ocr_model.linker.pinned import pinned_linker, setting_of
from ocr_model.linker.stages import Forest
from ocr_model.linker.weights import (
    Linker,
    documents_in,
    from_bytes,
    npz_arrays,
    npz_bytes,
    sha256_of,
    to_bytes,
)

__all__ = [
    "TICKED",
    "Floats",
    "Forest",
    "Indices",
    "Linker",
    "PageView",
    "answers_of",
    "array_of",
    "choose_links",
    "confidence_features",
    "documents_in",
    "from_bytes",
    "heights",
    "link_words",
    "npz_arrays",
    "npz_bytes",
    "overlap_x",
    "overlap_y",
    "pinned_linker",
    "setting_of",
    "sha256_of",
    "to_bytes",
    "view_of",
    "widths",
]
