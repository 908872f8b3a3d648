"""What the verb is given is checked before a page is opened; an export opens none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocr_model.commands import run
from ocr_model.commands.cli import Review
from ocr_model.commands.review import _access, _into
from ocr_model.errors import ConfigError


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (Review(), "Expected one of .*data.*rows.*traces.*got none"),
        (Review(rows="r.parquet", traces="x"), "got rows, traces"),
        (Review(data=Path("nowhere")), "Expected a folder for .*data.*'nowhere'"),
        (Review(data=Path(), documents=Path()), "beside scans"),
    ],
    ids=["none", "two", "no_folder", "documents"],
)
def test_what_is_not_understood_is_said(given: Review, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        _into(given)


def test_corrections_go_beside_the_scans_unless_a_folder_is_named(tmp_path: Path) -> None:
    assert _into(Review(data=tmp_path)) == tmp_path
    assert _into(Review(rows="r.parquet")) == Path("reviewed").absolute()
    assert _into(Review(rows="r.parquet", into=tmp_path)) == tmp_path


def test_others_are_let_in_with_a_token_only() -> None:
    assert _access(Review(user="Ann")).token is None
    made = _access(Review(host="0.0.0.0")).token
    assert made is not None
    assert len(made) >= 32
    assert made != _access(Review(host="0.0.0.0")).token
    with pytest.raises(ConfigError, match="at least 16 characters, got 4"):
        _access(Review(token="1234"))


def test_an_export_opens_no_page_and_marks_what_nobody_looked_at(
    mlflow_store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del mlflow_store
    rows, output = tmp_path / "rows.jsonl", tmp_path / "corrected.jsonl"
    row = {"document_id": "a.png", "outcome": "ok", "answers": [], "fields": [], "pairs": {}}
    rows.write_text(json.dumps(row) + "\n", "utf-8")
    given = {"rows": str(rows), "into": tmp_path / "reviewed", "export": str(output)}
    assert run("review", **given) == 0
    [written] = map(json.loads, output.read_text("utf-8").splitlines())
    assert str(written["reviewed"]) in ("False", "false", "no")
    assert "Rows       1: 0 reviewed" in capsys.readouterr().out


def test_an_export_needs_rows(mlflow_store: str, tmp_path: Path) -> None:
    del mlflow_store
    with pytest.raises(ConfigError, match=r"rows.*beside.*export"):
        run("review", data=tmp_path, export="x.jsonl")
