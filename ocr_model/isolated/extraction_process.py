"""Run a logged model over documents in a process of its own: `python -P extraction_process.py …`.

Imports none of our modules: `load_model` puts the packaged code first on the path, and only a
process that has not imported `ocr_model` before runs that code instead of the checkout's.
"""

import argparse
import base64
import errno
import fcntl
import hashlib
import json
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, TextIO

import mlflow
import mlflow.pyfunc
import pandas as pd
from tqdm import tqdm

# A shell's exit code for a process ended by Ctrl-C.
_INTERRUPTED = 130
_GAVE_UP = 3
# Disk full, quota exceeded, file too large, read-only.
_DISK_FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
# Bytes of files that one call may hold in memory, unless a single file is larger.
_CALL_BYTES = 32_000_000
# `schema.INTERRUPTED`, which cannot be imported here; a test keeps the two equal.
_ENDPOINT_FAULTS = frozenset({"endpoint_error", "rate_limited", "timeout", "aborted"})


def main() -> None:
    args = _parse()
    _stop_with_the_parent()
    try:
        _extract(args)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except OSError as err:
        if err.errno not in _DISK_FAULTS:
            raise
        sys.exit(f"error: Expected to write {args.rows}, got: {err.strerror}.")
    finally:
        # Without `terminate`, MLflow waits another second for its idle queue.
        mlflow.flush_trace_async_logging(terminate=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-uri", required=True)
    parser.add_argument("--documents", required=True, help="JSON Lines: row, path, document_id")
    parser.add_argument("--rows", required=True, help="JSON Lines to append to")
    parser.add_argument("--settings", required=True, help="JSON: operational settings")
    parser.add_argument("--total", type=int, required=True, help="documents of the whole job")
    parser.add_argument("--done", type=int, default=0, help="of these, read by earlier processes")
    parser.add_argument("--calls", type=int, default=1, help="calls of the model at a time")
    parser.add_argument("--per-call", type=int, default=8, help="documents per call, at most")
    parser.add_argument("--max-bytes", type=int, required=True, help="larger files are not opened")
    parser.add_argument("--give-up-after", type=int, default=0, help="failures in a row; 0: never")
    parser.add_argument("--traces", choices=["on", "off"], default="on")
    return parser.parse_args()


def _stop_with_the_parent() -> None:
    """Interrupt this process when standard input ends: the parent is stopping, or has died.

    A terminal's Ctrl-C reaches both parent and child; this process leaves it to the parent.
    """

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    def watch() -> None:
        # Not through sys.stdin, whose lock this thread would still hold at the end of the process.
        while os.read(0, 1):
            pass
        # To the main thread, as only there it ends a wait.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=watch, daemon=True).start()


class _Rows:
    """Appends rows as they arrive, from any thread, and watches their outcomes."""

    def __init__(self, file: TextIO, progress: Any, give_up_after: int) -> None:
        self._file, self._progress, self._give_up_after = file, progress, give_up_after
        self._lock = threading.Lock()
        self._failed_in_a_row = 0
        self.gave_up = False

    def write(self, documents: list[dict[str, Any]], records: list[dict[str, Any]]) -> None:
        lines = [
            json.dumps({"row": document["row"], **record})
            for document, record in zip(documents, records, strict=True)
        ]
        with self._lock:
            self._file.write("".join(f"{line}\n" for line in lines))
            self._file.flush()
            for record in records:
                self._observe(record["outcome"])
            self._progress.update(len(records))

    def _observe(self, outcome: str) -> None:
        failed = outcome in _ENDPOINT_FAULTS
        self._failed_in_a_row = self._failed_in_a_row + 1 if failed else 0
        if self._give_up_after:
            gone = self._failed_in_a_row >= self._give_up_after
            self.gave_up = self.gave_up or outcome == "aborted" or gone


def _extract(args: argparse.Namespace) -> None:
    if args.traces == "off":
        mlflow.tracing.disable()
    with Path(args.rows).open("a", encoding="utf-8") as file:
        _lock(file)
        tqdm.write(f"Loading {args.model_uri}", file=sys.stderr)
        model = _load(args.model_uri, json.loads(args.settings))
        if model.model_id is not None:
            mlflow.set_active_model(model_id=model.model_id)  # links every trace to its model
        started = time.perf_counter()
        with tqdm(
            total=args.total, initial=args.done, unit="document", desc="Reading", file=sys.stderr
        ) as progress:
            rows = _Rows(file, progress, args.give_up_after)
            _read_all(model, rows, args)
    seconds = time.perf_counter() - started
    Path(f"{args.rows}.timing").write_text(json.dumps({"seconds": seconds}), encoding="utf-8")
    if rows.gave_up:
        sys.exit(_GAVE_UP)


def _lock(file: TextIO) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"{file.name} is being written by another process.")


def _load(model_uri: str, settings: dict[str, Any]) -> Any:
    """Load the model; if its own code explains a failure, print that without a stack."""
    try:
        return mlflow.pyfunc.load_model(model_uri, model_config=settings)
    except Exception as err:
        if type(err).__module__ == "ocr_model.errors":
            sys.exit(f"{model_uri} does not load: {err}")
        raise


def _read_all(model: Any, rows: _Rows, args: argparse.Namespace) -> None:
    calls = _calls(Path(args.documents), args.per_call)
    if args.calls == 1:
        # In the main thread, so that an interruption does not wait for the whole call.
        for documents in calls:
            _read(model, rows, documents, args.max_bytes)
            if rows.gave_up:
                return
        return
    with ThreadPoolExecutor(args.calls) as pool:
        running: set[Future[None]] = set()
        for documents in calls:
            running.add(pool.submit(_read, model, rows, documents, args.max_bytes))
            if len(running) == args.calls:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
            if rows.gave_up:
                break
        for future in running:
            future.result()


def _calls(documents: Path, per_call: int) -> Iterator[list[dict[str, Any]]]:
    """Documents in batches, limited by number and by bytes."""
    bundle: list[dict[str, Any]] = []
    held = 0
    with documents.open(encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            size = _size(document["path"])
            if bundle and (len(bundle) == per_call or held + size > _CALL_BYTES):
                yield bundle
                bundle, held = [], 0
            bundle.append(document)
            held += size
    if bundle:
        yield bundle


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:  # reported when it is read
        return 0


def _read(model: Any, rows: _Rows, documents: list[dict[str, Any]], max_bytes: int) -> None:
    contents = [_content(document["path"], max_bytes) for document in documents]
    ids = [document["document_id"] for document in documents]
    frame = model.predict(
        pd.DataFrame({"image": [image for image, _ in contents], "document_id": ids})
    )
    records = [
        {str(key): _or_null(value) for key, value in record.items()} | told
        for record, (_, told) in zip(frame.to_dict("records"), contents, strict=True)
    ]
    rows.write(documents, records)


def _content(path: str, max_bytes: int) -> tuple[str, dict[str, str | None]]:
    """A file as base64, and its SHA-256 for the row; for an unread file empty content, with outcome
    and error of its row.

    The model also returns a row for zero bytes, so that all rows have its columns.
    """
    try:
        about = Path(path).stat()
        if about.st_size > max_bytes:
            return "", {
                "sha256": None,
                "outcome": "too_large",
                "error": f"Expected at most {max_bytes:,} bytes per document, got "
                f"{about.st_size:,}. Send a smaller scan or raise max_document_bytes.",
            }
        if not stat.S_ISREG(about.st_mode):  # a pipe may never end
            error = "Expected a file, got something else."
            return "", {"sha256": None, "outcome": "bad_input", "error": error}
        content = Path(path).read_bytes()
        told: dict[str, str | None] = {"sha256": hashlib.sha256(content).hexdigest()}
        return base64.b64encode(content).decode("ascii"), told
    except OSError as err:
        error = f"Expected a file that can be read, got: {err.strerror}."
        return "", {"sha256": None, "outcome": "bad_input", "error": error}


def _or_null(value: Any) -> Any:
    """Convert pandas' NaN, NaT and NA to null."""
    return None if value is pd.NA or value != value else value


if __name__ == "__main__":
    main()
