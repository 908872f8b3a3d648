"""Rows and references -> scores. Pure functions: no store is read or written.

`mlflow_metric` wraps one of them for `mlflow.models.evaluate`; it has its own imports, so import it
by module name.
"""

from ocr_model.scoring.bootstrap import (
    Array,
    Difference,
    Interval,
    bootstrap_interval,
    paired_difference,
    share_of_sums,
)
from ocr_model.scoring.boxes import right_and_placed
from ocr_model.scoring.business_rules import load_rules
from ocr_model.scoring.confidence import (
    PRECISION,
    Curves,
    Judged,
    confidence_metrics,
    cross_calibrated,
    curves_of,
    fit_calibration,
    judge,
    judged_array,
)
from ocr_model.scoring.field_scores import (
    Compared,
    FieldCounts,
    FieldScores,
    overall,
    score_fields,
)
from ocr_model.scoring.field_shares import (
    FIELD_HEADLINE,
    document_shares,
    judged_fields,
    names_in_metrics,
    shares_by_field,
    weights_of,
)
from ocr_model.scoring.form_scores import (
    Share,
    form_shares,
    page_scores,
    run_intervals,
    run_scores,
    share_array,
)
from ocr_model.scoring.fuzzy import SIMILAR, assign, similarities
from ocr_model.scoring.grounding import DocumentWords
from ocr_model.scoring.metrics import Pair, pairs_in
from ocr_model.scoring.rows import (
    DEFAULT_SCORING,
    Rows,
    Scoring,
    answers_of,
    judged_of,
    predictions_of,
    references_of,
    run_metrics,
    score_rows,
)
from ocr_model.scoring.scorers import load_scorers
