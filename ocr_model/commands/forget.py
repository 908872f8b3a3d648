"""Erase what is stored of documents, and report it place by place."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import mlflow

from ocr_model.access import refuse_without_experiment
from ocr_model.age import parse_age, time_before
from ocr_model.commands.cli import Forget, listed, option
from ocr_model.commands.models import acting_user
from ocr_model.console import printable, say
from ocr_model.errors import ConfigError
from ocr_model.forgetting import (
    FoundTrace,
    Line,
    Receipt,
    Subject,
    digests_in_reviews,
    digests_in_rows,
    find_traces,
    forget_in_folder,
    forget_in_runs,
    forget_records,
    forget_replies,
    forget_reports,
    forget_rows,
    forget_traces,
    forget_words,
    give_space_back,
    list_learned,
    subject_of,
)
from ocr_model.lifecycle import EXPERIMENT, hold_store

_SCHEMA_VERSION = 1


def forget(given: Forget) -> int:
    if bool(given.documents) == bool(given.older_than):
        raise ConfigError(
            f"Expected ids or SHA-256 of documents, or {option('older_than', '180d')}, one of the "
            "two. Nothing was touched."
        )
    if "" in given.documents:
        raise ConfigError("Expected ids of documents, got an empty one. Nothing was touched.")
    if given.receipt is not None and given.receipt.exists():
        raise ConfigError(
            f"Expected a new file for the receipt, but {given.receipt} exists. Nothing was touched."
        )
    receipt = Receipt(erases=given.erase)
    subject, traces = _found(given)
    if given.erase:
        for experiment_id in _experiments(traces):
            refuse_without_experiment(experiment_id, erases=True)
    _forget(given, subject, traces, receipt)
    _say(receipt)
    if given.receipt is not None:
        _write(given, subject, receipt)
    return int(receipt.failed)


def _found(given: Forget) -> tuple[Subject, list[FoundTrace]]:
    if given.older_than:
        subject = Subject(before=time_before(parse_age(given.older_than)))
        return subject, find_traces(subject)
    named = [one.lower() if _is_digest(one) else one for one in given.documents]
    rows = (digests_in_rows(named, Path(output)) for output in listed(given.rows))
    reviewed = (digests_in_reviews(named, Path(folder)) for folder in listed(given.reviewed))
    return subject_of([*named, *set().union(*rows, *reviewed)])


def _experiments(traces: list[FoundTrace]) -> list[str]:
    """The experiments to search: those with traces, and ours with its runs."""
    ours = mlflow.get_experiment_by_name(EXPERIMENT)
    own = [] if ours is None else [ours.experiment_id]
    return list(dict.fromkeys([*own, *(one.experiment_id for one in traces)]))


def _is_digest(text: str) -> bool:
    return len(text) == 64 and set(text.lower()) <= set("0123456789abcdef")


def _forget(given: Forget, subject: Subject, traces: list[FoundTrace], receipt: Receipt) -> None:
    with receipt.at("MLflow", "models and weights"):
        list_learned(subject, receipt)
    with receipt.at("MLflow", "runs"):
        forget_in_runs(subject, {one.run_id for one in traces if one.run_id}, receipt)
    forget_records(subject, receipt)
    # Last of what MLflow has, as they name the document's other names and runs.
    forget_traces(traces, receipt)
    forget_replies(subject, given.cache_path, receipt)
    forget_words(subject, given.words, receipt)
    forget_reports(subject, given.reports, receipt)
    for output in listed(given.rows):
        forget_rows(subject, Path(output), receipt)
    for folder in listed(given.reviewed):
        forget_in_folder(subject, Path(folder), receipt)
    with hold_store():
        give_space_back(receipt)


def _say(receipt: Receipt) -> None:
    for line in receipt.lines:
        say(_shown(line))
    if not receipt.erases:
        say(f"Nothing was erased: this is what {option('erase')} would erase.")
    elif receipt.failed:
        say("error: not everything was erased; the lines that failed say what.", file=sys.stderr)


def _shown(line: Line) -> str:
    count = f"{line.count:,} " if line.count else ""
    reason = f": {line.reason}" if line.reason else ""
    return printable(
        f"{line.state.value:<14}  {line.place}  {count}{line.what}{reason}", one_line=True
    )


def _write(given: Forget, subject: Subject, receipt: Receipt) -> None:
    assert given.receipt is not None
    content: dict[str, Any] = {
        "schema_version": _SCHEMA_VERSION,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "by": acting_user(),
        "mode": "erase" if receipt.erases else "dry run",
        "documents": list(given.documents),
        "sha256": sorted(subject.digests),
        "older_than": given.older_than or None,
        "complete": not receipt.failed,
        "places": receipt.to_plain(),
    }
    partial = given.receipt.with_name(f".{given.receipt.name}.{os.getpid()}")
    partial.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    partial.replace(given.receipt)
    say(f"Receipt  {given.receipt}")
