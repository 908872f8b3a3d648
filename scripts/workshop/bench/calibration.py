"""python -m scripts.bench calibration --data FOLDER [--words FOLDER]

What labelled forms of one's own do for the embedded engine's confidences: as they are, and with a
`confidence_calibration` fitted on other forms of the folder, on some of them and on all. Every form
is judged once, five parts in turn, none by points that were fitted on it.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ocr_model.commands.cli import SAMPLE
from ocr_model.engines import calibrated
from ocr_model.linker import pinned_linker
from ocr_model.schema import Answer
from ocr_model.scoring import Judged, confidence_metrics, fit_calibration, judge
from ocr_model.training import load_training_set, predict

SIZES = (10, 25, 50)
_FOLDS = 5
_SHOWN = ("confidence_ece", "confidence_brier", "confidence_auroc", "coverage_at_95_precision")

Scored = tuple[Sequence[Answer], Mapping[str, list[str]]]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SAMPLE, help="folder of labelled forms")
    parser.add_argument("--words", type=Path, help="cache of words read; empty: the user's cache")
    args = parser.parse_args(argv)
    forms = load_training_set(args.data, cache=args.words)
    scored: list[Scored] = list(
        zip(predict(pinned_linker("", None), forms), forms.references, strict=True)
    )
    most = len(scored) - -(-len(scored) // _FOLDS)
    print(f"{len(scored)} forms of {args.data}, 95 % intervals over forms\n")
    print("{:<20}".format("calibrated on") + "".join(f"{name:>26}" for name in _SHOWN))
    print(_line("nothing", judge(scored), len(scored)))
    for size in [*(size for size in SIZES if size < most), most]:
        print(_line(f"{size} forms", judge(_cross_calibrated(scored, size)), len(scored)))
    return 0


def _cross_calibrated(scored: Sequence[Scored], size: int) -> list[Scored]:
    order = np.random.default_rng(0).permutation(len(scored)).tolist()
    found: dict[int, Scored] = {}
    for fold in np.array_split(order, _FOLDS):
        judged_here = set(fold.tolist())
        rest = [index for index in order if index not in judged_here][:size]
        points = fit_calibration(judge([scored[index] for index in rest]))
        found |= {index: _with_points(scored[index], points) for index in judged_here}
    return [found[index] for index in range(len(scored))]


def _with_points(scored: Scored, points: Sequence[tuple[float, float]]) -> Scored:
    answers, references = scored
    return [
        answer
        if answer.confidence is None
        else replace(answer, confidence=calibrated(answer.confidence, points))
        for answer in answers
    ], references


def _line(name: str, judged: Judged, forms: int) -> str:
    metrics = confidence_metrics(judged, forms)
    return f"{name:<20}" + "".join(f"{_figure(metrics, metric):>26}" for metric in _SHOWN)


def _figure(metrics: Mapping[str, float], name: str) -> str:
    """Nothing where it is not defined: there is no AUROC where all answers are right."""
    if name not in metrics:
        return "-"
    return (
        f"{metrics[name]:.3f} [{metrics[f'{name}/ci_low']:.3f}, {metrics[f'{name}/ci_high']:.3f}]"
    )


if __name__ == "__main__":
    raise SystemExit(main())
