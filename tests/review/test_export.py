"""Rows come out as they went in, but for what a person has corrected, and say so."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ocr_model.bulk import read_rows
from ocr_model.bulk.output import write_rows
from ocr_model.errors import ConfigError
from ocr_model.fields import WantedFields, parse_fields
from ocr_model.pyfunc_model import SIGNATURE
from ocr_model.review.export import ExportCounts, export_rows
from ocr_model.review.record import Review, ReviewState, write_review
from tests.bulk import test_output
from tests.lifecycle.test_fields_of_model import register
from tests.support.reviews import MISREAD, RIGHT, cells, corrected, question, review

WANTED = parse_fields(
    """
fields:
  - {name: total, type: currency}
  - {name: due, type: date}
  - name: items
    type: table
    columns: [{name: article}, {name: amount, type: currency}]
"""
)
# As rows of earlier commands are, without the digest of their document.
READ: dict[str, Any] = test_output.READ | {"sha256": None}
MODEL = "models:/ocr-extractor/1"
UNREAD = test_output.FAILED | {"sha256": None, "answers": [], "fields": [], "pages": 0}
ANSWERS = [
    {
        "question": question.text,
        "answer": question.answers[0].text,
        "page": 1,
        "box": [round(side) for side in question.answers[0].box or (0, 0, 0, 0)],
        "confidence": 0.5,
    }
    for question in MISREAD
]
PAIRS = READ | {
    "document_id": "scans/form.png",
    "pairs": {answer["question"]: [answer["answer"]] for answer in ANSWERS},
    "answers": ANSWERS,
    "fields": [],
    "needs_review": True,
}


def _rows(folder: Path, name: str, rows: list[Any], wanted: WantedFields | None = None) -> Path:
    write_rows(iter(rows), folder / name, folder / "unfinished", SIGNATURE.outputs, wanted)
    return folder / name


def _by_id(file: Path) -> dict[str, dict[str, Any]]:
    return {row["document_id"]: row for row in read_rows(file)}


@pytest.mark.parametrize("written", [".parquet", ".jsonl"])
@pytest.mark.parametrize("read", [".parquet", ".jsonl"])
def test_pairs_are_as_corrected_with_what_they_were(
    read: str, written: str, tmp_path: Path
) -> None:
    rows = _rows(tmp_path, f"rows{read}", [PAIRS, UNREAD])
    write_review(tmp_path, corrected(b""))
    counts = export_rows(rows, tmp_path, tmp_path / f"corrected{written}")
    assert counts == ExportCounts(rows=2, reviewed=1, corrected=1)
    found = _by_id(tmp_path / f"corrected{written}")
    right = found["scans/form.png"]
    assert right["pairs"] == {"Name:": ["Ann Berg"], "Date:": ["14 May 2024"], "Signature:": []}
    assert [(a["question"], a["answer"]) for a in right["answers"]] == [
        ("Name:", "Ann Berg"),
        ("Date:", "14 May 2024"),
        ("Signature:", None),
    ]
    assert right["answers"][0]["box"] == [220, 40, 340, 70]
    assert (right["reviewed"], right["reviewed_by"]) == (True, "ann")
    assert right["reviewed_at"] == "2026-11-29T12:00:00+00:00"
    assert json.loads(right["before"]) == {
        "pairs": {"Name:": ["Ann Borg"], "Page": ["1"], "Signature:": None}
    }
    assert (right["needs_review"], right["outcome"], right["latency_ms"]) == (False, "ok", 7)
    left = found["b.png"]
    assert {name: left[name] for name in UNREAD if name != "quality"} == {
        name: UNREAD[name] for name in UNREAD if name != "quality"
    }
    assert (left["reviewed"], left["reviewed_by"], left["before"]) == (False, None, None)


def test_columns_of_the_batch_stay_and_four_come_after_them(tmp_path: Path) -> None:
    rows = _rows(tmp_path, "rows.parquet", [PAIRS])
    export_rows(rows, tmp_path, tmp_path / "corrected.parquet")
    before, after = (pq.read_schema(tmp_path / f"{n}.parquet") for n in ("rows", "corrected"))
    assert list(after)[: len(before)] == list(before)
    assert before.names[-1] == "sha256"
    assert after.names[len(before) :] == ["reviewed", "reviewed_by", "reviewed_at", "before"]
    assert after.field("reviewed").type == pa.bool_()


def test_answers_left_as_they_were_keep_their_confidence(tmp_path: Path) -> None:
    before = [
        one.model_copy(
            update={"answers": tuple(a.model_copy(update={"confidence": 0.5}) for a in one.answers)}
        )
        for one in MISREAD
    ]
    after = [RIGHT[0], before[1]]
    write_review(tmp_path, review(before, after))
    export_rows(_rows(tmp_path, "r.jsonl", [PAIRS]), tmp_path, tmp_path / "out.jsonl")
    [row] = read_rows(tmp_path / "out.jsonl")
    assert [answer["confidence"] for answer in row["answers"]] == [None, 0.5]


def test_a_row_that_could_not_be_read_is_right_once_a_person_has_read_it(tmp_path: Path) -> None:
    write_review(tmp_path, review([], [question("Name:", "Ann")], document_id="b.png"))
    export_rows(_rows(tmp_path, "r.jsonl", [UNREAD]), tmp_path, tmp_path / "out.jsonl")
    [row] = read_rows(tmp_path / "out.jsonl")
    assert (row["outcome"], row["error"], row["pairs"]) == ("ok", None, {"Name:": ["Ann"]})
    assert json.loads(row["before"]) == {
        "outcome": "timeout",
        "error": "late",
        "pairs": {"Name:": None},
    }


def test_a_row_found_right_is_reviewed_and_was_nothing_else(tmp_path: Path) -> None:
    write_review(tmp_path, review(MISREAD, MISREAD))
    export_rows(_rows(tmp_path, "r.jsonl", [PAIRS]), tmp_path, tmp_path / "out.jsonl")
    [row] = read_rows(tmp_path / "out.jsonl")
    assert (row["reviewed"], row["before"]) == (True, None)


@pytest.mark.parametrize("state", [ReviewState.OPEN, ReviewState.DRAFT])
def test_reviews_that_are_not_done_change_nothing(state: ReviewState, tmp_path: Path) -> None:
    write_review(tmp_path, corrected(b"", state=state))
    export_rows(_rows(tmp_path, "r.jsonl", [PAIRS]), tmp_path, tmp_path / "out.jsonl")
    [row] = read_rows(tmp_path / "out.jsonl")
    assert (row["reviewed"], row["pairs"]) == (False, PAIRS["pairs"])


def test_documents_are_matched_by_their_bytes_where_both_say_them(tmp_path: Path) -> None:
    done = corrected(b"bytes")
    rows = [
        PAIRS | {"document_id": "moved.png", "sha256": done.sha256},
        PAIRS | {"sha256": "0" * 64},
        PAIRS | {"document_id": "other.png", "sha256": None},
    ]
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    write_review(tmp_path, done)
    write_review(tmp_path, corrected(b"", document_id="elsewhere.png", name="elsewhere"))
    counts = export_rows(tmp_path / "r.jsonl", tmp_path, tmp_path / "out.parquet")
    found = _by_id(tmp_path / "out.parquet")
    assert {name: row["reviewed"] for name, row in found.items()} == {
        "moved.png": True,
        "scans/form.png": False,
        "other.png": False,
    }
    assert counts.elsewhere == ["elsewhere.png"]


FIELD_BEFORE = (
    question("total", "9,OO"),
    question("due", absent=True),
    cells("items", {"article": "Bolt", "amount": "9.00"}),
)
FIELD_AFTER = (
    question("total", "$9.50"),
    question("due", "soon"),
    cells("items", {"article": "Bolt", "amount": "9.00"}, {"article": "Nut", "amount": "0.50"}),
)
FIELD_ROW = READ | {"pairs": {}, "answers": [], "model_uri": MODEL, "needs_review": True}


def _fields_review(**more: Any) -> Review:
    given = {"kind": "fields", "model_uri": MODEL, "document_id": "a.png"} | more
    return review(FIELD_BEFORE, FIELD_AFTER, **given)


@pytest.fixture
def model_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocr_model.review.export._wanted_of_model", {MODEL: WANTED}.get)


@pytest.mark.usefixtures("model_at_hand")
def test_fields_are_read_from_the_corrected_texts(tmp_path: Path) -> None:
    write_review(tmp_path, _fields_review())
    export_rows(_rows(tmp_path, "r.parquet", [FIELD_ROW]), tmp_path, tmp_path / "out.parquet")
    [row] = read_rows(tmp_path / "out.parquet")
    assert [(f["name"], f["status"], f["value"], f["row"]) for f in row["fields"]] == [
        ("total", "found", "9.50", None),
        ("due", "invalid", None, None),
        ("items", "found", "Bolt", 1),
        ("items", "found", "9.00", 1),
        ("items", "found", "Nut", 2),
        ("items", "found", "0.50", 2),
    ]
    assert row["pairs"] == {
        "total": ["$9.50"],
        "items.article": ["Bolt", "Nut"],
        "items.amount": ["9.00", "0.50"],
    }
    before = json.loads(row["before"])["fields"]
    assert before["total"] == [{"status": "missing"}]
    assert before["items"] == [
        {"status": "found", "value": "9.00", "text": "$9", "row": 1, "column": "amount"}
    ]
    assert pd.read_parquet(tmp_path / "out.parquet").loc[0, "outcome"] == "ok"


@pytest.mark.usefixtures("model_at_hand")
def test_a_column_per_field_is_corrected_cell_by_cell(tmp_path: Path) -> None:
    write_review(tmp_path, _fields_review())
    row = FIELD_ROW | {"fields": [READ["fields"][0] | {"text": "=9", "value": "9"}]}
    rows = _rows(tmp_path, "r.csv", [row, UNREAD], WANTED)
    export_rows(rows, tmp_path, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        corrected_cells, left = list(csv.DictReader(file))
    assert (corrected_cells["total"], corrected_cells["total_status"]) == ("9.50", "found")
    assert (corrected_cells["due"], corrected_cells["due_status"]) == ("", "invalid")
    assert json.loads(corrected_cells["items"])[1] == {"article": "Nut", "amount": "0.50"}
    assert json.loads(corrected_cells["before"]) == {
        "total": None,
        "items": '[{"amount":"9"}]',
        "total_status": None,
        "due_status": None,
    }
    assert (left["reviewed"], left["outcome"], left["error"]) == ("false", "timeout", "late")


@pytest.mark.usefixtures("model_at_hand")
def test_whole_rows_become_a_table_with_a_column_per_field(tmp_path: Path) -> None:
    write_review(tmp_path, _fields_review())
    rows = _rows(tmp_path, "r.jsonl", [FIELD_ROW, UNREAD])
    export_rows(rows, tmp_path, tmp_path / "out.csv")
    found = _by_id(tmp_path / "out.csv")
    assert (found["a.png"]["total"], found["a.png"]["reviewed"]) == ("9.50", True)
    assert (found["b.png"]["outcome"], found["b.png"]["reviewed_by"]) == ("timeout", None)


def test_a_cell_that_looks_like_a_formula_comes_out_as_it_went_in(tmp_path: Path) -> None:
    row = FIELD_ROW | {"document_id": "=1+1", "error": "'quoted'"}
    rows = _rows(tmp_path, "r.csv", [row], WANTED)
    export_rows(rows, tmp_path, tmp_path / "out.csv")
    [line] = read_rows(tmp_path / "out.csv")
    assert (line["document_id"], line["error"]) == ("=1+1", "'quoted'")
    assert "'=1+1" in (tmp_path / "out.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.jsonl", None, "Expected a file of rows"),
        ("a.txt", "x", "does not end in .parquet, .jsonl, .csv"),
        ("a.jsonl", "[1]", "a line that is no object"),
        ("a.jsonl", '{"a": 1}\n', "Expected rows with document_id"),
        ("a.parquet", "x", "Expected rows in"),
        ("a.jsonl", '{"document_id": "a"}\n{', "Expected rows in"),
        ("a.jsonl", '{"document_id": "a", "before": "x"}\n', "are exported already"),
    ],
)
def test_what_is_no_file_of_rows_is_named_and_nothing_is_written(
    name: str, content: str | None, said: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_text(content)
    with pytest.raises(ConfigError, match=said):
        export_rows(file, tmp_path, tmp_path / "out.jsonl")
    assert {path.name for path in tmp_path.iterdir()} <= {name}


def test_an_output_is_never_overwritten(tmp_path: Path) -> None:
    rows = _rows(tmp_path, "r.jsonl", [PAIRS])
    with pytest.raises(ConfigError, match="never overwritten"):
        export_rows(rows, tmp_path, rows)


def test_rows_extracted_again_are_corrected_again(tmp_path: Path) -> None:
    write_review(tmp_path, corrected(b""))
    again = PAIRS | {"pairs": {"Name:": ["Hans"]}, "answers": [ANSWERS[0] | {"answer": "Hans"}]}
    for name, row in (("first", PAIRS), ("again", again)):
        rows = _rows(tmp_path, f"{name}.jsonl", [row])
        export_rows(rows, tmp_path, tmp_path / f"{name}-corrected.jsonl")
    first, second = (next(read_rows(tmp_path / f"{n}-corrected.jsonl")) for n in ("first", "again"))
    assert first == second


def test_a_table_that_names_no_model_has_the_fields_of_the_champion(
    tmp_path: Path, mlflow_store: str
) -> None:
    register(WANTED)
    write_review(tmp_path, _fields_review(model_uri=None))
    rows = _rows(tmp_path, "r.csv", [FIELD_ROW], WANTED)
    export_rows(rows, tmp_path, tmp_path / "out.csv")
    assert next(read_rows(tmp_path / "out.csv"))["total"] == "9.50"
    others = parse_fields("fields: [{name: total}]")
    rows = _rows(tmp_path, "others.csv", [FIELD_ROW], others)
    with pytest.raises(ConfigError, match="got no model with such fields"):
        export_rows(rows, tmp_path, tmp_path / "others-out.csv")


def test_fields_without_their_model_cannot_be_read(tmp_path: Path, mlflow_store: str) -> None:
    write_review(tmp_path, _fields_review(model_uri="sha256:0"))
    rows = _rows(tmp_path, "r.jsonl", [FIELD_ROW | {"model_uri": None}])
    with pytest.raises(ConfigError, match=r"Expected the fields of the model that read a\.png"):
        export_rows(rows, tmp_path, tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()
