"""What a finder is worth by cross-validation, beside the fields without it; its log in MLflow."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import mlflow
import numpy as np

from ocr_model.fields import WantedFields
from ocr_model.linker import sha256_of
from ocr_model.schema import FieldValue
from ocr_model.scoring import (
    FIELD_HEADLINE,
    Difference,
    FieldScores,
    Interval,
    Share,
    confidence_metrics,
    document_shares,
    judged_fields,
    names_in_metrics,
    paired_difference,
    run_intervals,
    run_scores,
    score_fields,
    share_array,
    shares_by_field,
    weights_of,
)
from ocr_model.training.finder.examples import Example

FINDER_FILE = "finder.npz"
ECE, COVERAGE = "confidence_ece", "coverage_at_95_precision"

Values = Sequence[Sequence[FieldValue]]


@dataclass(frozen=True)
class FinderReport:
    """Metrics of fields as an evaluation names them, with intervals; those of confidence among
    them, of a field under `<metric>/<its name>`.
    """

    shares: tuple[Mapping[str, Share], ...]
    scores: Mapping[str, float]
    intervals: Mapping[str, Interval]
    confidence: Mapping[str, float]

    def shown(self, metric: str) -> str:
        """ "0.86 [0.80, 0.91]"; nothing where it is not defined."""
        if metric not in self.scores:
            return ""
        low, high = self.intervals.get(metric, Interval(float("nan"), float("nan")))
        return f"{self.scores[metric]:.2f} [{low:.2f}, {high:.2f}]"


def report_of(examples: Sequence[Example], values: Values, wanted: WantedFields) -> FinderReport:
    """`values` are the fields of each document."""
    scores = [
        score_fields(found, example.truth, wanted)
        for example, found in zip(examples, values, strict=True)
    ]
    weights = weights_of(wanted)
    shares = [
        document_shares(one.fields, weights, was_read=True) | shares_by_field(one, wanted)
        for one in scores
    ]
    confidence = confidence_metrics(judged_fields(scores), len(scores))
    for field, name in names_in_metrics(wanted).items():
        judged = judged_fields([_only(one, field) for one in scores])
        own = confidence_metrics(judged, len(scores))
        confidence |= {
            f"{metric}/{name}": own[metric] for metric in (ECE, COVERAGE) if metric in own
        }
    return FinderReport(tuple(shares), run_scores(shares), run_intervals(shares), confidence)


def _only(scores: FieldScores, field: str) -> FieldScores:
    return FieldScores({}, {}, tuple(one for one in scores.compared if one.name == field))


def difference_of(report: FinderReport, without: FinderReport) -> Difference:
    ours, theirs = (share_array(one.shares, FIELD_HEADLINE) for one in (report, without))
    return paired_difference(theirs, ours)


def log_finder_report(report: FinderReport, without: FinderReport) -> None:
    """Scores of the cross-validation under `cv/`, those without a finder under `without/`."""
    for prefix, one in (("cv", report), ("without", without)):
        metrics = dict(one.scores) | dict(one.confidence)
        for name, interval in one.intervals.items():
            metrics |= {f"{name}/ci_low": interval.low, f"{name}/ci_high": interval.high}
        mlflow.log_metrics(
            {f"{prefix}/{name}": value for name, value in metrics.items() if not np.isnan(value)}
        )


def log_finder(data: bytes) -> str:
    """Store the weights as an artefact of the active run; gives their URI."""
    mlflow.set_tag("finder_sha256", sha256_of(data))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FINDER_FILE
        path.write_bytes(data)
        mlflow.log_artifact(str(path))
    run = mlflow.active_run()
    return f"runs:/{run.info.run_id}/{FINDER_FILE}" if run else ""
