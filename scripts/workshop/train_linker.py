"""python -m scripts.train_linker --data FOLDER --out linker.npz [--held-out FOLDER]

Fit the linker of the embedded engine to labelled forms in FUNSD's format and write its weights.
The weights that come with the package are rebuilt, byte for byte with the same versions, by the
commands in docs/linker.md. To train on your own forms with MLflow: `mlflow run . -e train`.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from ocr_model.commands.cli import whole_number
from ocr_model.errors import OcrModelError
from ocr_model.linker import from_bytes, sha256_of, to_bytes
from ocr_model.training import (
    TrainingSet,
    fit_linker,
    load_training_set,
    predict,
    scores_of_answers,
)


def main(argv: list[str] | None = None) -> int:
    args = _parse(argv)
    started = time.perf_counter()
    try:
        training = load_training_set(args.data, cache=args.words)
        held_out = load_training_set(args.held_out, cache=args.words) if args.held_out else None
    except OcrModelError as err:
        print(f"error: {err}", file=sys.stderr)
        return 2
    print(f"Forms   {len(training.forms)} in {args.data} ({_since(started)})", flush=True)
    data = to_bytes(fit_linker(training, held_out, args.seed, ticks_choose=args.ticks_choose))
    args.out.write_bytes(data)
    print(f"Linker  {args.out}, {len(data):,} bytes, sha256 {sha256_of(data)} ({_since(started)})")
    for folder in [args.held_out, *args.test] if args.held_out else args.test:
        forms = held_out if folder is args.held_out else load_training_set(folder, cache=args.words)
        if forms is not None:
            print(f"Scores  {folder}: {_scores(data, forms)}", flush=True)
    return 0


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of labelled forms")
    parser.add_argument("--out", type=Path, required=True, help="file for the weights (.npz)")
    parser.add_argument("--held-out", type=Path, help="forms of another style: confidence, scores")
    parser.add_argument("--test", type=Path, nargs="*", default=[], help="folders to score only")
    parser.add_argument(
        "--ticks-choose",
        action="store_true",
        help="the forms have a drawn tick as the answer of its option; answer with the option",
    )
    parser.add_argument("--seed", type=whole_number, default=0)
    parser.add_argument("--words", type=Path, help="cache of words read; empty: the user's cache")
    return parser.parse_args(argv)


def _scores(data: bytes, forms: TrainingSet) -> str:
    scores, _ = scores_of_answers(predict(from_bytes(data), forms), forms.references)
    return ", ".join(f"{name} {score:.3f}" for name, score in scores.items())


def _since(started: float) -> str:
    return f"{time.perf_counter() - started:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
