"""Compare production with an evaluation: documents -> measures -> verdicts.

Knows no MLflow: facts are read from rows; traces are converted to rows first.
"""

from ocr_model.monitoring.chart import changes_chart
from ocr_model.monitoring.drift import (
    Change,
    DriftVerdict,
    changes_of,
    new_questions,
    overall_verdict,
)
from ocr_model.monitoring.facts import (
    DocumentFacts,
    digest_of,
    facts_of,
    profile_of,
    read_profile,
)
from ocr_model.monitoring.sample import is_sampled
