"""python -m scripts.bench_scoring [--data FOLDER] [--pages 125 250 500 1000] [--record]

Cost of scoring and, with --record, of hanging the scores on traces in MLflow, in milliseconds a
page, beside the one named baseline: a bare loop that counts equal pairs. The labelled forms are
repeated until there are enough; what is scored is their references, drawn upon and spoilt.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd

from ocr_model.commands.cli import SAMPLE, quiet_mlflow, whole_number
from ocr_model.evaluation import record_on_traces
from ocr_model.forms import Form, load_forms
from ocr_model.scoring import DEFAULT_SCORING, Rows, references_of, run_metrics, score_rows

BASELINE = "bare loop"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SAMPLE, help="folder of labelled forms")
    parser.add_argument(
        "--pages", type=whole_number, nargs="+", default=[125, 250, 500, 1000], metavar="N"
    )
    parser.add_argument("--record", action="store_true", help="into an MLflow store made for it")
    args = parser.parse_args(argv)
    quiet_mlflow()
    # Written in the background, the traces of many rows outgrow MLflow's queue and are dropped.
    os.environ["MLFLOW_ENABLE_ASYNC_TRACE_LOGGING"] = "false"
    labelled = load_forms(args.data)
    with _store() if args.record else contextlib.nullcontext():
        measured = {pages: _measure(labelled, pages, args.record) for pages in args.pages}
    print(_table(measured))
    return 0


@contextlib.contextmanager
def _store() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
        mlflow.set_experiment("bench")
        with mlflow.start_run():
            yield


def _measure(labelled: list[Form], pages: int, record: bool) -> dict[str, float]:
    """Seconds of each step."""
    forms = [
        replace(form, name=f"{form.name}-{n}")
        for n, form in enumerate(islice(cycle(labelled), pages))
    ]
    draw = random.Random(0)  # noqa: S311 - mistakes to score, not secrets
    rows = Rows([_row(form, draw, record) for form in forms], seconds=1.0)
    seconds, _ = _timed(lambda: [_equal_pairs(*item) for item in zip(rows.records, forms)])  # noqa: B905
    scoring, table = _timed(lambda: score_rows(rows, forms))
    adding, _ = _timed(lambda: run_metrics(rows, table, forms))
    steps = {BASELINE: seconds, "score_rows": scoring, "run_metrics, 2,000 resamples": adding}
    if record:
        steps["record_on_traces"], _ = _timed(lambda: _record(rows, table, forms))
    return steps


def _timed(step: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = step()
    return time.perf_counter() - started, result


def _row(form: Form, draw: random.Random, record: bool) -> dict[str, Any]:
    """The form's pairs: one in five lost, one in five misread, one in ten invented."""
    pairs: dict[str, list[str]] = {}
    for pair in form.pairs:
        fate = draw.random()
        if fate < 0.8:
            answer = pair.answer[:-1] + "?" if fate < 0.2 else pair.answer
            pairs.setdefault(pair.question, []).append(answer)
        if fate > 0.9:
            pairs.setdefault(f"{pair.question} {draw.random():.3f}", []).append(pair.answer)
    row: dict[str, Any] = {
        "outcome": "ok",
        "pairs": pairs,
        "error": None,
        "engine": "llm",
        "notes": [],
        "cached": False,
    }
    told = {"pages": 1, "latency_ms": 1, "prompt_tokens": 1200, "completion_tokens": 300}
    return {**row, **told, "trace_id": _trace(row) if record else None}


def _trace(row: dict[str, Any]) -> str:
    with mlflow.start_span("extract") as span:
        span.set_outputs({"outcome": row["outcome"], "pairs": row["pairs"]})
    return span.trace_id


def _equal_pairs(row: dict[str, Any], form: Form) -> tuple[int, int, int]:
    predicted = {(key, value) for key, values in row["pairs"].items() for value in values}
    reference = {(pair.question, pair.answer) for pair in form.pairs}
    return len(predicted & reference), len(predicted), len(reference)


def _record(rows: Rows, table: pd.DataFrame, forms: list[Form]) -> None:
    ids = [row["trace_id"] for row in rows.records]
    traces = {trace_id: mlflow.get_trace(trace_id, flush=True) for trace_id in ids}
    blank_fields = DEFAULT_SCORING.blank_fields
    record_on_traces(traces, table, [references_of(form, blank_fields) for form in forms], ())


def _table(measured: dict[int, dict[str, float]]) -> str:
    lines = [f"{os.cpu_count()} cores, ms a page" + "".join(f"{n:>10,} pages" for n in measured)]
    for step in next(iter(measured.values())):
        cells = (f"{1000 * steps[step] / pages:>16.3f}" for pages, steps in measured.items())
        lines.append(f"{step:<28}" + "".join(cells))
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
