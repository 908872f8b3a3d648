"""Compare production with the champion's evaluation."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import mlflow
import pandas as pd

from ocr_model.bulk import read_rows
from ocr_model.commands.cli import Monitor, command, option
from ocr_model.commands.models import log_missing_params
from ocr_model.commands.run_link import folder_name, run_lines
from ocr_model.console import printable, say
from ocr_model.errors import ConfigError
from ocr_model.lifecycle import (
    baseline_of,
    content_kept,
    describe_run,
    find_champion,
    name_run,
    production_rows,
    short_name,
    uri_of,
)
from ocr_model.monitoring import (
    Change,
    DocumentFacts,
    DriftVerdict,
    changes_chart,
    changes_of,
    digest_of,
    facts_of,
    is_sampled,
    new_questions,
    overall_verdict,
    read_profile,
)
from ocr_model.review.progress import Known, what_is_known
from ocr_model.trace_content import holds_text

EXIT_CODES = {DriftVerdict.STEADY: 0, DriftVerdict.CHANGED: 3, DriftVerdict.TOO_LITTLE_SEEN: 4}

_Seen = Sequence[tuple[dict[str, Any], float | None]]


def monitor(given: Monitor) -> int:
    if bool(given.rows) == bool(given.traces):
        raise ConfigError(
            f"Expected {option('rows', 'FILE')} of a batch or {option('traces', 'EXPERIMENT')} of "
            "a served model, one of the two."
        )
    if not 0 <= given.sample_share <= 1:
        raise ConfigError(f"Expected a share from 0 to 1 to review, got {given.sample_share}.")
    model_uri = given.model_uri or uri_of(find_champion())
    model_id = mlflow.models.get_model_info(model_uri).model_id
    run_id, profile = baseline_of(model_uri, model_id)
    baseline = read_profile(profile)
    known = what_is_known(given.reviewed) if given.reviewed else None
    seen = _seen(given, model_id)
    if not seen:
        raise ConfigError("Expected documents to look at, got none. Nothing was logged.")
    changes = changes_of(baseline, [facts_of(row, cost) for row, cost in seen])
    verdict = overall_verdict(changes)
    source = folder_name(given.rows) if given.rows else given.traces
    name = f"monitor {short_name(model_uri)} on {source} ({len(seen)})"
    with mlflow.start_run(run_name=name) as run:
        name_run(name)
        log_missing_params({"model_uri": model_uri, "baseline_run": run_id, "documents": len(seen)})
        news = _news(baseline, seen)
        text = _text(changes, news, known)
        # Questions are text of pages.
        logged_news = news if holds_text(content_kept(model_uri)) else []
        logged = _text(changes, logged_news, known)
        _log(changes, verdict, logged, logged_news, known)
        describe_run(run.info.run_id, f"**{verdict.value}**\n\n```\n{logged}\n```")
        say(f"Model     {model_uri}\nBaseline  {len(baseline)} documents of run {run_id}")
        say(f"Seen      {len(seen)} documents of {source}\n\n{text}\n")
        _write_sample(given, seen)
        say(run_lines(run, name))
    say(f"Verdict   {verdict.value}")
    return EXIT_CODES[verdict]


def _seen(given: Monitor, model_id: str | None) -> _Seen:
    if given.traces:
        return list(production_rows(given.traces, model_id, given.days, given.most))
    return [(row, None) for row in read_rows(given.rows)] if given.rows else []


def _news(baseline: Sequence[DocumentFacts], seen: _Seen) -> list[tuple[str, int]]:
    """Questions that no form of the baseline has; none for a model with fields."""
    asked = (
        (question, digest_of(question))
        for row, _ in seen
        if not len(row.get("fields") or ())
        for question in row.get("pairs") or {}
    )
    return new_questions(baseline, list(asked))


def _text(changes: Sequence[Change], news: Sequence[tuple[str, int]], known: Known | None) -> str:
    head = ("", "before", "now", "difference", "interval", "")
    lines = [head, *map(_line, changes)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    table = "\n".join(
        f"  {line[0]:<{widths[0]}}  "
        + "  ".join(f"{cell:>{width}}" for cell, width in zip(line[1:5], widths[1:5], strict=True))
        + f"  {line[5]}".rstrip()
        for line in lines
    )
    parts = [table]
    if news:
        asked = ", ".join(f"{printable(text, one_line=True)} ({n})" for text, n in news)
        parts.append(f"Questions not seen before: {asked}")
    if known is not None:
        parts.append(f"Reviewed: {known.sentence}")
    return "\n\n".join(parts)


def _line(change: Change) -> tuple[str, ...]:
    interval = "" if math.isnan(change.low) else f"[{change.low:+.3g}, {change.high:+.3g}]"
    numbers = f"{change.before:.3g}", f"{change.now:.3g}", f"{change.difference:+.3g}"
    return (change.measure.label, *numbers, interval, change.verdict.value)


def _log(
    changes: Sequence[Change],
    verdict: DriftVerdict,
    text: str,
    news: Sequence[tuple[str, int]],
    known: Known | None,
) -> None:
    mlflow.set_tag("monitor_verdict", verdict.value)
    mlflow.log_text(text, "monitor.txt")
    mlflow.log_figure(changes_chart(changes), "changes.png")
    for change in changes:
        name = change.measure.name
        values = {name: change.now, f"{name}/difference": change.difference}
        if not math.isnan(change.low):
            values |= {f"{name}/low": change.low, f"{name}/high": change.high}
        mlflow.log_metrics(values)
    if known is not None and not math.isnan(known.estimate):
        values = {known.metric: known.estimate}
        values |= {f"{known.metric}/ci_low": known.low, f"{known.metric}/ci_high": known.high}
        mlflow.log_metrics(values)
    if news:
        mlflow.log_table(pd.DataFrame(news, columns=["question", "times"]), "new_questions.json")


def _write_sample(given: Monitor, seen: _Seen) -> None:
    """The random sample of rows for review, which shows what is right in production."""
    if not given.sample:
        return
    drawn = [row for row, _ in seen if is_sampled(row["document_id"], given.sample_share)]
    lines = (json.dumps(row, ensure_ascii=False, default=list) + "\n" for row in drawn)
    given.sample.write_text("".join(lines), encoding="utf-8")
    review = command("review", rows=given.sample, order="random", into="production")
    say(f"Sample    {len(drawn)} documents drawn at random, in {given.sample}: {review}\n")
