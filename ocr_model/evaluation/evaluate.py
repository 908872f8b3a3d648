"""Extract in a separate process, score the rows, record an MLflow evaluation run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import mlflow
import pandas as pd
from mlflow.entities import Trace
from mlflow.genai.scorers import Scorer

from ocr_model.errors import ConfigError, OcrModelError
from ocr_model.evaluation.page_words import words_of_forms
from ocr_model.evaluation.recording import record_on_run, record_on_traces
from ocr_model.fields import WantedFields
from ocr_model.forms import Form, labelled_forms, true_fields
from ocr_model.isolated import ExtractionJob, run_extraction
from ocr_model.lifecycle import (
    as_markdown,
    config_of_model,
    content_kept,
    describe_run,
    log_dataset,
    model_link,
    note_evidence,
    prompt_link,
    run_link,
    trace_page,
    wanted_of_model,
)
from ocr_model.monitoring import facts_of
from ocr_model.report import (
    ReportedForm,
    evaluation_note,
    headline,
    in_order,
    judged_in,
    local_report,
    log_report_files,
    reported_fields,
    reported_form,
    worst_pages,
)
from ocr_model.schema import READ
from ocr_model.scoring import (
    DEFAULT_SCORING,
    FIELD_HEADLINE,
    DocumentWords,
    Judged,
    Rows,
    Scoring,
    judge,
    predictions_of,
    references_of,
    run_metrics,
    score_rows,
)
from ocr_model.trace_content import holds_text

_KEPT_HERE = "it shows the pages, so it is in no store."


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one model on labelled forms. `pages` has one line per form.

    `notes` say what was not measured, and why. `wanted` are the model's fields, if any; `judged`
    are the answers with a confidence, right or wrong, by the number of their form.
    """

    run_id: str
    metrics: dict[str, float]
    pages: pd.DataFrame
    dataset_digest: str
    notes: tuple[str, ...] = ()
    wanted: WantedFields | None = None
    judged: Judged = field(default_factory=lambda: judge([]), repr=False)


def evaluate_model(
    model_uri: str,
    forms: Sequence[Form],
    settings: Mapping[str, object] | None = None,
    scoring: Scoring = DEFAULT_SCORING,
    scorers: Sequence[Scorer] = (),
    grounding: Literal["auto", "off"] = "auto",
) -> Evaluation:
    """Evaluate into the active MLflow run, or into a new one.

    `settings` are operational; they override those logged with the model, for this evaluation.
    `scorers` are MLflow scorers, run on the traces in addition to ours. Unless `grounding` is off
    or `scoring` has words, the embedded OCR reads the pages of an LLM's rows. A model with fields
    is scored by fields, on the forms with a label for one of them.

    If the setting `trace_content` allows no text, run and traces have none: the report is written
    to a local file, and expectations and lists of pairs are not stored.

    Raises:
        DatasetError: no form has such a label, or, for a model without fields, a form has no
            annotation.
        OcrModelError: the model could not be loaded or its process died; its messages are shown.
    """
    config = config_of_model(model_uri)
    wanted = wanted_of_model(model_uri, config.fields)
    given, forms = len(forms), labelled_forms(forms, wanted)
    scoring = replace(scoring, wanted=wanted)
    with _run_of_this_evaluation() as run:
        settings = _traced(model_uri) | dict(settings or {})
        content = content_kept(model_uri, settings)
        with_text = holds_text(content)
        digest = log_dataset(forms, with_text=with_text)
        rows = extract_rows(model_uri, forms, settings)
        traces = _traces_of(rows)
        costs = _costs_usd(traces)
        scoring, notes = _with_words(scoring, rows, forms, grounding)
        pages = score_rows(rows, forms, scoring, costs)
        metrics = run_metrics(rows, pages, forms)
        if len(forms) < given:
            notes = (*notes, f"{given - len(forms)} of {given} forms say nothing of these fields.")
        expectations = [_expected(form, scoring) if with_text else {} for form in forms]
        metrics |= record_on_traces(traces, pages, expectations, scorers, with_text=with_text)
        metrics = in_order(metrics)
        facts = [facts_of(row, costs.get(row["trace_id"])) for row in rows.records]
        model = mlflow.models.get_model_info(model_uri)
        record_on_run(run.info.run_id, model, metrics, pages, facts, content)
        reported = _reported(rows, forms, pages, scoring.words)
        report = None if with_text else local_report(run.info.run_id)
        log_report_files(run.info.run_id, model_uri, metrics, reported, wanted, report)
        notes = notes if report is None else (*notes, f"The report is {report}: {_KEPT_HERE}")
        if notes:
            mlflow.set_tag("not_measured", " ".join(notes))
        shown = run_link(run.info.run_id, run.info.experiment_id, "report", "report.html")
        shown = shown if with_text else "report, on the machine that evaluated"
        _describe(run, model_uri, config.prompt_uri, metrics, pages, shown)
        note_evidence(model_uri, config, f"{headline(metrics)} on {len(forms)} forms", run)
        judged = judged_in(reported)
        return Evaluation(run.info.run_id, metrics, pages, digest, notes, wanted, judged)


def _describe(
    run: mlflow.ActiveRun,
    model_uri: str,
    prompt_uri: str,
    metrics: Mapping[str, float],
    pages: pd.DataFrame,
    report: str,
) -> None:
    run_id, experiment_id = run.info.run_id, run.info.experiment_id
    worst = [
        f"{as_markdown(name) if trace is None else trace_page(trace, experiment_id, name)} "
        f"({score:.2f})"
        for name, trace, score in worst_pages(pages)
    ]
    links = model_link(model_uri), prompt_link(prompt_uri), report
    describe_run(run_id, evaluation_note(metrics, pages, *links, worst))


def _traced(model_uri: str) -> dict[str, object]:
    """Settings for full traces, unless the model was logged to store no text."""
    logged = config_of_model(model_uri).trace_content
    return {"trace_content": "full" if holds_text(logged) else logged}


def _reported(
    rows: Rows, forms: Sequence[Form], pages: pd.DataFrame, words: Mapping[str, DocumentWords]
) -> list[ReportedForm]:
    if "field_scores" in pages:
        scored = zip(forms, rows.records, pages[FIELD_HEADLINE], pages["field_scores"], strict=True)
        return [reported_fields(*each) for each in scored]
    f1s = pages["pair_f1_normalized"]
    return [
        reported_form(form, record, predictions_of(record), f1, words.get(form.name, ()))
        for form, record, f1 in zip(forms, rows.records, f1s, strict=True)
    ]


def _expected(form: Form, scoring: Scoring) -> dict[str, Any]:
    """The expectations for the traces."""
    pairs = {"pairs": references_of(form, scoring.blank_fields)} if form.annotated else {}
    if scoring.wanted is None:
        return pairs
    return pairs | {"fields": true_fields(form, scoring.wanted)}


def _run_of_this_evaluation() -> AbstractContextManager[mlflow.ActiveRun]:
    """A new run; an active run is used and left open, because it belongs to the caller."""
    active = mlflow.active_run()
    return mlflow.start_run() if active is None else nullcontext(active)


def extract_rows(model_uri: str, forms: Sequence[Form], settings: Mapping[str, object]) -> Rows:
    """Let the packaged code read the forms; its traces go to the active run's experiment."""
    with tempfile.TemporaryDirectory() as folder:
        documents, rows = Path(folder) / "documents.jsonl", Path(folder) / "rows.jsonl"
        documents.write_text(_documents_of(forms), encoding="utf-8")
        job = ExtractionJob(model_uri, len(forms), settings=settings)
        exit_code = run_extraction(job, documents, rows)
        if exit_code != 0:
            raise OcrModelError(
                f"Expected {model_uri} to load and to read {len(forms)} forms, but its process "
                f"ended with exit code {exit_code}; its messages are above."
            )
        records = [json.loads(line) for line in rows.read_text("utf-8").splitlines()]
        timing = json.loads(Path(f"{rows}.timing").read_text("utf-8"))
    return Rows(records, timing["seconds"])


def _documents_of(forms: Sequence[Form]) -> str:
    """JSON Lines for the process; it reads the images itself, a few at a time."""
    documents = (
        {"row": row, "path": str(form.image_path.absolute()), "document_id": form.name}
        for row, form in enumerate(forms)
    )
    return "".join(f"{json.dumps(document)}\n" for document in documents)


def _traces_of(rows: Rows) -> dict[str, Trace]:
    """The traces of the rows by their id; a row that was not traced has none."""
    ids = [record["trace_id"] for record in rows.records if record["trace_id"] is not None]
    found = {trace_id: mlflow.get_trace(trace_id) for trace_id in ids}
    return {trace_id: trace for trace_id, trace in found.items() if trace is not None}


def _costs_usd(traces: Mapping[str, Trace]) -> dict[str, float]:
    """Costs by MLflow's catalogue, which does not list every LLM."""
    costs = {trace_id: trace.info.cost for trace_id, trace in traces.items()}
    return {trace_id: cost["total_cost"] for trace_id, cost in costs.items() if cost}


def _with_words(
    scoring: Scoring, rows: Rows, forms: Sequence[Form], grounding: Literal["auto", "off"]
) -> tuple[Scoring, tuple[str, ...]]:
    """Add the words of the pages an LLM has read, or a note why they are not available."""
    read_by_llm = [
        form
        for record, form in zip(rows.records, forms, strict=True)
        if record["engine"] == "llm" and record["outcome"] in READ
    ]
    if grounding == "off" or scoring.words or not read_by_llm:
        return scoring, ()
    try:
        return replace(scoring, words=words_of_forms(read_by_llm)), ()
    except ConfigError as err:
        return scoring, (f"grounded_keys and grounded_values were not measured: {err}",)
