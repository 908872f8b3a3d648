"""`train --fields`: a finder of fields, from a folder to a served model."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path

import mlflow
import pandas as pd
import pytest

from ocr_model.commands import script
from ocr_model.commands.cli import SAMPLE
from ocr_model.finder import documents_of
from ocr_model.linker import sha256_of

INVOICES = SAMPLE.with_name("invoices")


@pytest.mark.integration
@pytest.mark.slow
def test_a_finder_is_trained_judged_logged_and_served(
    mlflow_store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "mine"
    shutil.copytree(INVOICES, data)
    (data / "images" / "broken.png").write_bytes(b"no picture")
    (data / "fields" / "broken.json").write_text('{"number": "1"}')
    (data / "fields" / "harrow_1.json").write_text('{"supplier": "Nobody at all"}')
    fields = str(data / "fields.yaml")
    argv = ["--data", str(data), "--fields", fields, "--folds", "3", "--words", str(tmp_path)]
    assert script("train", argv) == 0
    told = capsys.readouterr().out
    assert "Left out  broken: " in told
    assert "Not learned  paid (boolean), items (table)" in told
    assert "Not on its pages  supplier of harrow_1" in told
    assert "Documents  12 in" in told
    assert re.search(r"^supplier +0\.\d\d \[.*\] +0\.00 \[0\.00, 0\.00\]", told, re.MULTILINE)
    assert "12 documents: F1 " in told

    [run] = mlflow.search_runs(output_format="list")
    metrics = run.data.metrics
    assert metrics["cv/field_f1_normalized"] > metrics["without/field_f1_normalized"]
    assert metrics["cv/field_f1_normalized/supplier"] > 0.5
    assert {"cv/confidence_ece", "cv/coverage_at_95_precision"} <= metrics.keys()
    uri = f"runs:/{run.info.run_id}/finder.npz"
    weights = Path(mlflow.artifacts.download_artifacts(uri)).read_bytes()
    assert run.data.tags["finder_sha256"] == sha256_of(weights)
    images = [path for path in (data / "images").iterdir() if path.stem != "broken"]
    assert sorted(documents_of(weights)) == sorted(sha256_of(i.read_bytes()) for i in images)
    assert f"Use it  python -m scripts.log_model --fields {fields} --finder {uri}" in told

    assert script("log_model", ["--fields", fields, "--finder", uri]) == 0
    model = mlflow.pyfunc.load_model("models:/ocr-extractor/1")
    picture = base64.b64encode((data / "images" / "oakmere_2.png").read_bytes()).decode()
    [found] = model.predict(pd.DataFrame({"image": [picture]}))["fields"]
    supplier = next(field for field in found if field["name"] == "supplier")
    assert (supplier["status"], supplier["value"]) == ("found", "Oakmere Garden Supply")
    assert supplier["box"] is not None
    assert supplier["confidence"] > 0.5


def test_a_finder_without_fields_is_refused(
    mlflow_store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "finder.npz").write_bytes(b"none")
    argv = ["--finder", str(tmp_path / "finder.npz")]
    assert script("log_model", argv) != 0
    assert "Expected the weights of a finder" in capsys.readouterr().err


def test_fields_of_which_none_can_be_learned_are_refused(
    mlflow_store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fields = tmp_path / "fields.yaml"
    fields.write_text("fields: [{name: paid, type: boolean}]")
    argv = ["--data", str(INVOICES), "--fields", str(fields)]
    assert script("train", argv) != 0
    assert "Expected a field of type currency, date, number, text" in capsys.readouterr().err
