"""Scored forms -> what a person looks at: tables and the HTML report.

Computes no score and reads no page.
"""

from __future__ import annotations

from ocr_model.report.pair_matching import Fate, match_pairs
from ocr_model.report.report_files import log_report_files
from ocr_model.report.report_views import ReportedForm, reported_fields, reported_form
from ocr_model.report.tables import (
    fields_table,
    first_number,
    outcomes_line,
    scores_table,
    worst_pages_table,
)

__all__ = [
    "Fate",
    "ReportedForm",
    "fields_table",
    "first_number",
    "log_report_files",
    "match_pairs",
    "outcomes_line",
    "reported_fields",
    "reported_form",
    "scores_table",
    "worst_pages_table",
]
