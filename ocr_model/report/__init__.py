"""Scored forms -> what a person looks at: tables, charts, the HTML report.

Computes no score and reads no page.
"""

from __future__ import annotations

from ocr_model.report.charts import BLUE, blank
from ocr_model.report.confidence_charts import draw_confidence_charts
from ocr_model.report.pictures import log_pictures
from ocr_model.report.report_views import ReportedForm, reported_form
from ocr_model.report.tables import first_number, outcomes_line, scores_table, worst_pages_table

__all__ = [
    "BLUE",
    "ReportedForm",
    "blank",
    "draw_confidence_charts",
    "first_number",
    "log_pictures",
    "outcomes_line",
    "reported_form",
    "scores_table",
    "worst_pages_table",
]
