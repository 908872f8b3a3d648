"""The folder next to an output that has the finished rows of a batch until it is complete.

rows.parquet.partial/
  manifest.json     which model, settings and input; written last, so that all of it is there
  documents.jsonl   the documents as they were found when the batch started
  rows.jsonl        a row per finished document; if one occurs twice, the later one counts

Ours, because unfinished batches of earlier commits have this layout.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
import time
from array import array
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ocr_model.bulk.listing import BatchDocument
from ocr_model.errors import ConfigError
from ocr_model.schema import INTERRUPTED

_LOCK_TIMEOUT_S = 120.0


class BatchFolder:
    """The finished rows of one batch, and the documents without one."""

    def __init__(self, output: Path) -> None:
        self.path = output.with_name(f"{output.name}.partial")
        self.rows = self.path / "rows.jsonl"
        self._documents = self.path / "documents.jsonl"
        self._manifest = self.path / "manifest.json"
        self.total = 0

    @property
    def is_begun(self) -> bool:
        """Whether the documents are already listed."""
        return self._manifest.exists()

    def begin(self, manifest: Mapping[str, Any], documents: Iterable[BatchDocument]) -> None:
        """List the documents, or resume the same batch.

        Raises:
            ConfigError: the folder belongs to another batch, or another process still writes it.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if self.is_begun:
                begun = json.loads(self._manifest.read_text("utf-8"))
                self.total = begun.pop("documents")
                self._refuse_another(begun, manifest)
                self._cut_torn_row()
                return
            self.rows.write_bytes(b"")
            try:
                self.total = self._list(documents)
            except ConfigError:
                self.remove()
                raise
            content = json.dumps({**manifest, "documents": self.total}, indent=2)
            unfinished = self._manifest.with_suffix(".tmp")
            unfinished.write_text(content, encoding="utf-8")
            unfinished.replace(self._manifest)

    def _refuse_another(self, begun: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        changed = [key for key in begun.keys() | given.keys() if begun.get(key) != given.get(key)]
        if changed:
            details = "; ".join(
                f"{key}: began with {begun.get(key)!r}, got {given.get(key)!r}"
                for key in sorted(changed)
            )
            raise ConfigError(
                f"Expected to resume the batch in {self.path}, got another one ({details}). "
                "Give what it began with, or another output; or remove that folder."
            )

    def _list(self, documents: Iterable[BatchDocument]) -> int:
        total = 0
        with self._documents.open("w", encoding="utf-8") as file:
            for total, document in enumerate(documents, start=1):
                file.write(json.dumps({"row": total - 1, **document._asdict()}) + "\n")
        return total

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait for the process of a killed batch, which finishes its documents in flight."""
        gives_up_at = time.monotonic() + _LOCK_TIMEOUT_S
        with self.rows.open("ab") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as err:
                    if time.monotonic() > gives_up_at:
                        raise ConfigError(
                            f"Expected to write {self.rows} alone, but another process still "
                            "writes it. Wait for it, or give another output."
                        ) from err
                    time.sleep(0.1)
            yield

    def _cut_torn_row(self) -> None:
        """Remove the partial line that a process leaves when it is killed while writing."""
        with self.rows.open("rb+") as file:
            end = file.seek(0, os.SEEK_END)
            while end:
                start = max(0, end - 65536)
                file.seek(start)
                newline = file.read(end - start).rfind(b"\n")
                end = start + newline + 1 if newline >= 0 else start
                if newline >= 0:
                    break
            file.truncate(end)

    @contextlib.contextmanager
    def documents_to_do(self) -> Iterator[tuple[Path, int]]:
        """A file of the documents without a final row, and their number."""
        finished = bytearray(self.total)
        with self.rows.open("rb") as lines:
            for line in lines:
                row = json.loads(line)
                finished[row["row"]] = row["outcome"] not in INTERRUPTED
        with tempfile.NamedTemporaryFile("wb", dir=self.path, suffix=".jsonl") as to_do:
            with self._documents.open("rb") as lines:
                to_do.writelines(line for n, line in enumerate(lines) if not finished[n])
            to_do.flush()
            yield Path(to_do.name), finished.count(0)

    def finished_rows(self) -> Iterator[dict[str, Any]]:
        """The rows so far, in the order of their documents."""
        places = array("q", [-1]) * self.total
        place = 0
        with self.rows.open("rb") as lines:
            for line in lines:
                places[json.loads(line)["row"]] = place
                place += len(line)
            for place in places:
                if place >= 0:
                    lines.seek(place)
                    yield _row_of(lines.readline())

    def remove(self) -> None:
        shutil.rmtree(self.path)


def _row_of(line: bytes) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(line)
    del row["row"]
    if b"\\ud" in line:
        # A lone surrogate is not text, and cannot be written to a file.
        whole = json.dumps(row, ensure_ascii=False).encode("utf-8", "replace")
        row = json.loads(whole)
    return row
