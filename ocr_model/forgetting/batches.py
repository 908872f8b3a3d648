"""Erase a document's rows in the outputs of batches; other rows stay byte for byte the same."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ocr_model.bulk import as_read_from_csv, read_rows
from ocr_model.errors import ConfigError
from ocr_model.forgetting.receipt import Receipt, State
from ocr_model.forgetting.subject import Subject

_ID, _DIGEST = "document_id", "sha256"
_UNFINISHED = "rows.jsonl"

_IsOf = Callable[[dict[str, Any]], bool]


def forget_rows(subject: Subject, output: Path, receipt: Receipt) -> None:
    """Erase rows in a finished output, and in the unfinished one next to it."""
    unfinished = _unfinished(output)
    if not output.is_file() and not unfinished.is_file():
        receipt.add(str(output), "rows", 0, State.FAILED, "there is no such file")
        return
    for file in (output, unfinished):
        if file.is_file():
            with receipt.at(str(file), "rows"):
                _forget_in(file, subject, receipt)


def digests_in_rows(ids: Collection[str], output: Path) -> set[str]:
    """The SHA-256 of these documents, if the rows have them; none from a damaged file."""
    files = [file for file in (output, _unfinished(output)) if file.is_file()]
    found: set[str] = set()
    # An unreadable file is reported when it is to be rewritten.
    with contextlib.suppress(ConfigError):
        for row in (row for file in files for row in read_rows(file)):
            if row.get(_ID) in ids and row.get(_DIGEST):
                found.add(row[_DIGEST])
    return found


def _unfinished(output: Path) -> Path:
    return output.with_name(f"{output.name}.partial") / _UNFINISHED


def _forget_in(file: Path, subject: Subject, receipt: Receipt) -> None:
    is_old = subject.is_all_of(file)
    if subject.before is not None and not is_old:
        reason = "rows bear no date, and the file was written since; remove it, or name documents"
        receipt.add(str(file), "rows", 0, State.NOT_REACHABLE, reason)
        return

    def is_of(row: dict[str, Any]) -> bool:
        return is_old or subject.names(row.get(_ID), row.get(_DIGEST))

    if file.suffix not in _REWRITERS:
        raise ConfigError(f"Expected rows in a file that ends in {', '.join(_REWRITERS)}")
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with file.open("rb") as held:
            # A running batch holds the lock.
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            removed = _REWRITERS[file.suffix](file, partial, is_of)
            if removed and receipt.erases:
                # Keep the modification time, too: later erasing by age depends on it.
                shutil.copystat(file, partial)
                with partial.open("rb") as written:
                    os.fsync(written.fileno())
                partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    receipt.done(str(file), "rows", removed)


def _rewrite_jsonl(file: Path, to: Path, is_of: _IsOf) -> int:
    removed = 0
    with file.open("rb") as lines, to.open("wb") as kept:
        for line in lines:
            # A partial line after a kill: its document is unknown, and the batch reads it again.
            torn = file.parent.suffix == ".partial" and not line.endswith(b"\n")
            if torn or is_of(json.loads(line)):
                removed += 1
            else:
                kept.write(line)
    return removed


def _rewrite_csv(file: Path, to: Path, is_of: _IsOf) -> int:
    removed = 0
    with (
        file.open(encoding="utf-8-sig", newline="") as lines,
        to.open("w", encoding="utf-8-sig", newline="") as kept,
    ):
        rows, writer = csv.reader(lines), csv.writer(kept)
        head = next(rows)
        writer.writerow(head)
        for row in rows:
            cells = {
                name: as_read_from_csv(name, cell) for name, cell in zip(head, row, strict=False)
            }
            if is_of(cells):
                removed += 1
            else:
                writer.writerow(row)
    return removed


def _rewrite_parquet(file: Path, to: Path, is_of: _IsOf) -> int:
    removed = 0
    with pq.ParquetFile(file) as source, pq.ParquetWriter(to, source.schema_arrow) as kept:
        columns = [name for name in (_ID, _DIGEST) if name in source.schema_arrow.names]
        for group in range(source.num_row_groups):
            table = source.read_row_group(group)
            named = [is_of(row) for row in table.select(columns).to_pylist()]
            removed += sum(named)
            kept.write_table(table.filter(pa.array([not one for one in named])))
    return removed


_REWRITERS: dict[str, Callable[[Path, Path, _IsOf], int]] = {
    ".parquet": _rewrite_parquet,
    ".jsonl": _rewrite_jsonl,
    ".csv": _rewrite_csv,
}
