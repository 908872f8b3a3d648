"""Identify a set of labelled forms by its content, and log it to an MLflow run.

Knows nothing of models and scores.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import mlflow
import pandas as pd
from mlflow.data.pandas_dataset import from_pandas
from mlflow.data.sources import (  # type: ignore[attr-defined]  # made when it is imported
    LocalArtifactDatasetSource,
)
from mlflow.entities import Dataset as DatasetEntity
from mlflow.entities import Run
from mlflow.exceptions import MlflowException
from mlflow.genai.datasets import (
    EvaluationDataset,
    add_dataset_to_experiments,
    create_dataset,
)

from ocr_model.errors import ConfigError, DatasetError
from ocr_model.forms import Form, holds_labels
from ocr_model.lifecycle.store import find_datasets, shown_store

_log = logging.getLogger(__name__)

CONTEXT = "evaluation"
_CONTEXT_TAG = "mlflow.data.context"
# MLflow's column for digests has 36 characters.
_DIGEST_CHARS = 32
_NAME_CHARS = 12


def dataset_digest(forms: Sequence[Form]) -> str:
    """The digest of the forms' images and labels, independent of order and folder."""
    return _digest_of(_records(forms))


def log_dataset(forms: Sequence[Form], *, with_text: bool = True) -> str:
    """Log the forms as an input of the active run, twice, and return their digest.

    Once as a dataset of `mlflow.data`, which the run's page shows with its digest and folder; once
    as an evaluation dataset, whose records have the expected pairs and fields of every form. If the
    tracking store does not support evaluation datasets, a warning says so and only the first is
    logged; the same applies if no text may be stored.
    """
    if not forms:
        raise DatasetError("Expected at least one labelled form to evaluate on, got none.")
    experiment_id = _active_experiment_id()
    records = _records(forms)
    digest = _digest_of(records)
    folder = forms[0].image_path.resolve().parent.parent
    source = LocalArtifactDatasetSource(folder.as_uri())
    targets = "pairs" if forms[0].annotated else "fields"
    table = from_pandas(
        _table(records), source=source, targets=targets, name=folder.name, digest=digest
    )
    mlflow.log_input(table, context=CONTEXT)
    if not with_text:
        return digest
    try:
        mlflow.log_input(_evaluation_dataset(experiment_id, digest, records), context=CONTEXT)
    except (MlflowException, NotImplementedError) as err:
        _log.warning("%s keeps no evaluation dataset: %s", shown_store(), err)
    return digest


def folder_last_evaluated(model_id: str | None) -> Path | None:
    """The folder of the forms in this model's last evaluation; None if unknown.

    A folder that is not on this machine, or has no labels, as with an MLflow dataset, is skipped in
    favour of the previous one.
    """
    if model_id is None:
        return None
    noted = sorted(mlflow.get_logged_model(model_id).metrics or [], key=lambda m: -m.timestamp)
    for run_id in dict.fromkeys(metric.run_id for metric in noted if metric.run_id):
        for used in datasets_of(mlflow.get_run(run_id)):
            address = urlsplit(json.loads(used.source).get("uri", ""))
            folder = Path(url2pathname(address.path))
            if address.scheme == "file" and holds_labels(folder):
                return folder
    return None


def datasets_of(run: Run) -> list[DatasetEntity]:
    """The forms of a run's evaluation, without the traces that MLflow also logs as a dataset."""
    return [
        used.dataset
        for used in (run.inputs.dataset_inputs if run.inputs else ())
        if (_CONTEXT_TAG, CONTEXT) in [(tag.key, tag.value) for tag in used.tags]
    ]


def _records(forms: Sequence[Form]) -> list[dict[str, Any]]:
    """Records of an MLflow evaluation dataset, ordered by name."""
    return [
        {
            "inputs": {
                "document_id": form.name,
                "image_sha256": form.image_sha256,
            },
            "expectations": _expected(form),
        }
        for form in sorted(forms, key=lambda form: form.name)
    ]


def _expected(form: Form) -> dict[str, Any]:
    pairs = {"pairs": form.references} if form.annotated else {}
    return pairs if form.fields is None else {**pairs, "fields": form.fields}


def _digest_of(records: Sequence[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(records).encode()).hexdigest()[:_DIGEST_CHARS]


def _table(records: Sequence[dict[str, Any]]) -> pd.DataFrame:
    lines = [
        record["inputs"]
        | {name: json.dumps(expected) for name, expected in record["expectations"].items()}
        for record in records
    ]
    return pd.DataFrame(lines)


def _evaluation_dataset(
    experiment_id: str, digest: str, records: list[dict[str, Any]]
) -> EvaluationDataset:
    """One per content and tracking store, found by its name."""
    name = f"forms-{digest[:_NAME_CHARS]}"
    known = find_datasets(f"name = '{name}'")
    dataset = known[0] if known else create_dataset(name, experiment_id, {"digest": digest})
    if experiment_id not in dataset.experiment_ids:
        add_dataset_to_experiments(dataset.dataset_id, [experiment_id])
    # A run that died while writing the records left an incomplete dataset.
    held = json.loads(dataset.profile)["num_records"] if dataset.profile else 0
    return dataset if held == len(records) else dataset.merge_records(records)


def _active_experiment_id() -> str:
    run = mlflow.active_run()
    if run is None:
        raise ConfigError("Expected an active MLflow run to log the forms to, got none.")
    return str(run.info.experiment_id)
