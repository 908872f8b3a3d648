"""MLflow's data on a model in production: its last evaluation as baseline, and its traces."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import mlflow
from mlflow.entities import Trace
from mlflow.exceptions import MlflowException

from ocr_model.errors import ConfigError

PROFILE_FILE = "profile.json"
_SOURCE_RUN = "mlflow.sourceRun"
_MODEL_ID = "mlflow.modelId"
_PAGE = 200


def baseline_of(model_uri: str, model_id: str | None) -> tuple[str, dict[str, Any]]:
    """The run of this model's last evaluation, and its profile.

    Raises:
        ConfigError: it was never evaluated, or only by a version that stored no profile.
    """
    noted = [] if model_id is None else mlflow.get_logged_model(model_id).metrics or []
    runs = (metric.run_id for metric in sorted(noted, key=lambda metric: -metric.timestamp))
    for run_id in dict.fromkeys(run_id for run_id in runs if run_id):
        try:
            return run_id, mlflow.artifacts.load_dict(f"runs:/{run_id}/{PROFILE_FILE}")
        except MlflowException:  # a run of an earlier version
            continue
    raise ConfigError(
        f"Expected an evaluation of {model_uri} to hold production against, got none with a "
        f"{PROFILE_FILE}. Evaluate it once: evaluate --model-uri {model_uri}."
    )


def production_rows(
    experiment: str, model_id: str | None, days: float, most: int
) -> Iterator[tuple[dict[str, Any], float | None]]:
    """Partial rows from traces, newest first, with costs in USD: traces of this model in the last
    `days` without a run (traces of evaluations have one).

    Raises:
        ConfigError: there is no such experiment.
    """
    found = mlflow.get_experiment_by_name(experiment) or _by_id(experiment)
    if found is None:
        raise ConfigError(f"Expected the name or id of an experiment, got {experiment!r}.")
    since = datetime.now(UTC) - timedelta(days=days)
    terms = [f"trace.timestamp_ms > {int(since.timestamp() * 1000)}"]
    client, token, count = mlflow.MlflowClient(), None, 0
    while count < most:
        batch = client.search_traces(
            locations=[found.experiment_id],
            filter_string=" AND ".join(terms),
            max_results=min(_PAGE, most - count),
            order_by=["timestamp_ms DESC"],
            page_token=token,
        )
        for trace in batch:
            metadata = trace.info.trace_metadata
            if _SOURCE_RUN in metadata or metadata.get(_MODEL_ID) != model_id:
                continue
            if row := _row_of(trace):
                count += 1
                yield row
        token = batch.token
        if not token:
            return


def _by_id(experiment: str) -> Any:
    return mlflow.get_experiment(experiment) if experiment.isdigit() else None


def _row_of(trace: Trace) -> tuple[dict[str, Any], float | None] | None:
    """None if the trace is not a document's."""
    info, root = trace.info, trace.data.spans[0] if trace.data.spans else None
    if root is None or root.name != "extract" or "outcome" not in info.tags:
        return None
    inputs, outputs = root.inputs or {}, root.outputs or {}
    usage = info.token_usage or {}
    cached = info.tags.get("cached") == "true"
    row = {
        "document_id": info.tags.get("document_id", ""),
        "sha256": inputs.get("sha256"),
        "outcome": info.tags["outcome"],
        "error": outputs.get("error"),
        "pairs": outputs.get("pairs") or {},
        "pages": inputs.get("pages"),
        "prompt_tokens": usage.get("input_tokens"),
        "completion_tokens": usage.get("output_tokens"),
        "latency_ms": info.execution_duration,
        "cached": cached,
        "trace_id": info.trace_id,
    }
    cost = info.cost
    return row, cost["total_cost"] if cost else None
