"""Every run of the store, and what artifact stores keep of deleted files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from mlflow import MlflowClient
from mlflow.entities import Run, ViewType
from mlflow.store.artifact.artifact_repo import ArtifactRepository

_PAGE = 500


def all_runs(client: MlflowClient) -> Iterator[Run]:
    experiments = [one.experiment_id for one in client.search_experiments(ViewType.ALL)]
    token = None
    while experiments:
        page = client.search_runs(
            experiments, run_view_type=ViewType.ALL, max_results=_PAGE, page_token=token
        )
        yield from page
        token = page.token
        if not token:
            return


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
