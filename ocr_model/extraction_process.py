"""Run a logged model over documents in a process of its own: `python -P extraction_process.py …`.

Imports nothing of ours: `load_model` puts the packaged code first on the path, and only a process
that has not imported `ocr_model` before runs that code instead of the checkout's.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import mlflow.pyfunc
import pandas as pd
from tqdm import tqdm

# Documents per call: enough to keep every engine busy, few enough for a progress bar that moves.
_BATCH = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-uri", required=True)
    parser.add_argument("--documents", required=True, help="Parquet: image (base64), document_id")
    parser.add_argument("--rows", required=True, help="JSON Lines to write, one per document")
    parser.add_argument("--trace-images", choices=["full", "none"], required=True)
    args = parser.parse_args()

    documents = pd.read_parquet(args.documents)
    model = _load(args.model_uri, args.trace_images)
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
        mlflow.flush_trace_async_logging()
    Path(f"{args.rows}.timing").write_text(json.dumps({"seconds": seconds}), encoding="utf-8")


def _load(model_uri: str, trace_images: str) -> Any:
    """A model that says itself why it does not load is quoted, without our stack."""
    try:
        return mlflow.pyfunc.load_model(model_uri, model_config={"trace_images": trace_images})
    except Exception as err:
        if type(err).__module__ == "ocr_model.errors":
            sys.exit(f"{model_uri} does not load: {err}")
        raise


if __name__ == "__main__":
    main()
