"""Train the linker of the embedded engine on one's own labelled forms."""

from __future__ import annotations

from dataclasses import asdict

import mlflow

from ocr_model.commands.cli import Train
from ocr_model.commands.models import log_missing_params
from ocr_model.console import say
from ocr_model.errors import ConfigError
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


def train(given: Train) -> int:
    sizes = _sizes(given.curve)
    if given.folds < 2:
        raise ConfigError(f"Expected at least 2 folds, got {given.folds}.")
    names = choose_random_annotation_names(given.data, given.n, given.seed)
    forms = load_training_set(given.data, names, given.words)
    with mlflow.start_run(run_name=f"train on {len(forms.forms)} forms") as run:
        log_missing_params({"forms_used": len(forms.forms), **asdict(given)})
        _validate(forms, given.folds, given.seed, sizes)
        data = to_bytes(fit_linker(forms, seed=given.seed))
        uri = log_linker(data)
        say(f"Linker  {uri}, {len(data):,} bytes, sha256 {sha256_of(data)}")
        say(f"Run     {run.info.run_name} ({run.info.run_id})")
        say(f"Use it  mlflow run . -e evaluate -P linker={uri}")
    return 0


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
    say(_line(f"{len(forms.forms)} forms, {folds} folds", report))
    reached = len(forms.forms) - -(-len(forms.forms) // folds)
    curve = {reached: report}
    for size in curve_sizes(len(forms.forms), folds, sizes):
        curve[size] = report_of(cross_validate(forms, folds, seed, size), forms)
        say(_line(f"trained on {size}", curve[size]))
    log_learning_curve(curve)


def _line(what: str, report: Report) -> str:
    shown = ("pair_f1_fuzzy", "pair_f1_normalized", "pair_f1_strict", "key_value_accuracy/mean")
    told = []
    for name in shown:
        low, high = report.intervals.get(name, (float("nan"), float("nan")))
        told.append(f"{name} {report.scores[name]:.3f} ({low:.3f}-{high:.3f})")
    return f"{what:<24} {', '.join(told)}"
