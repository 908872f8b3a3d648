"""An evaluation -> the tables of the terminal. Knows nothing of models and MLflow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ocr_model.console import printable
from ocr_model.fields import WantedFields
from ocr_model.report.metric_table import METRICS, headline_of
from ocr_model.scoring import names_in_metrics

_WORST_PAGES = 5
_SHOWN_PAIRS = 3
_PAIR_CHARS = 60

_BOUNDS = ("/ci_low", "/ci_high")


def first_number(metrics: Mapping[str, float]) -> str:
    """The main number and its meaning, in one line."""
    first = headline_of(metrics)
    value = f"{first.name} {_number(metrics[first.name])} {_interval(metrics, first.name)}".rstrip()
    return f"Look at {value} first: 1 is {first.is_one}."


def scores_table(metrics: Mapping[str, float]) -> str:
    """The metrics, one per line, with the 95 % interval over pages if there is one.

    Metrics of custom scorers follow: all that end in `/mean`.
    """
    ours = [shown.name for shown in METRICS if shown.name in metrics]
    names = [*ours, *(name for name in metrics if name.endswith("/mean") and name not in ours)]
    lines = [(name, _number(metrics[name]), _interval(metrics, name)) for name in names]
    return _aligned([("metric", "value", "95 % interval"), *lines])


def fields_table(metrics: Mapping[str, float], wanted: WantedFields) -> str:
    """A line per field: normalized F1 with its interval, precision and recall, and F1 by the other
    equalities; for a table a second line by row. A field without data is left out.
    """
    head = ("field", "F1", "95 % interval", "precision", "recall", "exact", "typed")
    lines: list[tuple[str, ...]] = [head]
    for field, name in zip(wanted.fields, names_in_metrics(wanted).values(), strict=True):
        lines += _field_line(metrics, printable(field.name, one_line=True), "field", name)
        lines += _field_line(metrics, "  whole rows", "field_row", name)
    return _aligned(lines)


def _field_line(
    metrics: Mapping[str, float], label: str, prefix: str, name: str
) -> list[tuple[str, ...]]:
    f1 = f"{prefix}_f1_normalized/{name}"
    if f1 not in metrics:
        return []
    beside = [
        metrics.get(f"{prefix}_{measure}/{name}")
        for measure in ("precision_normalized", "recall_normalized", "f1_exact", "f1_typed")
    ]
    shown = ["" if value is None else _number(value) for value in beside]
    return [(label, _number(metrics[f1]), _interval(metrics, f1), *shown)]


def _interval(metrics: Mapping[str, float], name: str) -> str:
    bounds = [metrics[f"{name}{bound}"] for bound in _BOUNDS if f"{name}{bound}" in metrics]
    return f"[{', '.join(map(_number, bounds))}]" if bounds else ""


def outcomes_line(pages: pd.DataFrame) -> str:
    """`16 forms: 15 ok, 1 empty`."""
    counts = pages["outcome"].value_counts()
    return f"{len(pages)} forms: " + ", ".join(f"{n} {name}" for name, n in counts.items())


def worst_pages_table(pages: pd.DataFrame) -> str:
    """The pages with the lowest normalized F1, with their missed and invented pairs."""
    first = headline_of(pages).name
    worst = pages.sort_values([first, "document_id"]).head(_WORST_PAGES)
    blocks = []
    for page in worst.to_dict("records"):
        name = printable(page["document_id"], one_line=True)
        blocks.append(f"  {name}  F1 {page[first]:.2f}")
        if isinstance(page["error"], str):
            blocks.append(f"    {page['outcome']}: {printable(page['error'], one_line=True)}")
        blocks += _pair_lines("missed", page["missed"])
        blocks += _pair_lines("invented", page["invented"])
    return "\n".join(blocks)


def _pair_lines(label: str, pairs: Sequence[tuple[str, str]]) -> list[str]:
    if not pairs:
        return []
    shown = [_shortened(f"{question} -> {answer}") for question, answer in pairs[:_SHOWN_PAIRS]]
    rest = len(pairs) - len(shown)
    lines = [f"    {label:<8}  {shown[0]}", *(f"              {pair}" for pair in shown[1:])]
    return [*lines, f"              and {rest} more"] if rest else lines


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _PAIR_CHARS else f"{plain[: _PAIR_CHARS - 1]}…"


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    # Prices per page lie far below a cent.
    return f"{value:.3g}" if 0 < value < 0.001 else f"{value:.3f}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> str:
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    return "\n".join(
        "  ".join([f"  {row[0]:<{first}}", *map("{:>{}}".format, row[1:], others)]).rstrip()
        for row in rows
    )
