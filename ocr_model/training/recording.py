"""Log a training to the active MLflow run: scores, curves, and the linker with its digest."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import mlflow
import numpy as np

from ocr_model.linker.weights import sha256_of
from ocr_model.scoring.bootstrap import Interval
from ocr_model.training.charts import calibration_chart, learning_chart
from ocr_model.training.scores import calibration_error, ranking_quality, scores_of_answers
from ocr_model.training.training_set import TrainingSet
from ocr_model.training.validation import Validation

LINKER_FILE = "linker.npz"
_CURVE_METRIC = "pair_f1_fuzzy"


@dataclass(frozen=True, slots=True)
class Report:
    """Scores of a cross-validation by metric, with intervals where they are defined."""

    scores: dict[str, float]
    intervals: dict[str, Interval]


def report_of(validation: Validation, forms: TrainingSet) -> Report:
    """Pair scores, and of the confidence: expected calibration error, AUROC, Brier score."""
    scores, intervals = scores_of_answers(validation.answers, forms.references)
    confidences, right = validation.confidences, validation.right
    scores["confidence_ece"] = calibration_error(confidences, right)
    scores["confidence_auroc"] = ranking_quality(confidences, right)
    scores["confidence_brier"] = float(np.mean((confidences - right) ** 2)) if len(right) else 0.0
    return Report(scores, intervals)


def log_report(report: Report, validation: Validation) -> None:
    mlflow.log_metrics({f"cv/{name}": score for name, score in report.scores.items()})
    for name, interval in report.intervals.items():
        mlflow.log_metrics({f"cv/{name}/ci_low": interval.low, f"cv/{name}/ci_high": interval.high})
    if len(validation.right):
        figure = calibration_chart(validation.confidences, validation.right)
        mlflow.log_figure(figure, "calibration.png")


def log_learning_curve(curve: Mapping[int, Report]) -> None:
    """One metric a score with the number of forms as its step, and a picture of the fuzzy F1."""
    for size, report in sorted(curve.items()):
        for name, score in report.scores.items():
            mlflow.log_metric(f"learning_curve/{name}", score, step=size)
    points = {
        size: (report.scores[_CURVE_METRIC], report.intervals[_CURVE_METRIC])
        for size, report in curve.items()
        if _CURVE_METRIC in report.intervals
    }
    if points:
        mlflow.log_figure(learning_chart(_CURVE_METRIC, points), "learning_curve.png")


def log_linker(data: bytes) -> str:
    """Store the weights as an artefact of the active run; gives their URI."""
    mlflow.set_tag("linker_sha256", sha256_of(data))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / LINKER_FILE
        path.write_bytes(data)
        mlflow.log_artifact(str(path))
    run = mlflow.active_run()
    return f"runs:/{run.info.run_id}/{LINKER_FILE}" if run else ""
