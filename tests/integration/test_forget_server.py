"""`forget` through a real MLflow server: its disk then holds what the receipt says it does."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow
import pytest

from ocr_model.commands import run
from scripts.workshop.model_server import free_port, wait_until_healthy
from tests.support.canaries import (
    PAIRS,
    found_in,
    pictures_in,
    pictures_sent,
    reads_canaries,
    write_canary_forms,
)
from tests.support.endpoint import Endpoint

pytestmark = [pytest.mark.integration, pytest.mark.slow]

GONE, OTHER = PAIRS


@contextmanager
def tracking_server(folder: Path) -> Iterator[str]:
    """With its database and, behind its proxy, its artefacts below a folder of its own."""
    port, log = free_port(), folder.with_suffix(".log")
    argv = ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--workers", "1"]
    argv += ["--artifacts-destination", str(folder / "artifacts"), "--port", str(port)]
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", *argv],
            cwd=folder,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        wait_until_healthy(port, process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        process.wait(30)


def test_a_server_keeps_what_the_receipt_says_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, forms = tmp_path / "server", write_canary_forms(tmp_path / "forms")
    for folder in (disk, tmp_path / "work"):
        folder.mkdir()
    monkeypatch.chdir(tmp_path / "work")
    # Of a test before, in another store.
    monkeypatch.delenv("MLFLOW_EXPERIMENT_ID", raising=False)
    monkeypatch.setattr("mlflow.tracking.fluent._active_experiment_id", None)
    form = forms / "images" / "form-0.png"
    digest = hashlib.sha256(form.read_bytes()).hexdigest()
    with tracking_server(disk) as uri, Endpoint(reads_canaries) as endpoint:
        for name, value in {**endpoint.environment, "MLFLOW_TRACKING_URI": uri}.items():
            monkeypatch.setenv(name, value)
        mlflow.set_tracking_uri(uri)
        try:
            llm = {"engine": "llm", "llm": "test-llm", "data": forms}
            assert run("evaluate", **llm, settings='{"trace_content": "full"}') == 0
            model = "models:/ocr-extractor/1"
            asked = {"input": str(forms / "images"), "output": "rows.jsonl", "traces": "on"}
            assert run("extract", **asked, model_uri=model) == 0
            mlflow.flush_trace_async_logging()
            sent = pictures_sent(endpoint, 0)
            assert pictures_in(disk, sent)
            assert len(found_in(disk, GONE)) == 3
            forget = {"documents": [digest], "rows": "rows.jsonl", "erase": True}
            assert run("forget", **forget, receipt="receipt.json") == 0
        finally:
            mlflow.set_tracking_uri(None)
    assert found_in(disk, GONE).keys() <= {"mlflow.db"}
    assert pictures_in(disk, sent) == set()
    assert len(found_in(disk, OTHER)) == 2
    places = json.loads(Path("receipt.json").read_text("utf-8"))["places"]
    left = {line["place"]: line["reason"] for line in places if line["state"] == "left to others"}
    assert "sqlite3 mlflow.db" in left[uri]
    assert "behind mlflow-artifacts" in left["artefact store"]
    assert {line["state"] for line in places} == {"erased", "left to others"}
    # What the receipt says is to be done, done.
    with contextlib.closing(sqlite3.connect(disk / "mlflow.db")) as database:
        database.execute("VACUUM")
    assert found_in(disk, GONE) == {}
