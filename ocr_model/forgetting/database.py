"""Databases keep deleted content until its space is reused; SQLite files are vacuumed."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from ocr_model.forgetting.receipt import Receipt, State
from ocr_model.lifecycle import local_databases, shown_store

_BUSY_S = 60.0
_OF_A_SERVER = (
    "deleted rows stay in its files until whoever runs it does, where the file lies, "
    "sqlite3 mlflow.db 'PRAGMA secure_delete = ON; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)', or "
    "in PostgreSQL VACUUM FULL, in MySQL OPTIMIZE TABLE; write-ahead logs, replicas and backups "
    "keep them as long as they are kept"
)


def give_space_back(receipt: Receipt) -> None:
    """Rewrite local databases without deleted content; for others, say who has to do it."""
    files = local_databases()
    if not files:
        receipt.add(shown_store(), "database", 1, State.LEFT_TO_OTHERS, _OF_A_SERVER)
        return
    for file in files:
        if receipt.erases:
            with receipt.at(str(file), "space of deleted rows"):
                vacuum(file)
                receipt.add(str(file), "space of deleted rows", 1, State.ERASED)
        receipt.add(
            str(file), "copies", 1, State.LEFT_TO_OTHERS, "backups and snapshots of the disk"
        )


def vacuum(file: Path) -> None:
    """Raises:
    sqlite3.Error: another process holds the file.
    """
    with contextlib.closing(
        sqlite3.connect(file, timeout=_BUSY_S, isolation_level=None)
    ) as database:
        # Overwrites pages freed by VACUUM, too.
        database.execute("PRAGMA secure_delete = ON")
        database.execute("VACUUM")
        busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise sqlite3.OperationalError("the log beside the database is in use")
