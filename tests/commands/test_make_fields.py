"""A Pydantic model or a JSON Schema becomes a file of fields once, or a sentence says why not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocr_model.commands import script
from ocr_model.fields import load_fields

MODEL = """
from datetime import date
from pydantic import BaseModel


class Invoice(BaseModel):
    number: str
    issued: date


class Nested(BaseModel):
    number: str
    inner: Invoice
"""
SCHEMA = {"type": "object", "properties": {"total": {"type": "number", "title": "Total due"}}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    Path("made_of.py").write_text(MODEL)
    Path("schema.json").write_text(json.dumps(SCHEMA))
    return tmp_path


@pytest.mark.parametrize(
    ("source", "names"),
    [("made_of:Invoice", ["number", "issued"]), ("schema.json", ["total"])],
)
def test_a_model_or_a_schema_becomes_a_file(
    source: str, names: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("make_fields", ["--source", source, "--output", "fields.yaml"]) == 0
    assert [field.name for field in load_fields("fields.yaml").fields] == names
    assert capsys.readouterr().out == (
        f"Fields  fields.yaml, {len(names)} of {source}\n"
        "Next    python -m scripts.log_model --fields fields.yaml\n"
    )


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("made_of:Nested", "made_of:Nested, line 13, properties.inner: expected a text, number"),
        ("made_of:Other", "Expected a Pydantic model 'Other' in made_of"),
        ("nowhere:Model", "Expected the module 'nowhere'"),
        ("none.json", "Expected a JSON Schema in UTF-8 in none.json, got: No such file"),
        ("", "Expected source and output, like --source app.models:Invoice"),
    ],
)
def test_what_cannot_be_converted_is_a_sentence_and_no_file(
    source: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("make_fields", ["--source", source, "--output", "fields.yaml"]) == 2
    assert told in capsys.readouterr().err
    assert not Path("fields.yaml").exists()


def test_a_file_that_is_there_is_never_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    Path("fields.yaml").write_text("mine")
    assert script("make_fields", ["--source", "schema.json", "--output", "fields.yaml"]) == 2
    assert "a file of fields is never overwritten" in capsys.readouterr().err
    assert Path("fields.yaml").read_text() == "mine"
