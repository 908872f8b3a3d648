"""Read documents with a registered model into one file."""

from __future__ import annotations

import json
import shlex
import sys
import time
from typing import Any

import mlflow
from mlflow import MlflowClient
from mlflow.entities import LoggedModelInput
from mlflow.entities.model_registry import ModelVersion

from ocr_model.bulk import (
    LOG_ONE_WITH_FIELDS,
    Batch,
    BatchResult,
    BatchSummary,
    by_field,
    columns_of_batch,
    config_of_batch,
    extract_batch,
    refuse_batch,
)
from ocr_model.commands.cli import Extract, option
from ocr_model.commands.models import (
    cache_settings,
    check_can_read,
    first_model,
    json_object,
    log_missing_params,
    numbered_uri,
)
from ocr_model.console import printable, say
from ocr_model.errors import ConfigError


def extract(given: Extract) -> int:
    try:
        batch = _batch_of(given)
        say(f"Model      {batch.model_uri}")
        with mlflow.start_run():
            _log_parameters(batch)
            started = time.perf_counter()
            result = extract_batch(batch)
            mlflow.log_metrics(
                {**result.summary.metrics(), "seconds": time.perf_counter() - started}
            )
    except OSError as err:
        named = f" ({err.filename})" if err.filename else ""
        told = f"Expected to read {given.input} and to write {given.output}, got: {err.strerror}"
        say(f"error: {told}{named}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        say(
            "Interrupted. Finished documents are kept: run the same command again to resume.",
            file=sys.stderr,
        )
        return 130
    _print_result(batch, result)
    return 0 if result.stopped is None else 1


def _batch_of(given: Extract) -> Batch:
    if not given.input or not given.output.name:
        raise ConfigError(
            f"Expected input and output, like {option('input', 'scans')} "
            f"{option('output', 'rows.parquet')}, got {given.input!r} and {str(given.output)!r}."
        )
    settings: dict[str, Any] = {**cache_settings(given)}
    if given.settings:
        settings |= json_object("settings", given.settings)
    refuse_batch(given.input, given.output.absolute(), settings)
    batch = Batch(
        model_uri=numbered_uri(given.model_uri, lambda: _first_model(given)),
        documents=given.input,
        output=given.output.absolute(),
        settings=settings,
        traces=given.traces == "on",
        columns=given.columns,
    )
    config = config_of_batch(batch)
    columns_of_batch(batch, config)
    check_can_read(config, config.cache, config.cache_path)
    return batch


def _first_model(given: Extract) -> ModelVersion:
    if by_field(given.output, given.columns):
        raise ConfigError(
            f"Expected a model with fields, as {given.output.name} has a column per field; nothing "
            f"is registered here yet. {LOG_ONE_WITH_FIELDS}"
        )
    return first_model()


def _log_parameters(batch: Batch) -> None:
    log_missing_params(
        {
            "extracted_by": batch.model_uri,
            "input": batch.documents,
            "output": str(batch.output),
            "settings": dict(batch.settings),
        }
    )
    run, model = mlflow.active_run(), mlflow.models.get_model_info(batch.model_uri)
    if run is not None and model.model_id is not None:
        MlflowClient().log_inputs(run.info.run_id, models=[LoggedModelInput(model.model_id)])


def _print_result(batch: Batch, result: BatchResult) -> None:
    summary = result.summary
    outcomes = ", ".join(f"{count:,} {name}" for name, count in summary.outcomes.most_common())
    before = f"; {result.before:,} of them before" if result.before else ""
    say(f"Documents  {summary.documents:,} of {result.documents:,}: {outcomes}{before}")
    cached = f"; {summary.cached:,} documents from the cache" if summary.cached else ""
    say(f"Pages      {summary.pages:,}{cached}")
    if summary.prompt_tokens is not None or summary.completion_tokens is not None:
        sent, written = _count(summary.prompt_tokens), _count(summary.completion_tokens)
        say(f"Tokens     {sent} in, {written} out")
    if summary.unpriced:
        llms = ", ".join(sorted(summary.unpriced))
        say(f"Cost       unknown: no price in MLflow, or no tokens reported, for {llms}")
    elif summary.cost_usd is not None:
        say(f"Cost       ${summary.cost_usd:,.4f}")
    _print_documents(summary)
    if result.stopped is None:
        say(f"Rows       {batch.output}\nLook       {_how_to_look(batch, summary)}")
        return
    say(
        f"error: the batch stopped: {result.stopped}\nFinished documents are kept in "
        f"{batch.output}.partial: run the same command again to resume.",
        file=sys.stderr,
    )


def _print_documents(summary: BatchSummary) -> None:
    """The documents that need a person's attention, by name."""
    for number, failed in enumerate(summary.failed):
        name, error = (
            printable(text, one_line=True) for text in (failed.document_id, failed.error)
        )
        say(f"{'' if number else 'Failed':<9}  {name}  {failed.outcome}: {error}")
    if rest := summary.unread - len(summary.failed):
        say(f"{'':<9}  and {rest:,} more")
    if summary.needs_review:
        names = ", ".join(printable(name, one_line=True) for name in summary.to_review)
        rest = summary.needs_review - len(summary.to_review)
        more = f" and {rest:,} more" if rest else ""
        say(f"Review     {summary.needs_review:,} documents need review: {names}{more}")


def _how_to_look(batch: Batch, summary: BatchSummary) -> str:
    """A command that shows the rows, those that need review first."""
    name = json.dumps(str(batch.output))
    rows = {
        ".jsonl": f"read_json({name}, lines=True)",
        ".csv": f"read_csv({name})",
        ".parquet": f"read_parquet({name})",
    }[batch.output.suffix]
    chosen = '.query("needs_review")' if summary.needs_review or summary.unread else ""
    wide = by_field(batch.output, batch.columns)
    shown = "" if wide else f"[{json.dumps(['document_id', 'outcome', 'error', 'pairs'])}]"
    code = f"import pandas; print(pandas.{rows}{chosen}{shown}.to_string())"
    return f"python -c {shlex.quote(code)}"


def _count(tokens: int | None) -> str:
    return "unknown" if tokens is None else f"{tokens:,}"
