"""Extract in a process of its own, score the rows, record an MLflow evaluation run."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import logging
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Feedback, LoggedModelInput
from mlflow.genai.scorers import scorer
from mlflow.models.model import ModelInfo

from ocr_model.child_process import run_child
from ocr_model.errors import OcrModelError
from ocr_model.funsd import Form
from ocr_model.metrics import pair_differences, score_form, score_forms
from ocr_model.schema import READ, Outcome

_log = logging.getLogger(__name__)

_PROCESS = Path(__file__).with_name("extraction_process.py")


@dataclass(frozen=True, slots=True)
class Rows:
    """What a model made of the documents, in their order, and the wall time it took."""

    records: list[dict[str, Any]]
    seconds: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one model on labelled forms. `pages` has one line per form."""

    run_id: str
    metrics: dict[str, float]
    pages: pd.DataFrame


def evaluate_model(
    model_uri: str, forms: Sequence[Form], settings: Mapping[str, object] | None = None
) -> Evaluation:
    """Evaluate into the active MLflow run, or into a new one.

    `settings` are operational ones, for this evaluation instead of those logged with the model.

    Raises:
        OcrModelError: the model could not be loaded or its process died; what it said is passed on.
    """
    with _run_of_this_evaluation() as run:
        rows = extract_rows(model_uri, forms, {"trace_images": "full", **(settings or {})})
        pages = score_rows(rows, forms)
        metrics = run_metrics(rows, forms)
        _record(rows, forms)
        _log_results(run.info.run_id, mlflow.models.get_model_info(model_uri), metrics, pages)
        return Evaluation(run.info.run_id, metrics, pages)


def _run_of_this_evaluation() -> Any:
    active = mlflow.active_run()
    return mlflow.start_run() if active is None else _Entered(active)


class _Entered:
    """An active run is used, not closed: it belongs to the caller."""

    def __init__(self, run: mlflow.ActiveRun) -> None:
        self._run = run

    def __enter__(self) -> mlflow.ActiveRun:
        return self._run

    def __exit__(self, *_: object) -> None:
        return None


def extract_rows(model_uri: str, forms: Sequence[Form], settings: Mapping[str, object]) -> Rows:
    """Let the packaged code read the forms; its traces go to the active run's experiment."""
    run = mlflow.active_run()
    environment = {key: value for key, value in os.environ.items() if key != "MLFLOW_RUN_ID"}
    environment["MLFLOW_TRACKING_URI"] = mlflow.get_tracking_uri()
    if run is not None:
        environment["MLFLOW_EXPERIMENT_ID"] = run.info.experiment_id
    with tempfile.TemporaryDirectory() as folder:
        documents, rows = Path(folder) / "documents.parquet", Path(folder) / "rows.jsonl"
        _documents_of(forms).to_parquet(documents)
        command = [sys.executable, "-P", str(_PROCESS), "--model-uri", model_uri]
        command += ["--documents", str(documents), "--rows", str(rows)]
        command += ["--settings", json.dumps(dict(settings))]
        exit_code = run_child(command, environment)
        if exit_code != 0:
            raise OcrModelError(
                f"Expected {model_uri} to load and to read {len(forms)} forms, but its process "
                f"ended with exit code {exit_code}; what it said stands above."
            )
        records = [json.loads(line) for line in rows.read_text("utf-8").splitlines()]
        timing = json.loads(Path(f"{rows}.timing").read_text("utf-8"))
    return Rows(records, timing["seconds"])


def _documents_of(forms: Sequence[Form]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "image": [base64.b64encode(form.image_path.read_bytes()).decode() for form in forms],
            "document_id": [form.name for form in forms],
        }
    )


def predictions_of(record: Mapping[str, Any]) -> Any:
    """Pairs of a row; None where reading failed, which an empty page must not reward."""
    return record["pairs"] if record["outcome"] in READ else None


def score_rows(rows: Rows, forms: Sequence[Form]) -> pd.DataFrame:
    """One line per form: outcome, scores, and what was missed and invented."""
    lines = []
    for record, form in zip(rows.records, forms, strict=True):
        predictions = predictions_of(record)
        missed, invented = pair_differences(predictions, form.references, "normalized")
        lines.append(
            {
                "document_id": form.name,
                "outcome": record["outcome"],
                "error": record["error"],
                **score_form(predictions, form.references),
                "missed": missed,
                "invented": invented,
                "latency_ms": record["latency_ms"],
                "trace_id": record["trace_id"],
            }
        )
    return pd.DataFrame(lines)


def run_metrics(rows: Rows, forms: Sequence[Form]) -> dict[str, float]:
    """Scores over all forms, shares of outcomes, tokens where reported, seconds per page."""
    records = rows.records
    metrics = score_forms(
        [predictions_of(record) for record in records], [form.references for form in forms]
    )
    for outcome in Outcome:
        share = sum(record["outcome"] == outcome for record in records) / len(records)
        if share:
            metrics[f"outcome/{outcome.value}"] = share
    for name in ("prompt_tokens", "completion_tokens"):
        # What a cached row cost was paid by the run that recorded it.
        paid = [record[name] for record in records if not record["cached"]]
        reported = [tokens for tokens in paid if tokens is not None]
        if reported:
            metrics[name] = float(sum(reported))
    if cached := sum(record["pages"] for record in records if record["cached"]):
        metrics["cached_pages"] = float(cached)
    pages = sum(record["pages"] for record in records)
    if pages:
        metrics["seconds_per_page"] = rows.seconds / pages
    return metrics


def _record(rows: Rows, forms: Sequence[Form]) -> None:
    """Hang scores and expectations on the traces of step one; the model is not called again."""
    traced = [
        {
            "trace": mlflow.get_trace(record["trace_id"]),
            "expectations": {"pairs": form.references},
        }
        for record, form in zip(rows.records, forms, strict=True)
        if record["trace_id"] is not None
    ]
    if not traced:
        return
    # MLflow prints a notice of its own, which points to the same run as ours.
    with contextlib.redirect_stdout(io.StringIO()):
        mlflow.genai.evaluate(data=traced, scorers=[_form_scores])


@scorer(name="form_scores", aggregations=[])
def _form_scores(outputs: Mapping[str, Any], expectations: Mapping[str, Any]) -> list[Feedback]:
    predictions, references = predictions_of(outputs), expectations["pairs"]
    missed, invented = pair_differences(predictions, references, "normalized")
    rationale = "\n".join(
        f"{label}: {question!r} -> {answer!r}"
        for label, pairs in (("missed", missed), ("invented", invented))
        for question, answer in pairs
    )
    scores = score_form(predictions, references)
    feedback = [
        Feedback(name=name, value=value, rationale=rationale if name == _EXPLAINED else None)
        for name, value in scores.items()
    ]
    return [*feedback, Feedback(name="outcome", value=outputs["outcome"])]


_EXPLAINED = "pair_f1_normalized"


def _log_results(
    run_id: str, model: ModelInfo, metrics: dict[str, float], pages: pd.DataFrame
) -> None:
    client = MlflowClient()
    mlflow.log_metrics(metrics, run_id=run_id, model_id=model.model_id)
    if model.model_id is not None:
        client.log_inputs(run_id, models=[LoggedModelInput(model.model_id)])
    table = pages.assign(
        missed=pages["missed"].map(_readable), invented=pages["invented"].map(_readable)
    )
    mlflow.log_table(table, "pages.json", run_id=run_id)
    _link_prompt(client, run_id, (model.metadata or {}).get("prompt_uri"))


def _link_prompt(client: MlflowClient, run_id: str, uri: str | None) -> None:
    """A model may outlive its prompt's registry: its snapshot suffices to run, not to link."""
    prompt = mlflow.genai.load_prompt(uri, allow_missing=True) if uri else None
    if prompt is None:
        _log.warning("Prompt %s is not in this registry; the run is not linked to it", uri)
        return
    client.link_prompt_version_to_run(run_id, prompt)


def _readable(pairs: list[tuple[str, str]]) -> str:
    return "; ".join(f"{question} -> {answer}" for question, answer in pairs)
