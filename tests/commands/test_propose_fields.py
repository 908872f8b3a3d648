"""A draft of fields from labelled forms, and from pages that a model reads first."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from ocr_model.commands import script
from ocr_model.fields import load_fields

DATA = Path(__file__).parents[2] / "data"


def propose(data: object, output: Path, *more: str) -> int:
    return script("propose_fields", ["--data", str(data), "--output", str(output), *more])


def test_labelled_forms_are_not_read(
    mlflow_store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "fields.yaml"
    assert propose(DATA / "sample", output) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"Fields     {output}, from 17 documents\n")
    assert re.search(r"^ +date +text +asked by 10$", told, re.MULTILINE)
    assert "Left out   asked by one document alone: SHIPPER'S NO., " in told
    assert told.endswith(
        f"Next       edit it, then python -m scripts.log_model --fields {output}\n"
    )
    assert load_fields(output).fields[0].name == "date"


def test_what_documents_ask_is_not_printed_where_no_text_is_kept(
    mlflow_store: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OCR_MODEL_TRACE_CONTENT", "shapes")
    output = tmp_path / "fields.yaml"
    assert propose(DATA / "sample", output) == 0
    told = capsys.readouterr().out
    assert "SHIPPER" not in told
    assert "date" not in told.lower()
    assert load_fields(output).fields[0].name == "date"


@pytest.mark.parametrize(
    ("data", "more", "told"),
    [
        ("four", (), "at least 5 documents in"),
        ("none", (), "there is no file"),
        ("five", ("--model-uri", "models:/none/1"), "models:/none/1"),
    ],
)
def test_nothing_is_read_and_written_for_what_cannot_be_drafted(
    mlflow_store: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    data: str,
    more: tuple[str, ...],
    told: str,
) -> None:
    images = sorted((DATA / "invoices" / "images").iterdir())
    for name, count in (("four", 4), ("five", 5)):
        (tmp_path / name).mkdir()
        for image in images[:count]:
            shutil.copy(image, tmp_path / name)
    assert propose(tmp_path / data, tmp_path / "fields.yaml", *more) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "fields.yaml").exists()


def test_a_model_with_fields_of_its_own_is_refused(
    mlflow_store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    invoices = DATA / "invoices"
    assert script("log_model", ["--fields", str(invoices / "fields.yaml")]) == 0
    named = ("--model-uri", "models:/ocr-extractor/1")
    assert propose(invoices, tmp_path / "fields.yaml", *named) == 2
    assert "which reads its own fields. Leave --model-uri out" in capsys.readouterr().err


@pytest.mark.integration
@pytest.mark.slow
def test_scans_are_read_by_the_embedded_engine(
    mlflow_store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "fields.yaml"
    assert propose(DATA / "invoices", output) == 0
    types = {field.name: field.type for field in load_fields(output).fields}
    assert types["rechnungsnummer"] == "text"
    assert types["due_date"] == "date"
    assert types["total"] == "currency"
    assert types["bezahlt"] == "boolean"
    assert types["items"] == "table"
    assert "asked by 6" in capsys.readouterr().out
