"""python -m scripts.train --data FOLDER [--folds 5] [--curve 10,25,50]

Train the linker of the embedded engine on your own labelled forms, in FUNSD's format, and say by
cross-validation what it is worth on forms like them. The weights become an artefact of the run:
`--linker runs:/<id>/linker.npz` uses them. Same as `mlflow run . -e train -P data=FOLDER`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import mlflow

from ocr_model.errors import ConfigError, OcrModelError
from ocr_model.forms import choose_random_annotation_names
from ocr_model.linker import sha256_of, to_bytes
from ocr_model.training import (
    Report,
    TrainingSet,
    cross_validate,
    curve_sizes,
    fit_linker,
    load_training_set,
    log_learning_curve,
    log_linker,
    log_report,
    report_of,
)
from scripts.child_runs import log_missing_params
from scripts.settings import SAMPLE, quiet_mlflow, whole_number


def main(argv: list[str] | None = None) -> int:
    args = _parse(argv)
    quiet_mlflow()
    try:
        sizes = _sizes(args.curve)
        if args.folds < 2:
            raise ConfigError(f"Expected at least 2 folds, got {args.folds}.")
        names = choose_random_annotation_names(args.data, args.n, args.seed)
        forms = load_training_set(args.data, names, args.words)
        with mlflow.start_run(run_name=f"train on {len(forms.forms)} forms") as run:
            log_missing_params({"forms_used": len(forms.forms), **vars(args)})
            _validate(forms, args.folds, args.seed, sizes)
            data = to_bytes(fit_linker(forms, seed=args.seed))
            uri = log_linker(data)
            print(f"Linker  {uri}, {len(data):,} bytes, sha256 {sha256_of(data)}")
            print(f"Run     {run.info.run_name} ({run.info.run_id})")
            print(f"Use it  mlflow run . -e evaluate -P linker={uri}")
    except OcrModelError as err:
        print(f"error: {err}", file=sys.stderr)
        return 2
    return 0


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SAMPLE, help="folder of labelled forms")
    parser.add_argument("--n", type=whole_number, default=0, help="how many forms; 0 = all")
    parser.add_argument("--folds", type=whole_number, default=5, help="of the cross-validation")
    parser.add_argument(
        "--curve", default="10,25,50", help="further numbers of forms to train on; empty: none"
    )
    parser.add_argument("--seed", type=whole_number, default=0)
    parser.add_argument("--words", type=_path_or_none, default=None, help="cache of words read")
    return parser.parse_args(argv)


def _path_or_none(text: str) -> Path | None:
    return Path(text) if text else None


def _sizes(text: str) -> list[int]:
    try:
        return [int(item) for item in text.split(",") if item.strip()]
    except ValueError as err:
        raise ConfigError(f"Expected numbers of forms like 10,25,50, got {text!r}.") from err


def _validate(forms: TrainingSet, folds: int, seed: int, sizes: list[int]) -> None:
    """Cross-validate on all forms and on fewer, and log what comes of it."""
    whole = cross_validate(forms, folds, seed)
    report = report_of(whole, forms)
    log_report(report, forms)
    print(_line(f"{len(forms.forms)} forms, {folds} folds", report))
    reached = len(forms.forms) - -(-len(forms.forms) // folds)
    curve = {reached: report}
    for size in curve_sizes(len(forms.forms), folds, sizes):
        curve[size] = report_of(cross_validate(forms, folds, seed, size), forms)
        print(_line(f"trained on {size}", curve[size]))
    log_learning_curve(curve)


def _line(what: str, report: Report) -> str:
    shown = ("pair_f1_fuzzy", "pair_f1_normalized", "pair_f1_strict", "key_value_accuracy/mean")
    told = []
    for name in shown:
        low, high = report.intervals.get(name, (float("nan"), float("nan")))
        told.append(f"{name} {report.scores[name]:.3f} ({low:.3f}-{high:.3f})")
    return f"{what:<24} {', '.join(told)}"


if __name__ == "__main__":
    sys.exit(main())
