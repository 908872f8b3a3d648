"""Follow links between trace, run, model version, prompt version and dataset."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

import mlflow
from mlflow import MlflowClient
from mlflow.entities import LoggedModel, Run, Trace
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from ocr_model.errors import ConfigError
from ocr_model.lifecycle.dataset import datasets_of
from ocr_model.lifecycle.registry import CHAMPION, uri_of
from ocr_model.lifecycle.store import shown_store

_TRACE_PREFIX = "tr-"
_PARENT_TAG = "mlflow.parentRunId"
_SCORED_BY_RUN = "mlflow.assessment.sourceRunId"
_VERSIONS_TAG = "mlflow.modelVersions"


class Member(NamedTuple):
    """One member of a chain: its kind, and how to find it."""

    kind: str
    text: str


def lineage_of(identifier: str) -> list[Member]:
    """The chain through a trace (`tr-…`) or a run, every member once.

    The chains of its child runs follow a comparison or a judgement.

    Raises:
        ConfigError: the tracking store has no such trace or run.
    """
    if identifier.startswith(_TRACE_PREFIX):
        return list(_of_trace(identifier))
    return list(_of_run(_run(identifier)))


def _of_trace(trace_id: str) -> Iterator[Member]:
    trace = mlflow.get_trace(trace_id, silent=True)
    if trace is None:
        raise ConfigError(f"Expected a trace in {shown_store()}, got {trace_id!r}.")
    tags = trace.info.tags
    text = ", ".join(tags[key] for key in ("document_id", "outcome") if key in tags)
    yield Member("trace", f"{trace_id}  {text}")
    runs = _runs_of(trace)
    for run_id in runs:
        yield from _of_run(_run(run_id))
    if not runs:
        yield Member("run", "none: this document was not read in an evaluation")
        model_id = trace.info.trace_metadata.get("mlflow.modelId")
        yield from _of_model(model_id) if model_id else ()


def _runs_of(trace: Trace) -> list[str]:
    """The evaluations that scored it: MLflow records the run on every score."""
    noted = [(score.metadata or {}).get(_SCORED_BY_RUN) for score in trace.info.assessments or []]
    return list(dict.fromkeys(run_id for run_id in noted if run_id))


def _run(run_id: str) -> Run:
    try:
        return mlflow.get_run(run_id)
    except MlflowException as err:
        raise ConfigError(
            f"Expected a trace (tr-…) or a run in {shown_store()}, got {run_id!r}: {err.message}"
        ) from err


def _of_run(run: Run) -> Iterator[Member]:
    experiment = mlflow.get_experiment(run.info.experiment_id).name
    run_id = run.info.run_id
    text = f"{run_id}  {run.info.run_name}, {run.info.status.lower()}, experiment {experiment}"
    yield Member("run", text)
    parent = run.data.tags.get(_PARENT_TAG)
    if parent:
        yield Member("parent run", f"{parent}  {_run(parent).info.run_name}")
    for model in run.inputs.model_inputs if run.inputs else ():
        yield from _of_model(model.model_id)
    for dataset in datasets_of(run):
        source = json.loads(dataset.source)
        found = source.get("uri") or source.get("dataset_id")
        yield Member("dataset", f"{dataset.name}  digest {dataset.digest}, {found}")
    traces = _count_traces(run)
    if traces:
        yield Member("traces", f"{traces}  tab Traces of the run")
    for child in _children_of(run):
        yield from _of_run(child)


def _of_model(model_id: str) -> Iterator[Member]:
    try:
        model = mlflow.get_logged_model(model_id)
    except MlflowException:
        yield Member("model", f"{model_id}  deleted")
        return
    for version in _versions_of(model):
        champion = f", {CHAMPION}" if CHAMPION in version.aliases else ""
        verdict = version.tags.get("gate_verdict")
        judged = f", judged {verdict!r} by run {version.tags['gate_run_id']}" if verdict else ""
        yield Member("model", f"{uri_of(version)}  {model_id}{champion}{judged}")
    uri, sha256 = (model.params.get(key, "") for key in ("prompt_uri", "prompt_sha256"))
    if uri:
        yield Member("prompt", f"{uri}  sha256 {sha256}")
    if fields := model.params.get("fields", ""):
        yield Member("fields", f"{fields}  snapshot.json of the model")


def _versions_of(model: LoggedModel) -> list[ModelVersion]:
    client = MlflowClient()
    named = json.loads(model.tags.get(_VERSIONS_TAG, "[]"))
    return [client.get_model_version(item["name"], str(item["version"])) for item in named]


def _count_traces(run: Run) -> int:
    found = mlflow.search_traces(
        locations=[run.info.experiment_id],
        run_id=run.info.run_id,
        return_type="list",
        include_spans=False,
    )
    return len(found)


def _children_of(run: Run) -> list[Run]:
    found = MlflowClient().search_runs(
        [run.info.experiment_id],
        f"tags.`{_PARENT_TAG}` = '{run.info.run_id}'",
        order_by=["attributes.start_time ASC"],
    )
    # Runs from a search have no model inputs (MLflow 3.17).
    return [mlflow.get_run(child.info.run_id) for child in found]
