"""`forget` leaves no word and no picture of a document, and all of the others."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from ocr_model.commands import run, script
from ocr_model.review.expectations import log_to_trace
from ocr_model.review.folder import finish
from ocr_model.review.record import ReviewState, write_review
from tests.support.canaries import (
    PAIRS,
    found_in,
    pictures_in,
    pictures_sent,
    reads_canaries,
    write_canary_forms,
)
from tests.support.endpoint import Endpoint
from tests.support.reviews import question, review

pytestmark = pytest.mark.integration

GONE, OTHER = PAIRS


@pytest.fixture(params=[pytest.param("ON", marks=pytest.mark.slow), "OFF"])
def _secure_delete(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of every connection of MLflow."""

    def set_pragma(connection: object, _: object) -> None:
        connection.execute(f"PRAGMA secure_delete = {request.param}")  # type: ignore[attr-defined]

    event.listen(Engine, "connect", set_pragma)
    yield
    event.remove(Engine, "connect", set_pragma)


@pytest.fixture
def used(
    tmp_path: Path,
    _secure_delete: None,
    mlflow_store: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """The forms, outside; below `tmp_path` all that is made of them, and the temporary folder."""
    forms = write_canary_forms(tmp_path_factory.mktemp("outside") / "forms")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("work", "tmp"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(tmp_path / "work")
    (forms / "sent").mkdir()
    with Endpoint(reads_canaries) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        llm = {"engine": "llm", "llm": "test-llm"}
        assert run("evaluate", data=forms, **llm, settings='{"trace_content": "full"}') == 0
        model = {"model_uri": "models:/ocr-extractor/1"}
        assert run("evaluate", data=forms, **model, trace_content="shapes") == 0
        assert found_in(tmp_path / "tmp") == {}
        for suffix in ("jsonl", "parquet"):
            asked = {"input": str(forms / "images"), "output": Path(f"rows.{suffix}")}
            assert run("extract", **asked, traces="on", **model) == 0
        assert found_in(tmp_path / "tmp") == {}
        for number in range(len(PAIRS)):
            [picture, *_] = pictures_sent(endpoint, number)
            (forms / "sent" / f"form-{number}.png").write_bytes(picture)
    review_all(forms, Path("reviewed"))
    return forms


def review_all(forms: Path, folder: Path) -> None:
    rows = [json.loads(line) for line in Path("rows.jsonl").read_text("utf-8").splitlines()]
    for row, (asks, answer) in zip(rows, PAIRS, strict=True):
        document = (forms / "images" / Path(row["document_id"]).name).read_bytes()
        done = review(
            [question(f"{asks}:", f"{answer}?")],
            [question(f"{asks}:", answer)],
            document_id=row["document_id"],
            name=Path(row["document_id"]).stem,
            sha256=hashlib.sha256(document).hexdigest(),
            state=ReviewState.DONE,
            trace_id=row["trace_id"],
        )
        finish(folder, done, document)
        write_review(folder, done)
        assert "has the record" in log_to_trace(done)


def places_of(folder: Path, pair: tuple[str, str]) -> set[str]:
    mlflow.flush_trace_async_logging()
    return set(found_in(folder, pair))


def pictures_of(folder: Path, forms: Path, name: str) -> set[str]:
    """Of the document itself, and of what an LLM was sent."""
    return pictures_in(folder, [(forms / kind / name).read_bytes() for kind in ("images", "sent")])


def test_a_document_is_forgotten_everywhere_and_the_others_are_not(
    used: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = places_of(tmp_path, GONE)
    others = places_of(tmp_path, OTHER)
    assert len(others) > 8
    assert pictures_of(tmp_path, used, "form-0.png")
    digest = hashlib.sha256((used / "images" / "form-0.png").read_bytes()).hexdigest()
    named = ["--rows", "rows.jsonl,rows.parquet", "--reviewed", "reviewed"]
    assert script("forget", [digest, *named]) == 0
    listed = capsys.readouterr().out
    assert "Nothing was erased" in listed
    assert [line for line in listed.splitlines() if line.startswith("found ")]
    assert not [line for line in listed.splitlines() if line.startswith("erased ")]
    assert places_of(tmp_path, GONE) == before
    assert script("forget", [digest, *named, "--erase", "--receipt", "receipt.json"]) == 0
    assert places_of(tmp_path, GONE) == set()
    assert pictures_of(tmp_path, used, "form-0.png") == set()
    # Reports show all documents; the others are in all other places where they were.
    gone = others - places_of(tmp_path, OTHER)
    assert {Path(place).name for place in gone} <= {"report.html", "mlflow.db-wal"}
    assert pictures_of(tmp_path, used, "form-1.png")
    receipt = json.loads(Path("receipt.json").read_text("utf-8"))
    assert (receipt["mode"], receipt["complete"], receipt["sha256"]) == ("erase", True, [digest])
    states = {line["state"] for line in receipt["places"]}
    assert states == {"erased", "left to others"}
    # Of models and prompts the history holds nothing of it, and stays whole.
    assert script("history", []) == 0
    # Again: there is nothing.
    capsys.readouterr()
    assert script("forget", [digest, *named, "--erase"]) == 0
    assert "traces" not in capsys.readouterr().out


def test_what_is_old_is_forgotten(used: Path, tmp_path: Path) -> None:
    assert run("forget", documents=[], older_than="1d", erase=True) == 0
    assert places_of(tmp_path, GONE)
    assert run("forget", documents=[], older_than="0h", erase=True, reviewed="reviewed") == 0
    left = {Path(place).name for place in places_of(tmp_path, GONE) | places_of(tmp_path, OTHER)}
    assert left == {"rows.jsonl", "rows.parquet"}
    named = {"reviewed": "reviewed", "rows": "rows.jsonl,rows.parquet"}
    assert run("forget", documents=[], older_than="0h", erase=True, **named) == 0
    assert places_of(tmp_path, GONE) | places_of(tmp_path, OTHER) == set()


def test_a_store_in_use_is_never_said_to_be_erased(
    used: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sqlite3

    monkeypatch.setattr("ocr_model.forgetting.database._BUSY_S", 0.1)
    reader = sqlite3.connect(tmp_path / "mlflow.db", isolation_level=None)
    reader.execute("PRAGMA journal_mode = WAL")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM runs").fetchone()
    assert script("forget", ["form-0.png", "--erase"]) == 1
    printed = capsys.readouterr().out
    reader.close()
    assert f"failed          {tmp_path / 'mlflow.db'}" in printed
    assert f"erased          {tmp_path / 'mlflow.db'}" not in printed
