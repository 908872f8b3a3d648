"""A comparison as text, and as a chart of score against cost and latency. Knows no MLflow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ocr_model.lifecycle.comparison import (
    ModelDifference,
    PageScores,
    Scored,
    best_of,
    points,
)
from ocr_model.scoring import Difference, Interval

# Okabe and Ito's colours, distinct with any colour vision; every point also has a label.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model in the table. Cost is None if no price is known, never 0 for unknown."""

    label: str
    model_uri: str
    settings: str
    score: float
    interval: Interval
    failed_share: float
    seconds_per_page: float | None
    cost_usd_per_page: float | None
    tokens_per_page: float | None


def models_table(lines: Sequence[ModelRow], metric: str) -> str:
    """One model per line, in the order compared."""
    head = ("", metric, "95 %", "failed", "s/page", "tokens/page", "USD/page", "model")
    rows = [
        (
            line.label,
            f"{line.score:.3f}",
            f"[{line.interval.low:.3f}, {line.interval.high:.3f}]",
            f"{line.failed_share:.1%}",
            _known(line.seconds_per_page, ".2f"),
            _known(line.tokens_per_page, ",.0f"),
            _known(line.cost_usd_per_page, ".5f"),
            f"{line.model_uri}  {line.settings}",
        )
        for line in lines
    ]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head) - 1)]
    return "\n".join(_aligned(row, widths) for row in (head, *rows))


def _known(value: float | None, form: str) -> str:
    return "unknown" if value is None else format(value, form)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [f"{cell:>{width}}" for cell, width in zip(row, widths, strict=False)]
    return f"  {'  '.join(cells)}  {row[-1]}"


def fields_text(scores: Mapping[str, Sequence[float]], labels: Sequence[str]) -> str:
    """`total  A 0.50  B 1.00`, one field per line; `none` if there is nothing to score."""
    width = max(map(len, scores))
    return "\n".join(
        f"  {field:<{width}}  "
        + "  ".join(
            f"{label} {'none' if isnan(score) else format(score, '.2f')}"
            for label, score in zip(labels, of_models, strict=True)
        )
        for field, of_models in scores.items()
    )


def differences_text(differences: Sequence[ModelDifference]) -> str:
    """A line per pair of models; an interval that excludes zero is marked."""
    lines = [
        f"  {found}{'' if found.difference.low <= 0 <= found.difference.high else '  *'}"
        for found in differences
    ]
    return "\n".join([*lines, "  * the interval leaves out 0"])


def conclusion(
    scored: Sequence[Scored],
    differences: Sequence[ModelDifference],
    model_uris: Sequence[str],
) -> str:
    """A sentence on the best model, which claims no more than the intervals show.

    `C (models:/m/7) is better than A by 17.5 points, surely; it scored 2.5 points more than B,
    which may be luck: more forms would tell.`
    """
    best = best_of(scored)
    uri = next(u for model, u in zip(scored, model_uris, strict=True) if model is best)
    told = []
    for found in differences:
        if best.label == found.second:
            told.append(_against(found.first, found.difference))
        elif best.label == found.first:
            estimate, low, high = found.difference
            told.append(_against(found.second, Difference(-estimate, -high, -low)))
    return f"{best.label} ({uri}) {'; it '.join(told)}."


def _against(other: str, ahead: Difference) -> str:
    if isnan(ahead.estimate):
        return f"could not be compared with {other}"
    if ahead.low > 0:
        return f"is better than {other} by {points(ahead.estimate)}, surely"
    if ahead.estimate == 0 == ahead.high - ahead.low:
        return f"scored the same as {other} on every page"
    return (
        f"scored {points(ahead.estimate)} more than {other}, which may be luck: more forms would "
        "tell"
    )


def pages_text(pages: Sequence[PageScores]) -> str:
    """`form-7  A 0.50  B 1.00`, largest difference first."""
    if not pages:
        return "  none: every page has the same score with every model"
    return "\n".join(
        f"  {page.document_id}  "
        + "  ".join(f"{label} {score:.2f}" for label, score in page.scores.items())
        for page in pages
    )


def caution(n_models: int, n_pages: int) -> str:
    """A warning about comparing many models on the same pages."""
    n_pairs = n_models * (n_models - 1) // 2
    text = (
        f"The best of {n_models} models on these {n_pages} pages was chosen by these pages: its "
        "score is optimistic, the more so the more models were tried and the fewer pages there are."
    )
    if n_pairs > 1:
        text += (
            f" One interval of 95 % in twenty misses the true difference by chance alone; here are "
            f"{n_pairs}."
        )
    return text


def tradeoff_chart(lines: Sequence[ModelRow], metric: str) -> Figure:
    """Score against cost and against latency; the bars are the 95 % intervals."""
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    by_cost, by_latency = figure.subplots(1, 2, sharey=True)
    _scatter(by_cost, lines, [line.cost_usd_per_page for line in lines])
    _scatter(by_latency, lines, [line.seconds_per_page for line in lines])
    by_cost.set(xlabel="cost, USD per page", ylabel=metric)
    by_latency.set(xlabel="latency, seconds per page")
    figure.suptitle("Up and to the left is better")
    return figure


def _scatter(axes: Axes, lines: Sequence[ModelRow], positions: Sequence[float | None]) -> None:
    axes.grid(visible=True, alpha=0.3)
    for number, (line, x) in enumerate(zip(lines, positions, strict=True)):
        if x is None:
            continue
        below = max(line.score - line.interval.low, 0.0)
        above = max(line.interval.high - line.score, 0.0)
        colour = _COLOURS[number % len(_COLOURS)]
        axes.errorbar([x], [line.score], [[below], [above]], fmt="o", color=colour, capsize=4)
        axes.annotate(line.label, (x, line.score), (7, 5), textcoords="offset points")
    unknown = [line.label for line, x in zip(lines, positions, strict=True) if x is None]
    if unknown:
        note = f"unknown for {', '.join(unknown)}"
        axes.text(0.02, 0.02, note, transform=axes.transAxes, color="#555555")
    known = [x for x in positions if x is not None]
    axes.set_xlim(0, 1.15 * max(known, default=0) or 1)
    axes.margins(y=0.12)
    if known:
        axes.locator_params(axis="x", nbins=5)  # small prices have long labels
    else:
        axes.set_xticks([])
