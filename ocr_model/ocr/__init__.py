"""Page image -> words with boxes, lines and segments, by the embedded OCR.

Knows nothing of forms: which words belong together is decided in `linker`. The packages of the
extra `local` are imported when a reader is made, not with this room; only `onnx_sessions` needs
them to be imported, so it is named by module.
"""

from __future__ import annotations

import os

from ocr_model.ocr.digest import reader_digest
from ocr_model.ocr.layout import (
    LINE_OVERLAP,
    Segment,
    around,
    chains_of,
    ends_with_colon,
    has_sign,
    is_next,
    is_upright,
    overlap_y,
    same_line,
    segments_of,
    split_at_colon,
)
from ocr_model.ocr.plain_text import page_text
from ocr_model.ocr.process import return_free_memory, usable_cores
from ocr_model.ocr.readers import PageReader, Reading, WordReader
from ocr_model.ocr.tiles import strips_of

__all__ = [
    "LINE_OVERLAP",
    "PageReader",
    "Reading",
    "Segment",
    "WordReader",
    "around",
    "chains_of",
    "ends_with_colon",
    "has_sign",
    "is_next",
    "is_upright",
    "overlap_y",
    "page_text",
    "reader_digest",
    "return_free_memory",
    "same_line",
    "segments_of",
    "split_at_colon",
    "strips_of",
    "usable_cores",
]

# ONNX Runtime 1.32 otherwise sends reports of its use to Microsoft, and keeps an id and a database
# in the user's cache folder. Read when it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
