"""Log scores to MLflow: assessments of traces, metrics and tables of the run. Computes none."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Feedback, LoggedModelInput, Trace
from mlflow.genai.evaluation.entities import EvaluationResult
from mlflow.genai.scorers import Scorer, scorer
from mlflow.models.model import ModelInfo
from mlflow.utils.validation import MAX_METRICS_PER_BATCH

from ocr_model.lifecycle import PROFILE_FILE
from ocr_model.monitoring import DocumentFacts, profile_of
from ocr_model.scoring import Pair, bootstrap_interval, page_scores
from ocr_model.trace_content import TraceContent, holds_text

_log = logging.getLogger(__name__)

# A row of the table of pages.
PageRow = Mapping[str, Any]

# The columns of the table with text of a page.
_TEXTS = ("missed", "invented", "ungrounded", "violations")
# The columns of the table that explain a score.
_PAIRS_BEHIND = {
    "pair_f1_normalized": ("missed", "invented"),
    "field_f1_normalized": ("missed", "invented"),
    "grounded_values": ("ungrounded",),
}


def record_on_traces(
    traces: Mapping[str, Trace],
    pages: pd.DataFrame,
    expectations: Sequence[Mapping[str, Any]],
    scorers: Sequence[Scorer],
    *,
    with_text: bool = True,
) -> dict[str, float]:
    """Log scores and expectations as assessments of the traces; no model is called. Explanations of
    a score contain text of the page.

    Returns the metrics of `scorers`, the means over pages, with intervals.
    """
    by_trace: dict[str, Any] = {page["trace_id"]: page for page in pages.to_dict("records")}
    traced = [
        {"trace": traces[trace_id]} | ({"expectations": dict(expected)} if expected else {})
        for trace_id, expected in zip(pages["trace_id"], expectations, strict=True)
        if trace_id in traces
    ]
    if not traced:
        return {}
    known = _known_scores(by_trace, with_text=with_text)
    # MLflow prints its own notice, which points to the same run as ours.
    with contextlib.redirect_stdout(io.StringIO()):
        result = mlflow.genai.evaluate(data=traced, scorers=[*known, *scorers])
    return _metrics_with_intervals(result)


def _metrics_with_intervals(result: EvaluationResult) -> dict[str, float]:
    """The means of custom scorers, over the pages on which the scorer did not fail."""
    metrics = dict(result.metrics)
    for name in result.metrics:
        column = f"{name.removesuffix('/mean')}/value"
        if result.result_df is None or column not in result.result_df:
            continue
        values = result.result_df[column].replace({"yes": 1, "no": 0})
        values = pd.to_numeric(values, errors="coerce").dropna()
        if len(values):
            low, high = bootstrap_interval(np.column_stack([values, np.ones(len(values))]))
            metrics |= {f"{name}/ci_low": low, f"{name}/ci_high": high}
    return metrics


def _known_scores(by_trace: Mapping[str, PageRow], *, with_text: bool) -> list[Scorer]:
    """A scorer for each score of the table, which only looks it up.

    One for each, because MLflow logs a mean for every assessment with another name than its scorer.
    """
    names = dict.fromkeys(
        name for page in by_trace.values() for name in page_scores(page["shares"])
    )
    shown = [name for name in (*names, "outcome") if _is_shown(name)]
    return [_known_score(name, by_trace, with_text=with_text) for name in shown]


def _known_score(name: str, by_trace: Mapping[str, PageRow], *, with_text: bool) -> Scorer:
    @scorer(name=name, aggregations=[])
    def look_up(trace: Trace) -> list[Feedback]:
        page = by_trace[trace.info.trace_id]
        if name != "outcome" and name not in page["shares"]:
            return []
        rationale = _rationale(name, page) if with_text else None
        return [Feedback(name=name, value=page[name], rationale=rationale)]

    return look_up


def _is_shown(name: str) -> bool:
    """Precision, recall and costs of a page, and those of single fields, are in the run only."""
    in_run = "precision" in name or "recall" in name or "/" in name
    return not (in_run or name.endswith("_per_page"))


def _rationale(name: str, page: PageRow) -> str | None:
    lines = [
        f"{label}: {question!r} -> {answer!r}"
        for label in _PAIRS_BEHIND.get(name, ())
        for question, answer in page[label]
    ]
    lines += page["violations"] if name == "rule_compliance" else []
    return "\n".join(lines) or None


def record_on_run(
    run_id: str,
    model: ModelInfo,
    metrics: dict[str, float],
    pages: pd.DataFrame,
    facts: Sequence[DocumentFacts],
    content: TraceContent = "text",
) -> None:
    """Log the metrics, the table `pages.json`, their numerators and denominators in `shares.json`,
    and the baseline for monitoring in `profile.json`.
    """
    client = MlflowClient()
    measured = list(metrics.items())
    for start in range(0, len(measured), MAX_METRICS_PER_BATCH):
        batch = dict(measured[start : start + MAX_METRICS_PER_BATCH])
        mlflow.log_metrics(batch, run_id=run_id, model_id=model.model_id)
    if model.model_id is not None:
        client.log_inputs(run_id, models=[LoggedModelInput(model.model_id)])
    table = _readable(pages)
    if not holds_text(content):
        table = table.drop(columns=list(_TEXTS), errors="ignore")
    mlflow.log_table(table, "pages.json", run_id=run_id)
    shares = dict(zip(pages["document_id"], pages["shares"], strict=True))
    client.log_dict(run_id, shares, "shares.json")
    # Anyone who guesses a question can confirm it by its digest.
    facts = [replace(one, questions=()) for one in facts] if content == "none" else facts
    client.log_dict(run_id, profile_of(facts), PROFILE_FILE)
    traces = [trace_id for trace_id in pages["trace_id"] if trace_id is not None]
    _link_prompt(run_id, traces, (model.metadata or {}).get("prompt_uri"))


def _readable(pages: pd.DataFrame) -> pd.DataFrame:
    """The table without shares, which only programs read, and with lists as text."""
    shown = pages.drop(columns=["shares", "field_scores"], errors="ignore")
    for column in ("missed", "invented", "ungrounded"):
        if column in shown:
            shown[column] = shown[column].map(_as_text, na_action="ignore")
    if "violations" in shown:
        shown["violations"] = shown["violations"].map("; ".join, na_action="ignore")
    return shown


def _link_prompt(run_id: str, traces: Sequence[str], uri: str | None) -> None:
    """Link the prompt. A model may outlive its prompt's registry: then there is no link."""
    prompt = mlflow.genai.load_prompt(uri, allow_missing=True) if uri else None
    if prompt is None:
        _log.warning("Prompt %s is not in this registry, so the run is not linked to it", uri)
        return
    client = MlflowClient()
    client.link_prompt_version_to_run(run_id, prompt)
    for trace_id in traces:
        client.link_prompt_versions_to_trace([prompt], trace_id)


def _as_text(pairs: Sequence[Pair]) -> str:
    return "; ".join(f"{question} -> {answer}" for question, answer in pairs)
