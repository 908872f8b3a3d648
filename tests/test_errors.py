"""Where a relative path was looked for stands in the error, whatever the path was for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, PERMISSION_DENIED

from ocr_model.bulk.listing import find_documents
from ocr_model.commands import run
from ocr_model.errors import OcrModelError, said_by_mlflow, where_looked
from ocr_model.fields import load_fields
from ocr_model.forms import choose_random_annotation_names
from ocr_model.forms.funsd_archive import FUNSD, fetch
from ocr_model.lifecycle.weights import linker_bytes
from ocr_model.scoring import load_scorers


@pytest.mark.parametrize("path", ["/work/scans", Path("/work/scans"), ""])
def test_an_absolute_path_needs_no_explanation(path: str | Path) -> None:
    assert where_looked(path) == ""


def test_a_relative_path_is_told_with_its_folder_and_what_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = where_looked("a/scans")
    assert f"'a/scans' was looked for in {tmp_path}" in told
    assert told.endswith("Give an absolute path, like /home/me/scans.")


LOOKED_FOR: dict[str, Callable[[], object]] = {
    "data": lambda: choose_random_annotation_names("nowhere", 0),
    "input": lambda: next(find_documents("nowhere/*.png")),
    "rules": lambda: load_fields(Path("nowhere.yaml")),
    "scorers": lambda: load_scorers("nowhere:dates"),
    "linker": lambda: linker_bytes("nowhere.npz"),
    "archive": lambda: fetch(FUNSD, Path("funsd"), Path("nowhere.zip")),
    "cache_path": lambda: run("cache", action="inspect", cache_path="nowhere.sqlite"),
    "file": lambda: run("evaluate", rules="nowhere.yaml"),
    "train": lambda: run("train", data=Path("nowhere")),
    "evaluate": lambda: run("evaluate", data=Path("nowhere")),
    "compare": lambda: run("compare", data=Path("nowhere"), llms="a,b"),
    "extract": lambda: run("extract", input="nowhere", output=Path("rows.jsonl")),
}


@pytest.mark.parametrize("parameter", LOOKED_FOR)
def test_every_path_that_is_not_found_names_the_folder_it_was_looked_for_in(
    parameter: str, tmp_path: Path, mlflow_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    with pytest.raises(OcrModelError) as caught:
        LOOKED_FOR[parameter]()
    assert f"{tmp_path}/project" in str(caught.value)
    assert "mlflow run" in str(caught.value)


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        (
            "API request to endpoint /api/2.0/mlflow/runs/create failed with error code 403 != "
            "200. Response body: 'Permission denied'",
            PERMISSION_DENIED,
            "permission denied at /api/2.0/mlflow/runs/create; roles and permissions: "
            "docs/access.md.",
        ),
        ("No.", PERMISSION_DENIED, "permission denied; roles and permissions: docs/access.md."),
        ("Invalid value 7", INVALID_PARAMETER_VALUE, "Invalid value 7"),
    ],
    ids=["a route", "no route", "another fault"],
)
def test_a_server_that_refuses_is_quoted_without_its_codes(said: str, code: int, told: str) -> None:
    assert said_by_mlflow(MlflowException(said, code)) == told
