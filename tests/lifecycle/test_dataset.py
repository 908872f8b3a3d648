from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path

import mlflow
import pytest
from mlflow.genai.datasets import search_datasets

from ocr_model.errors import ConfigError, DatasetError
from ocr_model.forms.funsd import load_forms
from ocr_model.lifecycle.dataset import (
    dataset_digest,
    datasets_of,
    folder_last_evaluated,
    log_dataset,
)
from tests.support.forms import write_forms


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_forms(tmp_path / "claims", 3)


def test_digest_is_of_the_content_not_of_place_and_order(folder: Path, tmp_path: Path) -> None:
    forms = load_forms(folder)
    elsewhere = load_forms(shutil.copytree(folder, tmp_path / "copy"))
    assert dataset_digest(forms) == dataset_digest(elsewhere[::-1])
    assert len(dataset_digest(forms)) == 32


@pytest.mark.parametrize("changed", ["label", "image", "fewer"])
def test_digest_changes_with_the_content(folder: Path, changed: str) -> None:
    before = dataset_digest(load_forms(folder))
    annotation = folder / "annotations" / "form-01.json"
    if changed == "label":
        annotation.write_text(annotation.read_text().replace('"Bonn"', '"Rome"'))
    elif changed == "image":
        image = folder / "images" / "form-01.png"
        image.write_bytes(image.read_bytes() + b"\0")
    else:
        annotation.unlink()
    assert dataset_digest(load_forms(folder)) != before


def test_run_gets_the_forms_as_inputs_with_their_digest_and_expectations(
    mlflow_store: str, folder: Path
) -> None:
    forms = load_forms(folder)
    with mlflow.start_run() as run:
        digest = log_dataset(forms)
    table, evaluation = datasets_of(mlflow.get_run(run.info.run_id))
    assert (table.name, table.digest) == ("claims", digest)
    assert json.loads(table.source) == {"uri": folder.as_uri()}
    [held] = search_datasets(filter_string=f"name = '{evaluation.name}'")
    assert held.tags["digest"] == digest
    records = held.to_df()
    expected = {
        inputs["document_id"]: expectations
        for inputs, expectations in zip(records["inputs"], records["expectations"], strict=True)
    }
    assert expected["form-01"] == {"pairs": {"Name:": ["Ann 1"], "Town:": ["Bonn 1"]}}
    assert len(expected) == 3


def test_same_forms_are_one_evaluation_dataset_also_from_another_experiment(
    mlflow_store: str, folder: Path, tmp_path: Path
) -> None:
    forms = load_forms(folder)
    with mlflow.start_run():
        log_dataset(forms)
    other = mlflow.create_experiment("other", artifact_location=str(tmp_path / "other"))
    with mlflow.start_run(experiment_id=other):
        log_dataset(forms)
    [held] = search_datasets(filter_string="name LIKE 'forms-%'")
    assert other in held.experiment_ids
    assert len(held.to_df()) == 3


def test_records_that_a_dead_run_did_not_write_are_added(mlflow_store: str, folder: Path) -> None:
    forms = load_forms(folder)
    with mlflow.start_run():
        log_dataset(forms)
        [held] = search_datasets(filter_string="name LIKE 'forms-%'")
        held.delete_records([held.to_df()["dataset_record_id"][0]])
        log_dataset(forms)
    [held] = search_datasets(filter_string="name LIKE 'forms-%'")
    assert len(held.to_df()) == 3


def test_store_without_evaluation_datasets_is_told_and_does_with_the_first(
    tmp_path: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setattr(logging.getLogger("mlflow"), "propagate", True)
    mlflow.set_tracking_uri((tmp_path / "files").as_uri())
    experiment = mlflow.create_experiment("files")
    with mlflow.start_run(experiment_id=experiment) as run:
        digest = log_dataset(load_forms(folder))
    [table] = datasets_of(mlflow.get_run(run.info.run_id))
    mlflow.set_tracking_uri(None)
    assert table.digest == digest
    assert "keeps no evaluation dataset" in caplog.text


def test_no_forms_are_no_dataset(mlflow_store: str) -> None:
    with pytest.raises(DatasetError, match="at least one labelled form"):
        log_dataset([])


def test_forms_need_a_run_to_be_logged_to(mlflow_store: str, folder: Path) -> None:
    with pytest.raises(ConfigError, match="an active MLflow run"):
        log_dataset(load_forms(folder))


def test_folder_is_that_of_the_models_last_evaluation_that_still_exists(
    mlflow_store: str, tmp_path: Path
) -> None:
    model_id = mlflow.initialize_logged_model("m").model_id
    for name in ("first", "second", "gone"):
        forms = load_forms(write_forms(tmp_path / name, 1))
        with mlflow.start_run() as run:
            log_dataset(forms)
        mlflow.log_metrics({"pair_f1_normalized": 0.5}, run_id=run.info.run_id, model_id=model_id)
    shutil.rmtree(tmp_path / "gone")
    assert folder_last_evaluated(model_id) == tmp_path / "second"


def test_model_that_was_never_evaluated_has_no_folder(mlflow_store: str) -> None:
    assert folder_last_evaluated(mlflow.initialize_logged_model("m").model_id) is None
    assert folder_last_evaluated(None) is None


def test_true_fields_are_part_of_the_content_and_of_what_is_expected(
    mlflow_store: str, folder: Path
) -> None:
    before = dataset_digest(load_forms(folder))
    (folder / "fields").mkdir()
    for number in range(3):
        (folder / "fields" / f"form-{number:02}.json").write_text('{"total": null}')
    assert dataset_digest(load_forms(folder)) != before
    shutil.rmtree(folder / "annotations")
    with mlflow.start_run():
        log_dataset(load_forms(folder))
    [held] = search_datasets(filter_string="name LIKE 'forms-%'")
    assert held.to_df()["expectations"].tolist() == [{"fields": {"total": None}}] * 3
