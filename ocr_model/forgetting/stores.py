"""Every run of the store, and what artifact stores keep of deleted files."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import mlflow
from mlflow.entities import Run, ViewType
from mlflow.store.artifact.artifact_repo import ArtifactRepository


def all_runs() -> list[Run]:
    ids = [one.experiment_id for one in mlflow.search_experiments(ViewType.ALL)]
    if not ids:  # MLflow would take those of the active one
        return []
    return mlflow.search_runs(
        ids, run_view_type=ViewType.ALL, max_results=sys.maxsize, output_format="list"
    )


def scheme_of(uri: str) -> str:
    """s3://bucket/1 -> s3; mlflow-artifacts:/1 -> mlflow-artifacts; /disk/1 -> file."""
    return urlsplit(uri).scheme or "file"


def versions_behind(*schemes: str) -> str:
    """Why their files are left to others, and what these can do."""
    return (
        f"old versions, where the store behind {', '.join(schemes)} keeps them: whoever runs it "
        "deletes them, or lets them expire"
    )


def read_artifact(repository: ArtifactRepository, path: str) -> bytes:
    """Read an artifact without leaving a copy on this machine."""
    with tempfile.TemporaryDirectory() as folder:
        file = repository.download_artifacts(path, folder)  # type: ignore[no-untyped-call]
        return Path(file).read_bytes()
