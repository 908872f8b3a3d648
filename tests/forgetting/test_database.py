from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from ocr_model.forgetting.database import vacuum


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_what_sqlite_keeps_of_deleted_rows_is_gone_afterwards(tmp_path: Path, journal: str) -> None:
    file = tmp_path / "store.db"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute(f"PRAGMA journal_mode = {journal}")
        database.execute("PRAGMA secure_delete = OFF")
        database.execute("CREATE TABLE t (text TEXT)")
        database.executemany("INSERT INTO t VALUES (?)", [("CANARY" * 50,)] * 100)
        database.execute("DELETE FROM t")
        assert _holds(tmp_path, b"CANARY")
        vacuum(file)
        assert not _holds(tmp_path, b"CANARY")


def _holds(folder: Path, word: bytes) -> bool:
    return any(word in path.read_bytes() for path in folder.iterdir())
