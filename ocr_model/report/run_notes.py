"""An evaluation in a few lines of Markdown, for the page of its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ocr_model.console import printable
from ocr_model.report.metric_table import headline_of
from ocr_model.report.tables import outcomes_line

_BOUNDS = ("/ci_low", "/ci_high")
_WORST = 5


def headline(metrics: Mapping[str, float]) -> str:
    """pair_f1_normalized 0.737 [0.635, 0.841]"""
    name = headline_of(metrics).name
    bounds = [f"{metrics[name + bound]:.3f}" for bound in _BOUNDS if name + bound in metrics]
    interval = f" [{', '.join(bounds)}]" if bounds else ""
    return f"{name} {metrics[name]:.3f}{interval}"


def worst_pages(pages: pd.DataFrame, most: int = _WORST) -> list[tuple[str, str | None, float]]:
    """Document, trace and score of the pages with the lowest score that is below 1."""
    name = headline_of(pages).name
    worst = pages[pages[name] < 1].sort_values([name, "document_id"]).head(most)
    return [
        (printable(page["document_id"], one_line=True), page["trace_id"], page[name])
        for page in worst.to_dict("records")
    ]


def evaluation_note(
    metrics: Mapping[str, float],
    pages: pd.DataFrame,
    model: str,
    prompt: str,
    report: str,
    worst: Sequence[str],
) -> str:
    """The main number, its meaning, and where to look next. Links are Markdown."""
    first = headline_of(metrics)
    lines = [
        f"**{headline(metrics)}** on {outcomes_line(pages)}. 1 is {first.is_one}; in brackets "
        "its 95 % interval over forms.",
        f"Look next at the {report}: every page with what it missed and invented.",
        *([f"Worst pages, as traces: {', '.join(worst)}."] if worst else []),
        f"Model {model}, prompt {prompt}.",
    ]
    return "\n\n".join(lines)


def in_order(metrics: Mapping[str, float]) -> dict[str, float]:
    """The headline first, then the others in order, each followed by its interval."""
    first = headline_of(metrics).name
    names = [first, *(name for name in metrics if not name.endswith(_BOUNDS) and name != first)]
    ordered = {
        key: metrics[key]
        for name in names
        for key in (name, *(name + bound for bound in _BOUNDS))
        if key in metrics
    }
    return ordered | dict(metrics)
