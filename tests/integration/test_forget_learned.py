"""`forget` names the models and weights that were really trained on a document, by digest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import mlflow
import pytest

from ocr_model.commands import run
from ocr_model.commands.cli import SAMPLE
from tests.support.drawn_pages import write_forms

pytestmark = [pytest.mark.integration, pytest.mark.slow]

INVOICES = SAMPLE.with_name("invoices")


def kept_of(document: Path, receipt: str) -> dict[str, str]:
    """Place -> what stays there, as the receipt says after an erasure."""
    digest = hashlib.sha256(document.read_bytes()).hexdigest()
    words = Path("words")
    assert list(words.glob(f"*/{digest}.json"))
    assert run("forget", documents=[digest], erase=True, receipt=receipt, words=words) == 0
    assert not list(words.glob(f"*/{digest}.json"))
    places = json.loads(Path(receipt).read_text("utf-8"))["places"]
    return {line["place"]: line["what"] for line in places if line["state"] == "kept"}


def content_of(version: int) -> str:
    tags = mlflow.MlflowClient().get_model_version("ocr-extractor", str(version)).tags
    return str(tags["content_sha256"])


def weights_of(what: str) -> tuple[str, str]:
    """URI and SHA-256 of what was trained."""
    [trained] = mlflow.search_runs(
        search_all_experiments=True,
        filter_string=f"tags.{what}_sha256 LIKE '%'",
        output_format="list",
    )
    uri = f"runs:/{trained.info.run_id}/{what}.npz"
    weights = Path(mlflow.artifacts.download_artifacts(uri)).read_bytes()
    return uri, hashlib.sha256(weights).hexdigest()


def test_a_linker_a_finder_and_a_calibration_are_listed_with_their_models(
    mlflow_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    words = tmp_path / "words"
    drawn = write_forms(tmp_path / "drawn", words, 12)
    assert run("log_model") == 0
    assert run("calibrate", data=drawn, model_uri="models:/ocr-extractor/1") == 0
    assert run("train", data=drawn, words=words, folds=2, curve="") == 0
    linker, linker_sha256 = weights_of("linker")
    assert run("log_model", linker=linker) == 0
    fields = str(INVOICES / "fields.yaml")
    assert run("train", data=INVOICES, fields=fields, words=words, folds=3) == 0
    finder, finder_sha256 = weights_of("finder")
    assert run("log_model", fields=fields, finder=finder) == 0

    assert kept_of(drawn / "images" / "form00.png", "1.json") == {
        "models:/ocr-extractor/2": f"model, sha256 {content_of(2)}, by its calibration",
        "models:/ocr-extractor/3": f"model, sha256 {content_of(3)}, by its linker",
        linker: f"weights, sha256 {linker_sha256}",
    }
    assert kept_of(next((INVOICES / "images").iterdir()), "2.json") == {
        "models:/ocr-extractor/4": f"model, sha256 {content_of(4)}, by its finder",
        finder: f"weights, sha256 {finder_sha256}",
    }
