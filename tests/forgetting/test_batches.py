from __future__ import annotations

import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ocr_model.bulk import columns_in, read_rows, write_table
from ocr_model.forgetting.batches import digests_in_rows, forget_rows
from ocr_model.forgetting.receipt import Receipt, State
from ocr_model.forgetting.subject import Subject

DIGESTS = {name: name[0] * 64 for name in ("a.png", "b.png", "=c.png")}
ROWS: list[dict[str, Any]] = [
    {"document_id": name, "sha256": digest, "text": f"of {name}, \u00e4"}
    for name, digest in DIGESTS.items()
]
COLUMNS = pa.schema([(name, pa.string()) for name in ROWS[0]])


def forgotten(file: Path, subject: Subject, *, erases: bool = True) -> Receipt:
    receipt = Receipt(erases)
    forget_rows(subject, file, receipt)
    return receipt


@pytest.mark.parametrize("suffix", ["jsonl", "parquet", "csv"])
@pytest.mark.parametrize(
    "subject",
    [Subject(ids=frozenset({"=c.png"})), Subject(digests=frozenset({DIGESTS["=c.png"]}))],
    ids=["by id", "by digest"],
)
def test_rows_leave_and_the_others_stay_as_they_are(
    tmp_path: Path, suffix: str, subject: Subject
) -> None:
    file, expected = tmp_path / f"rows.{suffix}", tmp_path / f"expected.{suffix}"
    write_table(ROWS, file, tmp_path / "unfinished", COLUMNS)
    write_table(ROWS[:2], expected, tmp_path / "unfinished", COLUMNS)
    before = file.read_bytes()
    [line] = forgotten(file, subject, erases=False).lines
    assert (line.count, line.state) == (1, State.FOUND)
    assert file.read_bytes() == before
    [line] = forgotten(file, subject).lines
    assert (line.count, line.state) == (1, State.ERASED)
    assert list(read_rows(file)) == ROWS[:2]
    assert columns_in(file) == columns_in(expected)
    if suffix != "parquet":
        assert file.read_bytes() == expected.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [expected.name, file.name]


def test_rows_of_an_unfinished_batch_leave_unless_it_is_being_written(tmp_path: Path) -> None:
    partial = tmp_path / "rows.parquet.partial"
    partial.mkdir()
    rows = partial / "rows.jsonl"
    rows.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    subject = Subject(ids=frozenset({"a.png"}))
    with rows.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        receipt = forgotten(tmp_path / "rows.parquet", subject)
    assert (receipt.failed, rows.read_text().count("\n")) == (True, 3)
    receipt = forgotten(tmp_path / "rows.parquet", subject)
    assert (receipt.failed, rows.read_text().count("\n")) == (False, 2)


def test_a_row_that_a_kill_cut_off_leaves_with_any_that_is_forgotten(tmp_path: Path) -> None:
    partial = tmp_path / "rows.csv.partial"
    partial.mkdir()
    rows = partial / "rows.jsonl"
    whole = "".join(json.dumps(row) + "\n" for row in ROWS)
    rows.write_text(f'{whole}{{"document_id": "a.p')
    assert not forgotten(tmp_path / "rows.csv", Subject(ids=frozenset({"a.png"}))).failed
    assert rows.read_text() == "".join(json.dumps(row) + "\n" for row in ROWS[1:])


@pytest.mark.parametrize("suffix", ["jsonl", "parquet", "csv"])
def test_by_age_all_rows_of_an_old_file_leave_and_none_of_a_newer_one(
    tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"rows.{suffix}"
    write_table(ROWS, file, tmp_path / "unfinished", COLUMNS)
    os.utime(file, (1_000_000_000, 1_000_000_000))
    old = Subject(before=datetime.fromtimestamp(1_000_000_000, UTC))
    [line] = forgotten(file, old).lines
    assert (line.state, "written since" in line.reason) == (State.NOT_REACHABLE, True)
    # One of them by name: the others are as old as they were.
    forgotten(file, Subject(ids=frozenset({"a.png"})))
    [line] = forgotten(file, Subject(before=datetime.fromtimestamp(1_000_000_001, UTC))).lines
    assert (line.state, line.count) == (State.ERASED, 2)
    assert b"of b.png" not in file.read_bytes()
    assert suffix != "parquet" or columns_in(file).names == list(COLUMNS.names)


def test_rows_tell_the_digests_of_documents(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    write_table(ROWS, file, tmp_path / "unfinished", COLUMNS)
    assert digests_in_rows({"=c.png", "none"}, file) == {DIGESTS["=c.png"]}
    file.write_text("no rows")
    assert digests_in_rows({"=c.png"}, file) == set()


def test_a_file_that_is_broken_or_absent_is_never_said_to_be_erased(tmp_path: Path) -> None:
    broken = tmp_path / "rows.jsonl"
    broken.write_text('{"document_id": "a.png"}\n{"docu')
    subject = Subject(ids=frozenset({"a.png"}))
    for file in (broken, tmp_path / "absent.csv"):
        [line] = forgotten(file, subject).lines
        assert line.state is State.FAILED
    assert broken.read_text().startswith('{"document_id": "a.png"}')


def test_a_failure_quotes_nothing_of_what_was_read(tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    file.write_bytes(b"CANARY")
    [line] = forgotten(file, Subject(ids=frozenset({"a"}))).lines
    assert line.state is State.FAILED
    assert "CANARY" not in line.reason
