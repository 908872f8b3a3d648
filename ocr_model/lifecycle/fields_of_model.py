"""A logged model -> its snapshot and its fields."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import mlflow

from ocr_model.fields import WantedFields, pinned_fields
from ocr_model.pyfunc_model import FIELDS, SNAPSHOT_ARTIFACT


def wanted_of_model(model_uri: str, setting: str) -> WantedFields | None:
    """The fields inside a logged model, if its settings name some.

    Raises:
        ConfigError: they differ from those that were logged.
    """
    if not setting:
        return None
    return pinned_fields(setting, snapshot_of_model(model_uri).get(FIELDS))


def snapshot_of_model(model_uri: str) -> dict[str, Any]:
    """The snapshot that was logged with a model: prompt, settings, fields."""
    uri = f"{model_uri}/artifacts/{SNAPSHOT_ARTIFACT}.json"
    with tempfile.TemporaryDirectory() as folder:
        path = mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=folder)
        snapshot: dict[str, Any] = json.loads(Path(path).read_text("utf-8"))
    return snapshot
