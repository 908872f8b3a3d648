"""python -m scripts.extract --input FOLDER|GLOB|LIST --output ROWS.parquet|ROWS.jsonl

Let a registered model (the champion, unless one is named) read documents into one file, a row per
document. The same command goes on where an interrupted or killed one was. Same as
`mlflow run . -e extract -P input=… -P output=…`.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path
from typing import Any

import mlflow
from mlflow import MlflowClient
from mlflow.entities import LoggedModelInput

from ocr_model.bulk import Batch, BatchResult, extract_batch
from ocr_model.errors import ConfigError, OcrModelError
from ocr_model.lifecycle import MODEL_NAME, find_champion
from scripts.settings import json_object, quiet_mlflow


def main(argv: list[str] | None = None) -> int:
    args = _parse(argv)
    quiet_mlflow()
    try:
        batch = _batch_of(args)
        print(f"Model      {batch.model_uri}")
        with mlflow.start_run() as run:
            _log_parameters(batch, run)
            started = time.perf_counter()
            result = extract_batch(batch)
            mlflow.log_metrics(
                {**result.summary.metrics(), "seconds": time.perf_counter() - started}
            )
    except (OcrModelError, OSError) as err:
        print(f"error: {err}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "Interrupted. Finished documents are kept beside the output: the same command goes on.",
            file=sys.stderr,
        )
        return 130
    _print_result(batch, result)
    return 0 if result.stopped is None else 1


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", required=True, help="folder, glob, list of paths, or one file")
    parser.add_argument("--output", required=True, type=Path, help="ends in .parquet or .jsonl")
    parser.add_argument("--model-uri", default="", help="empty: the champion")
    parser.add_argument("--settings", default="", help="JSON object of operational settings")
    parser.add_argument(
        "--cache",
        choices=["off", "read-write", "replay"],
        default="read-write",
        help="replies of the LLM on disk, so that pages in flight at a kill are not paid twice",
    )
    parser.add_argument("--cache-path", default="", help="empty: a file in the user's cache folder")
    parser.add_argument(
        "--traces", choices=["off", "on"], default="off", help="a trace per document, without image"
    )
    return parser.parse_args(argv)


def _batch_of(args: argparse.Namespace) -> Batch:
    if not args.input or not args.output.name:
        raise ConfigError(
            "Expected input and output, like -P input=scans -P output=rows.parquet, got "
            f"{args.input!r} and {str(args.output)!r}."
        )
    settings: dict[str, Any] = {"cache": args.cache}
    if args.cache_path:
        settings["cache_path"] = str(Path(args.cache_path).expanduser().resolve())
    if args.settings:
        settings |= json_object("settings", args.settings)
    return Batch(
        model_uri=_numbered(args.model_uri),
        documents=args.input,
        output=args.output.absolute(),
        settings=settings,
        traces=args.traces == "on",
    )


def _numbered(model_uri: str) -> str:
    """An alias may move while a batch is read; the version it names now is what reads it."""
    alias = re.fullmatch(r"models:/([^/@]+)@([^/@]+)", model_uri)
    if model_uri and alias is None:
        return model_uri
    if alias is None or alias[0] == f"models:/{MODEL_NAME}@champion":
        version = find_champion()
    else:
        version = MlflowClient().get_model_version_by_alias(alias[1], alias[2])
    return f"models:/{version.name}/{version.version}"


def _log_parameters(batch: Batch, run: mlflow.ActiveRun) -> None:
    """`mlflow run` has logged the arguments already, and params are final."""
    parameters = {
        "extracted_by": batch.model_uri,
        "input": batch.documents,
        "output": str(batch.output),
        "settings": dict(batch.settings),
    }
    known = run.data.params
    mlflow.log_params({key: value for key, value in parameters.items() if key not in known})
    model_id = mlflow.models.get_model_info(batch.model_uri).model_id
    if model_id is not None:
        MlflowClient().log_inputs(run.info.run_id, models=[LoggedModelInput(model_id)])


def _print_result(batch: Batch, result: BatchResult) -> None:
    summary = result.summary
    outcomes = ", ".join(f"{count:,} {name}" for name, count in summary.outcomes.most_common())
    print(f"Documents  {summary.documents:,} of {result.documents:,}: {outcomes}")
    cached = f"; {summary.cached:,} documents from the cache" if summary.cached else ""
    print(f"Pages      {summary.pages:,}{cached}")
    if summary.prompt_tokens is not None or summary.completion_tokens is not None:
        sent, written = _count(summary.prompt_tokens), _count(summary.completion_tokens)
        print(f"Tokens     {sent} in, {written} out")
    if summary.unpriced:
        llms = ", ".join(sorted(summary.unpriced))
        print(f"Cost       unknown: MLflow has no price, or was told no tokens, for {llms}")
    elif summary.cost_usd is not None:
        print(f"Cost       ${summary.cost_usd:,.4f}")
    if result.stopped is None:
        print(f"Rows       {batch.output}")
        return
    print(
        f"error: the batch was given up: {result.stopped}\nFinished documents are kept in "
        f"{batch.output}.partial: the same command goes on from there.",
        file=sys.stderr,
    )


def _count(tokens: int | None) -> str:
    return "unknown" if tokens is None else f"{tokens:,}"


if __name__ == "__main__":
    sys.exit(main())
