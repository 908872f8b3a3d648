"""Train the embedded engine's linker, or a finder for fields, on the user's labelled forms."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import mlflow
from tqdm import tqdm

from ocr_model.commands.cli import Train, command, listed
from ocr_model.commands.models import log_missing_params
from ocr_model.commands.run_link import folder_name, run_lines
from ocr_model.commands.train_finder import train_finder
from ocr_model.console import in_columns, say
from ocr_model.errors import ConfigError
from ocr_model.forms import choose_random_annotation_names
from ocr_model.lifecycle import describe_run, name_run
from ocr_model.linker import pinned_linker, sha256_of, to_bytes
from ocr_model.schema import Answer
from ocr_model.scoring import Difference
from ocr_model.trace_content import holds_text, kept_here
from ocr_model.training import (
    TrainingReport,
    TrainingSet,
    cross_validate,
    curve_sizes,
    difference_of_answers,
    fit_linker,
    load_training_set,
    log_learning_curve,
    log_linker,
    log_report,
    predict,
    report_of,
)

# The main number comes first.
_SHOWN = ("pair_f1_normalized", "pair_f1_fuzzy", "pair_f1_strict", "key_value_accuracy/mean")
# Seconds on two cores: the trees themselves, and the addition per form of 150 words.
_SECONDS_PER_FIT = 10
_SECONDS_PER_FORM = 0.4


def train(given: Train) -> int:
    wanted = _sizes(given.curve)
    if given.folds < 2:
        raise ConfigError(f"Expected at least 2 folds, got {given.folds}.")
    if given.fields:
        return train_finder(given)
    names = choose_random_annotation_names(given.data, given.n, given.seed)
    with tempfile.TemporaryDirectory() as folder:
        # If no text may be stored, the words are not cached, either.
        words = given.words if holds_text(kept_here("text")) else Path(folder)
        forms = load_training_set(given.data, names, words)
    count = len(forms.forms)
    name = f"train on {folder_name(given.data)} ({count})"
    with mlflow.start_run(run_name=name) as run:
        name_run(name)
        log_missing_params({"forms_used": count, **asdict(given)})
        say(f"Forms   {count} in {given.data}")
        sizes = curve_sizes(count, given.folds, wanted)
        answers, curve, weights = _fit_all(forms, sizes, given)
        report = curve[max(curve)]
        log_report(report, forms)
        log_learning_curve(curve)
        uri = log_linker(weights)
        read_by_bundled = predict(pinned_linker("", None), forms)
        bundled = report_of(read_by_bundled, forms)
        mlflow.log_metrics({f"bundled/{name}": value for name, value in bundled.scores.items()})
        ahead = difference_of_answers(answers, read_by_bundled, forms.references, _SHOWN[0])
        table, conclusion = _table(curve, bundled), _conclusion(report, bundled, ahead)
        describe_run(run.info.run_id, f"{conclusion}\n\n```\n{table}\n```")
        say(f"\n{table}\n\n{conclusion}\n")
        say(f"Linker  {uri}, {len(weights):,} bytes, sha256 {sha256_of(weights)}")
        say(run_lines(run, name))
        say(f"Use it  {command('log_model', linker=uri)}")
    return 0


def _sizes(text: str) -> list[int]:
    try:
        return [int(item) for item in listed(text)]
    except ValueError as err:
        raise ConfigError(f"Expected numbers of forms like 10,25,50, got {text!r}.") from err


def _fit_all(
    forms: TrainingSet, sizes: Sequence[int], given: Train
) -> tuple[list[tuple[Answer, ...]], dict[int, TrainingReport], bytes]:
    """Cross-validate on all forms and on fewer, then fit on all: answers, learning curve, weights.

    Every fit starts from the bundled weights, because few forms alone would give worse ones.

    Shows progress and remaining time.
    """
    count, folds = len(forms.forms), given.folds
    in_each_fit = count - -(-count // folds)
    count_of_fits = folds * (1 + len(sizes)) + 1
    forms_fitted = folds * (in_each_fit + sum(sizes)) + count
    minutes = round((count_of_fits * _SECONDS_PER_FIT + forms_fitted * _SECONDS_PER_FORM) / 60) or 1
    say(f"Fits    {count_of_fits}, about {minutes} min on two cores")
    bundled = pinned_linker("", None)
    with tqdm(total=count_of_fits, unit="fit", desc="Fitting", file=sys.stderr) as progress:
        fits = partial(
            cross_validate, forms, folds, given.seed, tell=progress.update, start=bundled
        )
        answers = fits()
        curve = {size: report_of(fits(fewer=size), forms) for size in sizes}
        learned_from = tuple(form.image_sha256 for form in forms.forms)
        fitted = fit_linker(forms, seed=given.seed, start=bundled)
        weights = to_bytes(replace(fitted, documents_sha256=learned_from))
        progress.update()
    return answers, {**curve, in_each_fit: report_of(answers, forms)}, weights


def _table(curve: Mapping[int, TrainingReport], bundled: TrainingReport) -> str:
    """Scores with 95 % intervals, cross-validated for each number of forms."""
    rows = {f"{size} of these forms": report for size, report in sorted(curve.items())}
    rows["the bundled weights"] = bundled
    lines = ((name, *_cells(report)) for name, report in rows.items())
    return in_columns([("trained on", *_SHOWN), *lines])


def _cells(report: TrainingReport) -> list[str]:
    cells = []
    for name in _SHOWN:
        low, high = report.intervals.get(name, (float("nan"), float("nan")))
        cells.append(f"{report.scores[name]:.3f} [{low:.3f}, {high:.3f}]")
    return cells


def _conclusion(report: TrainingReport, bundled: TrainingReport, ahead: Difference) -> str:
    """Whether the trained weights beat the bundled ones, according to the interval."""
    name = _SHOWN[0]
    if ahead.low > 0:
        verdict = "better"
    elif ahead.high < 0:
        verdict = "not better; label more forms, or keep the bundled weights"
    else:
        verdict = "no sure difference; label more forms"
    bounds = f"[{100 * ahead.low:.1f}, {100 * ahead.high:.1f}]"
    return (
        f"Result  {name} {report.scores[name]:.3f} against {bundled.scores[name]:.3f} of the "
        f"bundled weights on the same forms: {verdict}\n"
        f"        ({100 * ahead.estimate:+.1f} points, 95 % {bounds}; cross-validated, so no form "
        "was seen before it was read)"
    )
