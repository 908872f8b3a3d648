"""Let a model read the scans of a folder while a person already works on the first ones.

Rows are stored in the review folder, so that nothing is read again after a restart.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocr_model.isolated import ExtractionJob, run_extraction
from ocr_model.ocr import usable_cores
from ocr_model.review.record import REVIEWS
from ocr_model.review.work_list import Item, ModelReading, reading_of
from ocr_model.schema import INTERRUPTED

_LOCK_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class Reader:
    """The model that reads: its URI, operational settings and its engine's concurrency."""

    model_uri: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    calls: int = 1
    per_call: int = 1
    max_bytes: int = 100_000_000


class BackgroundReading:
    """The rows of documents as they arrive. Thread-safe."""

    def __init__(self, folder: Path, reader: Reader) -> None:
        # Rows of another model do not count.
        digest = hashlib.sha256(reader.model_uri.encode()).hexdigest()[:12]
        self._rows = folder / REVIEWS / f".read-{digest}.jsonl"
        self._reader = reader
        self._place = 0
        self._readings: dict[str, ModelReading] = {}
        self._lock = threading.Lock()
        self._fault: str | None = None
        self._thread: threading.Thread | None = None

    @property
    def model_uri(self) -> str:
        return self._reader.model_uri

    @property
    def fault(self) -> str | None:
        """Why no more documents are read, if reading has stopped."""
        return self._fault

    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self, items: Sequence[Item]) -> None:
        """Read the documents without a final row of this model, in this order."""
        self._rows.parent.mkdir(parents=True, exist_ok=True)
        known = self.readings()
        to_read = [item for item in items if item.document_id not in known]
        if to_read:
            self._thread = threading.Thread(
                target=self._read, args=(to_read, len(items)), name="reading", daemon=True
            )
            self._thread.start()

    def readings(self) -> dict[str, ModelReading]:
        """The readings so far, by document id."""
        with self._lock:
            try:
                with self._rows.open("rb") as lines:
                    lines.seek(self._place)
                    for line in lines:
                        if not line.endswith(b"\n"):
                            break
                        self._place += len(line)
                        self._take(line)
            except FileNotFoundError:
                pass
            return dict(self._readings)

    def _take(self, line: bytes) -> None:
        try:
            row = json.loads(line)
            reading = reading_of(row)
        except (ValueError, LookupError, TypeError, AttributeError):
            return  # torn by a kill: the document is read again
        if reading.outcome not in INTERRUPTED:
            self._readings[row["document_id"]] = reading

    def _read(self, items: Sequence[Item], total: int) -> None:
        documents = self._rows.with_suffix(".to-do")
        documents.write_text(
            "".join(
                json.dumps({"row": n, "path": str(item.path), "document_id": item.document_id})
                + "\n"
                for n, item in enumerate(items)
            ),
            encoding="utf-8",
        )
        self._wait_for_another()
        job = ExtractionJob(
            self._reader.model_uri,
            total,
            total - len(items),
            settings=self._reader.settings,
            calls=self._reader.calls,
            per_call=self._reader.per_call,
            max_bytes=self._reader.max_bytes,
        )
        try:
            code = run_extraction(job, documents, self._rows)
        except OSError as err:
            self._fault = f"The model could not be started: {err}."
        else:
            if code:
                self._fault = (
                    f"{self._reader.model_uri} stopped reading (exit code {code}); its messages "
                    "are in the terminal. Start the review again to read on."
                )
        finally:
            documents.unlink(missing_ok=True)

    def _wait_for_another(self) -> None:
        """Wait until the process of a killed server has finished its work; then terminate the line
        that it may have left incomplete.
        """
        gives_up_at = time.monotonic() + _LOCK_TIMEOUT_S
        with self._rows.open("ab+") as file:
            while time.monotonic() < gives_up_at:
                with suppress(BlockingIOError):
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                time.sleep(0.1)
            file.seek(0)
            content = file.read()
            if content and not content.endswith(b"\n"):
                file.write(b"\n")


def calls_of(engine: str, concurrency: int) -> tuple[int, int]:
    """How many calls at a time, of how many documents: one core is left for the review page."""
    if engine == "llm":
        return 1, concurrency
    return max(1, min(concurrency, usable_cores() - 1)), 1
