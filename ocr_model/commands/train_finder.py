"""Train a finder for fields on the user's documents: `train` with `--fields`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict

import mlflow
from tqdm import tqdm

from ocr_model.commands.cli import Train, command
from ocr_model.commands.models import forms_in, log_missing_params, refuse_without_text
from ocr_model.commands.run_link import run_lines
from ocr_model.console import in_columns, printable, say
from ocr_model.errors import ConfigError, DatasetError
from ocr_model.fields import WantedFields, load_fields
from ocr_model.finder import MOST_BYTES, TYPES, teachable, to_bytes
from ocr_model.forms import true_fields
from ocr_model.linker import sha256_of
from ocr_model.scoring import FIELD_HEADLINE, names_in_metrics
from ocr_model.training import default_cache
from ocr_model.training.finder import (
    COVERAGE,
    ECE,
    MIN_FOLDS,
    Example,
    FinderReport,
    count_fits,
    difference_of,
    example_of,
    fit_finder,
    log_finder,
    log_finder_report,
    read_documents,
    report_of,
)

_FEWEST = 5
_SHOWN = 3
# Seconds per field of a fit, on one core: the trees themselves, and the addition per document.
_SECONDS_PER_FIELD, _SECONDS_PER_DOCUMENT = 0.15, 0.02


def train_finder(given: Train) -> int:
    refuse_without_text("text", "the weights of a finder hold words of the documents")
    wanted = load_fields(given.fields)
    learned = teachable(wanted)
    if not learned:
        raise DatasetError(
            f"Expected a field of type {', '.join(sorted(TYPES))} in {given.fields}, got none: "
            "where other types stand is not learned."
        )
    examples = _examples(given, wanted)
    count = len(examples)
    folds = min(given.folds, count)
    if folds < MIN_FOLDS:
        raise ConfigError(f"Expected at least {MIN_FOLDS} folds for a finder, got {folds}.")
    with mlflow.start_run(run_name=f"find fields, {count} documents") as run:
        log_missing_params({"documents_used": count, **asdict(given)})
        _tell(given, wanted, examples, folds)
        with tqdm(total=count_fits(folds), unit="fit", desc="Fitting", file=sys.stderr) as progress:
            fitted = fit_finder(examples, folds, given.seed, progress.update)
        data = to_bytes(fitted.finder)
        if len(data) > MOST_BYTES:
            raise DatasetError(
                f"Expected weights of at most {MOST_BYTES:,} bytes, got {len(data):,}. Train with "
                "fewer fields."
            )
        report = report_of(examples, fitted.unseen, wanted)
        without = report_of(examples, [example.values for example in examples], wanted)
        log_finder_report(report, without)
        uri = log_finder(data)
        say(f"\n{_table(wanted, report, without)}\n")
        say(f"{_conclusion(wanted, count, report, without)}\n")
        say(f"Finder  {uri}, {len(data):,} bytes, sha256 {sha256_of(data)}")
        say(run_lines(run))
        say(f"Use it  {command('log_model', fields=given.fields, finder=uri)}")
        others = command("evaluate", fields=given.fields, finder=uri, data="FOLDER")
        say(f"Judge   {others}, with documents that it did not learn from")
    return 0


def _examples(given: Train, wanted: WantedFields) -> list[Example]:
    forms = forms_in(given.data, given.n, given.seed)
    told = [(form, truth) for form in forms if (truth := true_fields(form, wanted))]
    read = read_documents([form for form, _ in told], wanted, (given.words or default_cache()))
    for document in read:
        if document.error is not None:
            say(f"Left out  {document.form.name}: {document.error}")
    examples = [
        example_of(document.form.name, document.sha256, document.contents, truth, wanted)
        for document, (_, truth) in zip(read, told, strict=True)
        if any(page.words for page in document.contents)
    ]
    if len(examples) < _FEWEST:
        raise DatasetError(
            f"Expected at least {_FEWEST} documents with text that say what one of "
            f"{', '.join(field.name for field in wanted.fields)} is, got {len(examples)} in "
            f"{str(given.data)!r}. Write fields/<name>.json beside images/."
        )
    return examples


def _tell(given: Train, wanted: WantedFields, examples: Sequence[Example], folds: int) -> None:
    """Print the training documents, and the values that were not found on their pages."""
    learned = teachable(wanted)
    say(f"Documents  {len(examples)} in {given.data}, {len(learned)} fields to learn")
    others = [f"{f.name} ({f.type})" for f in wanted.fields if f not in learned]
    if others:
        say(f"Not learned  {', '.join(others)}: only where texts, numbers, amounts and dates stand")
    for field in learned:
        absent = [example.name for example in examples if field.name in example.unfound()]
        if absent:
            shown = ", ".join(printable(name, one_line=True) for name in absent[:_SHOWN])
            more = f" and {len(absent) - _SHOWN} more" if len(absent) > _SHOWN else ""
            say(f"Not on its pages  {field.name} of {shown}{more}: not learned from there")
    each = _SECONDS_PER_FIELD + _SECONDS_PER_DOCUMENT * len(examples)
    minutes = round(count_fits(folds) * len(learned) * each / 2 / 60) or 1
    say(f"Fits    {count_fits(folds)}, about {minutes} min on two cores")


def _table(wanted: WantedFields, report: FinderReport, without: FinderReport) -> str:
    """F1 with 95 % intervals, with the finder and without, and the calibration of confidences."""
    names = names_in_metrics(wanted)
    rows: list[tuple[str, ...]] = [("field", "F1", "without", "ECE", "at 95 % precision")]
    for label, suffix in [
        ("together", ""),
        *((f.name, f"/{names[f.name]}") for f in wanted.fields),
    ]:
        metric = f"{FIELD_HEADLINE}{suffix}"
        known = [report.confidence.get(f"{name}{suffix}") for name in (ECE, COVERAGE)]
        told = ["" if value is None else f"{value:.2f}" for value in known]
        rows.append((label, report.shown(metric), without.shown(metric), *told))
    return in_columns(rows)


def _conclusion(
    wanted: WantedFields, count: int, report: FinderReport, without: FinderReport
) -> str:
    """Whether the finder helps, according to the interval of the difference."""
    ahead = difference_of(report, without)
    if ahead.low > 0:
        verdict = "better"
    elif ahead.high < 0:
        verdict = "not better: do without it, or label more documents"
    else:
        verdict = "no sure difference; label more documents"
    names = names_in_metrics(wanted)
    by_field = {
        field.name: report.scores[metric]
        for field in teachable(wanted)
        if (metric := f"{FIELD_HEADLINE}/{names[field.name]}") in report.scores
    }
    best = sorted(by_field, key=lambda name: -by_field[name])
    told = ", ".join(f"{name} {by_field[name]:.2f}" for name in best)
    bounds = f"[{100 * ahead.low:.1f}, {100 * ahead.high:.1f}]"
    return (
        f"Result  {count} documents: F1 {report.shown(FIELD_HEADLINE)}, without the finder "
        f"{without.scores[FIELD_HEADLINE]:.2f}: {verdict}\n"
        f"        {told}\n"
        f"        ({100 * ahead.estimate:+.1f} points, 95 % {bounds}; cross-validated, so no "
        "document was seen before it was read)"
    )
