"""Scored forms -> output for people: tables and the HTML report.

Computes no score and reads no page.
"""

from ocr_model.report.pair_matching import Fate, match_pairs
from ocr_model.report.report_files import local_report, log_report_files
from ocr_model.report.report_views import ReportedForm, judged_in, reported_fields, reported_form
from ocr_model.report.run_notes import evaluation_note, headline, in_order, worst_pages
from ocr_model.report.tables import (
    fields_table,
    first_number,
    outcomes_line,
    scores_table,
    worst_pages_table,
)
