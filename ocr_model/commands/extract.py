"""Let a registered model read documents into one file."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Any

import mlflow
from mlflow import MlflowClient
from mlflow.entities import LoggedModelInput
from mlflow.entities.model_registry import ModelVersion

from ocr_model.bulk import (
    Batch,
    BatchResult,
    config_of_batch,
    extract_batch,
    refuse_batch,
)
from ocr_model.commands.cli import Extract, NewModel
from ocr_model.commands.models import (
    check_can_read,
    json_object,
    log_missing_params,
    new_version,
)
from ocr_model.console import say
from ocr_model.errors import ConfigError
from ocr_model.lifecycle import MODEL_NAME, find_champion, has_versions


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
        say(f"error: {err}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        say(
            "Interrupted. Finished documents are kept beside the output: the same command goes on.",
            file=sys.stderr,
        )
        return 130
    _print_result(batch, result)
    return 0 if result.stopped is None else 1


def _batch_of(given: Extract) -> Batch:
    if not given.input or not given.output.name:
        raise ConfigError(
            "Expected input and output, like -P input=scans -P output=rows.parquet, got "
            f"{given.input!r} and {str(given.output)!r}."
        )
    settings: dict[str, Any] = {"cache": given.cache}
    if given.cache_path:
        settings["cache_path"] = str(Path(given.cache_path).expanduser().resolve())
    if given.settings:
        settings |= json_object("settings", given.settings)
    refuse_batch(given.input, given.output.absolute(), settings)
    batch = Batch(
        model_uri=_numbered(given.model_uri),
        documents=given.input,
        output=given.output.absolute(),
        settings=settings,
        traces=given.traces == "on",
    )
    config = config_of_batch(batch)
    check_can_read(config, config.cache, config.cache_path)
    return batch


def _numbered(model_uri: str) -> str:
    """An alias may move while a batch is read; the version it names now is what reads it."""
    alias = re.fullmatch(r"models:/([^/@]+)@([^/@]+)", model_uri)
    if model_uri and alias is None:
        return model_uri
    if alias is None or alias[0] == f"models:/{MODEL_NAME}@champion":
        version = find_champion() if has_versions() else _first_model()
    else:
        version = MlflowClient().get_model_version_by_alias(alias[1], alias[2])
    return f"models:/{version.name}/{version.version}"


def _first_model() -> ModelVersion:
    say("Nothing is registered here yet: logging the model that evaluate would log.")
    return new_version(NewModel()).register()


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
    say(f"Documents  {summary.documents:,} of {result.documents:,}: {outcomes}")
    cached = f"; {summary.cached:,} documents from the cache" if summary.cached else ""
    say(f"Pages      {summary.pages:,}{cached}")
    if summary.prompt_tokens is not None or summary.completion_tokens is not None:
        sent, written = _count(summary.prompt_tokens), _count(summary.completion_tokens)
        say(f"Tokens     {sent} in, {written} out")
    if summary.unpriced:
        llms = ", ".join(sorted(summary.unpriced))
        say(f"Cost       unknown: MLflow has no price, or was told no tokens, for {llms}")
    elif summary.cost_usd is not None:
        say(f"Cost       ${summary.cost_usd:,.4f}")
    if result.stopped is None:
        say(f"Rows       {batch.output}")
        return
    say(
        f"error: the batch was given up: {result.stopped}\nFinished documents are kept in "
        f"{batch.output}.partial: the same command goes on from there.",
        file=sys.stderr,
    )


def _count(tokens: int | None) -> str:
    return "unknown" if tokens is None else f"{tokens:,}"
