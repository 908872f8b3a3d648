"""`import ocr_model` as in a notebook, on the bundled forms with the embedded engine."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from pydantic import BaseModel

import ocr_model
from ocr_model.commands import run
from ocr_model.errors import ConfigError, DatasetError
from ocr_model.forms import Form
from ocr_model.schema import FieldStatus, FieldValue
from tests.support.scored import row_of

SAMPLE = Path(__file__).parent.parent / "data" / "sample"


def test_a_file_is_extracted_by_the_champion_and_scored(mlflow_store: str) -> None:
    assert run("log_model") == 0
    model = ocr_model.load()
    forms = ocr_model.load_forms(SAMPLE, ["fax_cover.json"])
    row = ocr_model.extract_file(forms[0].image_path, model)
    assert (row["document_id"], row["outcome"], row["error"]) == ("fax_cover.png", "ok", None)
    scores = ocr_model.score([row], forms)
    assert scores["pair_f1_normalized"] > 0.5
    with pytest.raises(DatasetError, match="Expected one row for each"):
        ocr_model.score([], forms)


def test_rows_with_fields_are_scored_by_the_file_they_were_made_with(tmp_path: Path) -> None:
    found = FieldValue("total", FieldStatus.FOUND, "9.00", "9.00")
    row = row_of("ok", {"total": ["9.00"]}, fields=[asdict(found)])
    form = Form("a", tmp_path / "a.png", (), fields={"total": "9"}, annotated=False)
    (tmp_path / "fields.yaml").write_text("fields: [{name: total, type: currency}]")
    scores = ocr_model.score([row], [form], fields=tmp_path / "fields.yaml")
    assert (scores["field_f1_normalized"], scores["field_f1_typed"]) == (0, 1)
    with pytest.raises(DatasetError, match="Expected the fields that these rows have"):
        ocr_model.score([row], [form])
    with pytest.raises(DatasetError, match="Expected one row for each"):
        ocr_model.score([], [form], fields=tmp_path / "fields.yaml")


def test_a_document_that_cannot_be_read_is_a_row(mlflow_store: str, tmp_path: Path) -> None:
    run("log_model")
    (tmp_path / "letter.png").write_text("no picture")
    row = ocr_model.extract_file(tmp_path / "letter.png")
    assert row["outcome"] == "bad_input"
    assert row["prompt_tokens"] is None


def test_without_a_champion_the_error_says_what_to_do(mlflow_store: str) -> None:
    with pytest.raises(ConfigError, match="champion"):
        ocr_model.load()


def test_what_fields_need_is_reached_without_a_room() -> None:
    wanted = ocr_model.load_fields(SAMPLE.with_name("invoices") / "fields.yaml")
    assert wanted.fields[0].name == "number"
    with pytest.raises(ocr_model.FieldsError, match="one without"):
        ocr_model.to_model({"pairs": {}}, BaseModel)
    assert callable(ocr_model.field_columns)


def test_the_package_shows_its_names_and_refuses_others() -> None:
    assert set(ocr_model.__all__) <= set(dir(ocr_model))
    with pytest.raises(AttributeError, match="no attribute 'evaluate'"):
        _ = ocr_model.evaluate
