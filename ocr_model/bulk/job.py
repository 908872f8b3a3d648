"""Read any number of documents into one file of rows, in a separate process; resumable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import mlflow

from ocr_model.bulk.folder import BatchFolder
from ocr_model.bulk.listing import find_documents
from ocr_model.bulk.output import refuse_output, write_rows
from ocr_model.bulk.summary import BatchSummary, summarize
from ocr_model.config import OPERATIONAL, RETIRED, ExtractorConfig, parse_config, with_new_names
from ocr_model.console import say
from ocr_model.errors import ConfigError, OcrModelError
from ocr_model.fields import WantedFields, column_names
from ocr_model.isolated import GAVE_UP, ExtractionJob, run_extraction
from ocr_model.lifecycle import config_of_model, wanted_of_model
from ocr_model.ocr import usable_cores
from ocr_model.schema import INTERRUPTED

# Settings that may change when a batch is resumed: they do not affect the rows.
PACE = frozenset(
    {
        *("timeout_s", "concurrency", "requests_per_minute"),
        *("trace_content", "cache", "cache_path", *RETIRED),
    }
)
# A call ends with its last page, which keeps slots idle: more pages per call reduce that; but an
# interrupted call leaves its finished pages only in the cache.
_PAGES_PER_SLOT = 16
LOG_ONE_WITH_FIELDS = (
    "Log one with python -m scripts.log_model --fields fields.yaml, or write whole rows: an output "
    "that ends in .jsonl or .parquet, without columns=fields."
)
# After this many faults of the endpoint in a row, it counts as down.
_GIVE_UP_AFTER = 32
Columns = Literal["row", "fields"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Input, model and output of a batch. `settings` are operational.

    `columns` are those of the row, or one per field; a CSV file always has the latter.
    """

    model_uri: str
    documents: str
    output: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    traces: bool = False
    columns: Columns = "row"


@dataclass(frozen=True, slots=True)
class BatchResult:
    """`stopped` says why the batch stopped; then there is no output.

    Of all `documents`, `before` were read by earlier commands.
    """

    summary: BatchSummary
    documents: int
    before: int = 0
    stopped: str | None = None


def refuse_batch(documents: str, output: Path, settings: Mapping[str, Any]) -> None:
    """Check the batch before a model is loaded.

    Raises:
        ConfigError: there are no documents, a setting may not be changed, or the output cannot be
            written.
    """
    refuse_output(output)
    if not BatchFolder(output).is_begun:
        next(find_documents(documents))
    if pinned := sorted(with_new_names(settings).keys() - OPERATIONAL - RETIRED.keys()):
        raise ConfigError(
            f"A model pins its settings, got {', '.join(pinned)} beside it. Log a model "
            f"with them (python -m scripts.log_model); {', '.join(sorted(OPERATIONAL))} may differ."
        )


def extract_batch(batch: Batch) -> BatchResult:
    """Read all documents without a row, then create the output.

    Raises:
        ConfigError: the setup is wrong, or the unfinished batch here is another one.
        OcrModelError: the model could not be loaded or its process died; finished rows are kept.
        KeyboardInterrupt: documents in flight were finished; finished rows are kept.
    """
    config = config_of_batch(batch)
    wanted = columns_of_batch(batch, config)
    model = mlflow.models.get_model_info(batch.model_uri)
    folder = BatchFolder(batch.output)
    folder.begin(_manifest(batch, model.model_id), find_documents(batch.documents))
    with folder.documents_to_do() as (documents, count):
        exit_code, before = 0, folder.total - count
        if before:
            say(f"Going on    {before:,} of {folder.total:,} documents were read before")
        if count:
            job = _job(batch, config, folder.total, before)
            exit_code = run_extraction(job, documents, folder.rows)
    if exit_code not in (0, GAVE_UP):
        raise OcrModelError(
            f"Expected {batch.model_uri} to load and to read {count:,} documents, but its process "
            f"ended with exit code {exit_code}; its messages are above. Finished rows are in "
            f"{folder.path}: run the same command to resume."
        )
    summary = summarize(folder.finished_rows())
    if exit_code == GAVE_UP or summary.outcomes.keys() <= INTERRUPTED:
        return BatchResult(summary, folder.total, before, summary.complaint or "")
    assert model.signature is not None
    write_rows(
        folder.finished_rows(),
        batch.output,
        folder.path / "output",
        model.signature.outputs,
        wanted,
    )
    folder.remove()
    return BatchResult(summary, folder.total, before)


def config_of_batch(batch: Batch) -> ExtractorConfig:
    """The settings of this batch."""
    logged = config_of_model(batch.model_uri)
    return parse_config({**logged.model_dump(), **batch.settings}, logged=True)


def columns_of_batch(batch: Batch, config: ExtractorConfig) -> WantedFields | None:
    """The fields that become columns of the output; None if it has the columns of the row.

    Raises:
        ConfigError: the model has no fields, or two columns would have the same name.
    """
    if not by_field(batch.output, batch.columns):
        return None
    wanted = wanted_of_model(batch.model_uri, config.fields)
    if wanted is None:
        raise ConfigError(
            f"Expected a model with fields, as {batch.output.name} has a column per field; "
            f"{batch.model_uri} has none. {LOG_ONE_WITH_FIELDS}"
        )
    column_names(wanted)
    return wanted


def by_field(output: Path, columns: Columns) -> bool:
    """Whether the output has a column per field."""
    return columns == "fields" or output.suffix == ".csv"


def _manifest(batch: Batch, model_id: str | None) -> dict[str, Any]:
    """The facts that must be the same to resume."""
    given = with_new_names(batch.settings)
    settings = {key: value for key, value in given.items() if key not in PACE}
    return {
        "model": batch.model_uri,
        "model_id": model_id,
        "input": batch.documents,
        "settings": settings,
    }


def _job(batch: Batch, config: ExtractorConfig, total: int, done: int) -> ExtractionJob:
    """An LLM's finished pages are in the cache, the local engine's only in written rows."""
    llm = config.engine == "llm"
    per_call = _PAGES_PER_SLOT * config.concurrency if llm else 1
    return ExtractionJob(
        batch.model_uri,
        total,
        done,
        # The limits for a server's request must not refuse documents of our own batch.
        settings={"max_request_pages": per_call * config.max_pages, **batch.settings},
        calls=1 if llm else min(config.concurrency, usable_cores()),
        per_call=per_call,
        max_bytes=config.max_document_bytes,
        give_up_after=_GIVE_UP_AFTER,
        traces=batch.traces,
    )
