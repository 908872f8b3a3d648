"""Documents under review: prepared, claimed, saved version by version, passed on when done.

Knows nothing of browsers.
"""

from ocr_model.review.desk.background_reading import BackgroundReading, Reader, calls_of
from ocr_model.review.desk.claims import CLAIM_S, Editor
from ocr_model.review.desk.desk import Desk, DeskSettings, WorkItem
from ocr_model.review.desk.prepared_document import Preparation
from ocr_model.review.desk.refusals import (
    ConflictError,
    InvalidSaveError,
    NotFoundError,
    NotKeptError,
)
