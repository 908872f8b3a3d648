"""Records of an MLflow dataset are the forms they were written from, wherever these lie now."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow.genai.datasets import create_dataset

from ocr_model.errors import DatasetError
from ocr_model.forms import load_forms
from ocr_model.lifecycle.dataset import datasets_of, log_dataset
from ocr_model.lifecycle.recorded_forms import dataset_named, forms_of_dataset
from tests.support.forms import write_forms


def _record(path: Path, **expected: Any) -> dict[str, Any]:
    [form] = [form for form in load_forms(path.parent.parent) if form.image_path == path]
    inputs = {"document_id": "form", "image_sha256": form.image_sha256}
    return {"inputs": inputs, "expectations": expected}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_forms(tmp_path / "claims", 3)


@pytest.mark.parametrize(
    ("data", "name"),
    [("datasets:/claims", "claims"), (Path("datasets:/claims/"), "claims"), ("claims", None)],
)
def test_a_dataset_is_named_by_its_scheme(data: str | Path, name: str | None) -> None:
    assert dataset_named(data) == name


def test_what_an_evaluation_logged_is_read_again_from_anywhere(
    mlflow_store: str, folder: Path, tmp_path: Path
) -> None:
    forms = load_forms(folder)
    with mlflow.start_run() as run:
        log_dataset(forms)
    _, logged = datasets_of(mlflow.get_run(run.info.run_id))
    elsewhere = tmp_path / "elsewhere" / "deep"
    elsewhere.mkdir(parents=True)
    for number, form in enumerate(forms):
        shutil.copy(form.image_path, elsewhere / f"{number}.PNG")
    read = forms_of_dataset(logged.name, tmp_path / "elsewhere")
    assert [(form.name, form.references) for form in read] == [
        (form.name, form.references) for form in forms
    ]
    assert [form.image_sha256 for form in read] == [form.image_sha256 for form in forms]


def test_fields_blanks_and_names_that_are_alike(mlflow_store: str, folder: Path) -> None:
    first, second, third = sorted((folder / "images").iterdir())
    experiment = mlflow.get_experiment_by_name("test")
    assert experiment is not None
    dataset = create_dataset("claims", experiment.experiment_id)
    dataset.merge_records(
        [
            _record(first, pairs={"Name": ["Ann"], "Date": []}),
            _record(second, fields={"total": "9.00", "due": None}),
            {"inputs": {"question": "of another kind"}, "expectations": {"answer": "x"}},
        ]
    )
    fields, pairs = sorted(forms_of_dataset("claims", folder), key=lambda form: form.annotated)
    assert (pairs.references, pairs.blank_questions) == ({"Name": ["Ann"]}, ("Date",))
    assert (fields.fields, fields.annotated) == ({"total": "9.00", "due": None}, False)
    assert pairs.name == f"form {pairs.image_sha256[:8]}"
    assert forms_of_dataset(dataset.dataset_id, folder)[0].name.startswith("form ")
    dataset.merge_records([_record(third, pairs={"Name": "Ann"})])
    with pytest.raises(DatasetError, match="expected pairs as"):
        forms_of_dataset("claims", folder)


def test_what_is_not_there_is_named(mlflow_store: str, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"Expected an evaluation dataset .* datasets:/claims"):
        forms_of_dataset("claims", folder)
    experiment = mlflow.get_experiment_by_name("test")
    assert experiment is not None
    dataset = create_dataset("claims", experiment.experiment_id)
    with pytest.raises(DatasetError, match="Expected records with image_sha256"):
        forms_of_dataset("claims", folder)
    first = next((folder / "images").iterdir())
    dataset.merge_records([_record(first, pairs={"Name": ["Ann"]})])
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="1 are not there: form"):
        forms_of_dataset("claims", tmp_path / "empty")
    with pytest.raises(DatasetError, match="Expected a folder with the documents"):
        forms_of_dataset("claims", tmp_path / "nowhere")
