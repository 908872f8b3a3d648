"""Documents under review: made ready, claimed, saved version by version, handed on when done.

Knows nothing of browsers.
"""

from __future__ import annotations

from ocr_model.review.desk.background_reading import BackgroundReading, Reader, calls_of
from ocr_model.review.desk.desk import (
    ConflictError,
    Desk,
    DeskSettings,
    Editor,
    InvalidSaveError,
    NotFoundError,
    NotKeptError,
    WorkItem,
)

__all__ = [
    "BackgroundReading",
    "ConflictError",
    "Desk",
    "DeskSettings",
    "Editor",
    "InvalidSaveError",
    "NotFoundError",
    "NotKeptError",
    "Reader",
    "WorkItem",
    "calls_of",
]
