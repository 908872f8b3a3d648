"""Documents under review: made ready, claimed, saved version by version, handed on when done.

Knows nothing of browsers.
"""

from __future__ import annotations

from ocr_model.review.desk.background_reading import BackgroundReading, Reader, calls_of
from ocr_model.review.desk.desk import (
    CLAIM_S,
    ConflictError,
    Desk,
    DeskSettings,
    Editor,
    InvalidSaveError,
    NotFoundError,
    NotKeptError,
    WorkItem,
)
from ocr_model.review.desk.prepared_document import Preparation

__all__ = [
    "CLAIM_S",
    "BackgroundReading",
    "ConflictError",
    "Desk",
    "DeskSettings",
    "Editor",
    "InvalidSaveError",
    "NotFoundError",
    "NotKeptError",
    "Preparation",
    "Reader",
    "WorkItem",
    "calls_of",
]
