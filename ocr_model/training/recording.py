"""Log a training to the active MLflow run: scores, learning curve, the linker and its digest."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import mlflow

from ocr_model.linker import sha256_of
from ocr_model.schema import Answer
from ocr_model.scoring import Interval, Judged, confidence_metrics, judge
from ocr_model.training.scores import scores_of_answers
from ocr_model.training.training_set import TrainingSet

LINKER_FILE = "linker.npz"


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """Scores of a cross-validation, with intervals where they are defined, and its confidences."""

    scores: dict[str, float]
    intervals: dict[str, Interval]
    judged: Judged


def report_of(answers: Sequence[Sequence[Answer]], forms: TrainingSet) -> TrainingReport:
    """Pair scores of the answers for each form, in order."""
    scores, intervals = scores_of_answers(answers, forms.references)
    return TrainingReport(
        scores, intervals, judge(list(zip(answers, forms.references, strict=True)))
    )


def log_report(report: TrainingReport, forms: TrainingSet) -> None:
    """Log the scores with their intervals, and how well the confidences are calibrated."""
    mlflow.log_metrics({f"cv/{name}": score for name, score in report.scores.items()})
    for name, interval in report.intervals.items():
        mlflow.log_metrics({f"cv/{name}/ci_low": interval.low, f"cv/{name}/ci_high": interval.high})
    confidence = confidence_metrics(report.judged, len(forms.forms))
    mlflow.log_metrics({f"cv/{name}": value for name, value in confidence.items()})


def log_learning_curve(curve: Mapping[int, TrainingReport]) -> None:
    """One metric a score, with the number of forms as its step: MLflow draws the curve."""
    for size, report in sorted(curve.items()):
        for name, score in report.scores.items():
            mlflow.log_metric(f"learning_curve/{name}", score, step=size)


def log_linker(data: bytes) -> str:
    """Store the weights as an artefact of the active run; gives their URI."""
    mlflow.set_tag("linker_sha256", sha256_of(data))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / LINKER_FILE
        path.write_bytes(data)
        mlflow.log_artifact(str(path))
    run = mlflow.active_run()
    return f"runs:/{run.info.run_id}/{LINKER_FILE}" if run else ""
