"""Run a model's packaged code on documents in a separate process, for evaluation and batch."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import mlflow

from ocr_model.isolated.child_process import run_child
from ocr_model.lifecycle import content_kept, settings_for

_PROCESS = Path(__file__).with_name("extraction_process.py")
GAVE_UP = 3
# How a process that reads many pages stores their traces (docs/llm-path.md, what a trace costs).
TRACE_EXPORT = {
    # Cached pages come faster than MLflow stores traces; beyond 1,000 waiting it drops them.
    "MLFLOW_ASYNC_TRACE_LOGGING_MAX_QUEUE_SIZE": "100000",
    # Spans in few large transactions by one thread: MLflow's ten wait for SQLite's lock and take
    # the interpreter from the pages.
    "MLFLOW_ASYNC_TRACE_LOGGING_MAX_WORKERS": "1",
    "MLFLOW_ASYNC_TRACE_LOGGING_MAX_SPAN_BATCH_SIZE": "512",
    "MLFLOW_ASYNC_TRACE_LOGGING_MAX_INTERVAL_MILLIS": "1000",
}


@dataclass(frozen=True, slots=True)
class ExtractionJob:
    """The documents and how to read them. `settings` are operational settings of the model.

    The job has `total` documents, of which `done` were read before. Files larger than `max_bytes`
    are not opened. After `give_up_after` failures of the endpoint in a row, or an `aborted` row,
    the process ends with `GAVE_UP`; 0: it always continues to the end.
    """

    model_uri: str
    total: int
    done: int = 0
    settings: Mapping[str, object] = field(default_factory=dict)
    calls: int = 1
    per_call: int = 8
    max_bytes: int = sys.maxsize
    give_up_after: int = 0
    traces: bool = True


def run_extraction(job: ExtractionJob, documents: Path, rows: Path) -> int:
    """Append a row to `rows` for every line of `documents`; return the exit code of the process.

    Both are JSON Lines: `row`, `path` and `document_id` in, `row` and the model's columns out, in
    the order in which they finish. Traces go to the active run's experiment.

    Raises:
        KeyboardInterrupt: after the process has finished the documents in flight.
    """
    content = content_kept(job.model_uri, job.settings)
    settings, may_be_traced = settings_for(job.model_uri, job.settings, content)
    given = {
        **asdict(job),
        "documents": str(documents),
        "rows": str(rows),
        "settings": settings,
        "traces": job.traces and may_be_traced,
    }
    return run_child([sys.executable, "-P", str(_PROCESS), json.dumps(given)], _environment())


def _environment() -> dict[str, str]:
    environment = {key: value for key, value in os.environ.items() if key != "MLFLOW_RUN_ID"}
    environment["MLFLOW_TRACKING_URI"] = mlflow.get_tracking_uri()
    environment = {**TRACE_EXPORT, **environment}
    # glibc gives each thread an arena that keeps what was freed: 70 MB more after 5,000 documents.
    environment.setdefault("MALLOC_ARENA_MAX", "2")
    if (run := mlflow.active_run()) is not None:
        environment["MLFLOW_EXPERIMENT_ID"] = run.info.experiment_id
    return environment
