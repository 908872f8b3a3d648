"""Run a logged model over documents in a process of its own: `python -P extraction_process.py …`.

Imports nothing of ours: `load_model` puts the packaged code first on the path, and only a process
that has not imported `ocr_model` before runs that code instead of the checkout's.
"""

import argparse
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import mlflow.pyfunc
import pandas as pd
from tqdm import tqdm

# Documents per call: enough to keep every engine busy, few enough for a progress bar that moves.
_BATCH = 8
# What a shell reports of a process that Ctrl-C ended.
_INTERRUPTED = 130


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-uri", required=True)
    parser.add_argument("--documents", required=True, help="Parquet: image (base64), document_id")
    parser.add_argument("--rows", required=True, help="JSON Lines to write, one per document")
    parser.add_argument("--settings", required=True, help="JSON: operational settings")
    args = parser.parse_args()
    _stop_with_the_parent()
    try:
        _extract(args)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    finally:
        mlflow.flush_trace_async_logging()


def _stop_with_the_parent() -> None:
    """Be interrupted at the end of standard input: the parent stops, or is no more.

    A terminal's Ctrl-C reaches parent and child alike; only the parent's word counts here.
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


def _extract(args: argparse.Namespace) -> None:
    documents = pd.read_parquet(args.documents)
    model = _load(args.model_uri, json.loads(args.settings))
    if model.model_id is not None:
        mlflow.set_active_model(model_id=model.model_id)  # links every trace to its model
    seconds = 0.0
    with (
        Path(args.rows).open("w", encoding="utf-8") as rows,
        tqdm(total=len(documents), unit="form", desc="Reading", file=sys.stderr) as progress,
    ):
        for start in range(0, len(documents), _BATCH):
            batch = documents.iloc[start : start + _BATCH]
            started = time.perf_counter()
            frame = model.predict(batch)
            seconds += time.perf_counter() - started
            frame.to_json(rows, orient="records", lines=True)
            progress.update(len(batch))
    Path(f"{args.rows}.timing").write_text(json.dumps({"seconds": seconds}), encoding="utf-8")


def _load(model_uri: str, settings: dict[str, Any]) -> Any:
    """A model that says itself why it does not load is quoted, without our stack."""
    try:
        return mlflow.pyfunc.load_model(model_uri, model_config=settings)
    except Exception as err:
        if type(err).__module__ == "ocr_model.errors":
            sys.exit(f"{model_uri} does not load: {err}")
        raise


if __name__ == "__main__":
    main()
