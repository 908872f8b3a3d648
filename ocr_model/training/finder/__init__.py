"""Documents with the true values of their fields -> a finder of these fields, and what it is worth.

Knows nothing of models: `lifecycle` puts weights into one.
"""

from __future__ import annotations

from ocr_model.training.finder.examples import Example, example_of
from ocr_model.training.finder.reading import ReadDocument, read_documents
from ocr_model.training.finder.recording import (
    COVERAGE,
    ECE,
    FinderReport,
    difference_of,
    log_finder,
    log_finder_report,
    report_of,
)
from ocr_model.training.finder.validation import MIN_FOLDS, Fitted, count_fits, fit_finder

__all__ = [
    "COVERAGE",
    "ECE",
    "MIN_FOLDS",
    "Example",
    "FinderReport",
    "Fitted",
    "ReadDocument",
    "count_fits",
    "difference_of",
    "example_of",
    "fit_finder",
    "log_finder",
    "log_finder_report",
    "read_documents",
    "report_of",
]
