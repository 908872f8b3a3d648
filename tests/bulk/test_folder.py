from __future__ import annotations

import fcntl
import json
from pathlib import Path
from typing import Any

import pytest

from ocr_model.bulk import folder as batch_folder
from ocr_model.bulk.folder import BatchFolder
from ocr_model.bulk.listing import BatchDocument
from ocr_model.errors import ConfigError

MANIFEST = {"model": "models:/m/1", "settings": {}}
DOCUMENTS = [BatchDocument(f"/scans/{name}.png", f"{name}.png") for name in "abcd"]


def line(row: int, outcome: str = "ok", **members: Any) -> bytes:
    return json.dumps({"row": row, "outcome": outcome, **members}).encode() + b"\n"


def begun(tmp_path: Path, *lines: bytes) -> BatchFolder:
    folder = BatchFolder(tmp_path / "rows.jsonl")
    folder.begin(MANIFEST, DOCUMENTS)
    folder.rows.write_bytes(b"".join(lines))
    return folder


def resumed(tmp_path: Path) -> BatchFolder:
    folder = BatchFolder(tmp_path / "rows.jsonl")
    folder.begin(MANIFEST, iter(()))
    return folder


def to_do(folder: BatchFolder) -> list[int]:
    with folder.documents_to_do() as (documents, count):
        rows = [json.loads(text)["row"] for text in documents.read_text().splitlines()]
    assert len(rows) == count
    return rows


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ([], [0, 1, 2, 3]),
        ([line(2), line(0, "bad_input")], [1, 3]),
        ([line(0, "timeout"), line(1, "aborted"), line(2, "rate_limited")], [0, 1, 2, 3]),
        ([line(0, "endpoint_error"), line(0)], [1, 2, 3]),
        ([line(0), line(1)[:-7]], [1, 2, 3]),
        ([line(0)[:-7]], [0, 1, 2, 3]),
    ],
    ids=["new", "two done", "endpoint to blame", "later row counts", "torn row", "torn first row"],
)
def test_a_resumed_batch_reads_what_has_no_row_that_stays(
    tmp_path: Path, lines: list[bytes], left: list[int]
) -> None:
    begun(tmp_path, *lines)
    assert to_do(resumed(tmp_path)) == left


def test_a_torn_row_longer_than_a_block_is_cut(tmp_path: Path) -> None:
    begun(tmp_path, line(0), line(1, text="x" * 200_000)[:-1])
    folder = resumed(tmp_path)
    assert folder.rows.read_bytes() == line(0)


def test_rows_come_in_the_order_of_their_documents(tmp_path: Path) -> None:
    folder = begun(tmp_path, line(3), line(0, "timeout"), line(1), line(0, "empty"))
    assert [row["outcome"] for row in folder.finished_rows()] == ["empty", "ok", "ok"]


def test_half_a_surrogate_pair_is_replaced_and_a_whole_one_kept(tmp_path: Path) -> None:
    folder = begun(tmp_path, line(0, error="\ud83d broken"), line(1, error="\U0001f600"))
    assert [row["error"] for row in folder.finished_rows()] == ["? broken", "\U0001f600"]


def test_another_batch_is_not_gone_on_with(tmp_path: Path) -> None:
    begun(tmp_path)
    changed = {"model": "models:/m/2", "settings": {"max_page_pixels": 9}}
    with pytest.raises(ConfigError, match=r"model: began with 'models:/m/1', got 'models:/m/2'"):
        BatchFolder(tmp_path / "rows.jsonl").begin(changed, DOCUMENTS)


def test_a_batch_killed_while_it_listed_its_documents_begins_again(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    (folder.path / "manifest.json").unlink()
    (folder.path / "documents.jsonl").write_text('{"row": 0, "pa')
    again = BatchFolder(tmp_path / "rows.jsonl")
    again.begin(MANIFEST, DOCUMENTS[:2])
    assert to_do(again) == [0, 1]


def test_two_do_not_write_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_folder, "_LOCK_TIMEOUT_S", 0.2)
    folder = begun(tmp_path)
    with folder.rows.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(ConfigError, match="another process still writes it"):
            resumed(tmp_path)
    assert resumed(tmp_path).total == 4
