"""Log the HTML report of an evaluation to its MLflow run, and the points of a calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import mlflow
from mlflow import MlflowClient
from mlflow.entities import RunInfo

from ocr_model.fields import WantedFields
from ocr_model.report.html_report import ReportHead, render_report
from ocr_model.report.report_views import ReportedForm, judged_in
from ocr_model.scoring import fit_calibration

REPORT_FILE = "report.html"
CALIBRATION_FILE = "confidence_calibration.json"


def log_report_files(
    run_id: str,
    model_uri: str,
    metrics: Mapping[str, float],
    forms: Sequence[ReportedForm],
    wanted: WantedFields | None = None,
    file: Path | None = None,
) -> None:
    """Log `report.html`, which shows `metrics` and `forms`, or write it to `file`.

    If answers have a confidence, also log the points that would calibrate it; not for fields, which
    are decided after answers were calibrated.
    """
    client = MlflowClient()
    head = _head(client.get_run(run_id).info, model_uri, len(forms))
    report = render_report(head, metrics, forms, wanted)
    if file is None:
        client.log_text(run_id, report, REPORT_FILE)
    else:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_text(report, encoding="utf-8")
    judged = judged_in(forms)
    if len(judged) and wanted is None:
        # The setting `confidence_calibration`: these scores on forms like these -> share right.
        points = {"confidence_calibration": fit_calibration(judged)}
        client.log_dict(run_id, points, CALIBRATION_FILE)


def local_report(run_id: str) -> Path:
    """The path of a run's report if it may not be stored in MLflow."""
    return Path("reports", run_id, REPORT_FILE).absolute()


def _head(run: RunInfo, model_uri: str, forms: int) -> ReportHead:
    model = mlflow.models.get_model_info(model_uri).metadata or {}
    described = {key: model.get(key) for key in ("engine", "llm", "prompt_uri")}
    started = datetime.fromtimestamp(run.start_time / 1000, UTC)
    facts = {
        "model": model_uri,
        **{key.removesuffix("_uri"): str(value) for key, value in described.items() if value},
        "forms": f"{forms:,}",
        "run": f"{run.run_name} ({run.run_id})",
        "date": f"{started:%Y-%m-%d %H:%M} UTC",
    }
    link = trace_link(mlflow.get_tracking_uri(), run.experiment_id)
    return ReportHead(f"Evaluation of {model_uri.removeprefix('models:/')}", facts, link)


def trace_link(tracking_uri: str, experiment_id: str) -> str | None:
    """The URL prefix in MLflow's UI to which a trace id is appended; None without a server.

    "http://ann:secret@host:5000/", "7"
        -> "http://host:5000/#/experiments/7/traces?selectedEvaluationId="
    """
    parts = urlsplit(tracking_uri)
    if parts.scheme not in ("http", "https"):
        return None
    # Reports are shared: the URL must not contain a password.
    server = parts.netloc.rpartition("@")[2]
    root = f"{parts.scheme}://{server}{parts.path.rstrip('/')}"
    return f"{root}/#/experiments/{experiment_id}/traces?selectedEvaluationId="
