"""Draw the first screen of the report as PNG charts, for slides and MLflow's run pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ocr_model.report.headlines import (
    BINS,
    FATE_COLOURS,
    FATE_LABELS,
    LABELLED,
    PREDICTED,
    Score,
    histogram,
)
from ocr_model.report.pair_matching import Fate

_BLUE = "#0072B2"
_GREY = "#62676F"
_WIDTH_INCHES = 7.2
_DPI = 130
_WHITE_TEXT_ON = (Fate.FOUND, Fate.MISSED)
# Narrower pieces of a bar, as shares of the whole, have no room for their count.
_LEAST_LABELLED_SHARE = 0.035


def draw_charts(
    scores: Sequence[Score], f1s: Sequence[float], counts: Mapping[Fate, int]
) -> dict[str, Figure]:
    """File name -> figure: scores with their intervals, forms by F1, what became of the pairs."""
    return {
        "scores.png": _scores_chart(scores),
        "page_f1.png": _f1_chart(f1s),
        "pairs.png": _pairs_chart(counts),
    }


def _scores_chart(scores: Sequence[Score]) -> Figure:
    with_intervals = any(score.low is not None for score in scores)
    title = "Scores and their 95 % intervals" if with_intervals else "Scores"
    figure, axes = _blank(title, 1.0 + 0.3 * len(scores))
    lines = range(len(scores))
    for line, score in zip(lines, scores, strict=True):
        if score.low is not None and score.high is not None:
            axes.plot([score.low, score.high], [line, line], color=_BLUE, alpha=0.4, linewidth=5)
        axes.plot(score.value, line, "o", color=_BLUE, markersize=5)
        axes.text(1.03, line, f"{score.value:.2f}", va="center", fontsize=9, fontweight="bold")
    axes.set_yticks(lines, [score.label for score in scores])
    axes.set_ylim(len(scores) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.grid(axis="y", color="#dfe1e5", linewidth=0.8)
    return figure


def _f1_chart(f1s: Sequence[float]) -> Figure:
    figure, axes = _blank(f"{len(f1s)} forms by their F1", 2.8)
    counts = histogram(f1s)
    lefts = [index / BINS for index in range(BINS)]
    bars = axes.bar(lefts, counts, width=0.97 / BINS, align="edge", color=_BLUE)
    axes.bar_label(bars, [str(count) if count else "" for count in counts], color=_GREY, fontsize=9)
    axes.set_xlim(0, 1)
    axes.set_yticks([])
    axes.set_xlabel("pair F1 of the form, normalized")
    return figure


def _pairs_chart(counts: Mapping[Fate, int]) -> Figure:
    figure, axes = _blank("What became of the pairs", 2.3)
    bars = {"labelled": LABELLED, "read": PREDICTED}
    widest = max(sum(counts[fate] for fate in fates) for fates in bars.values())
    named = set[Fate]()
    for line, fates in enumerate(bars.values()):
        left = 0
        for fate in fates:
            label = "_nolegend_" if fate in named else FATE_LABELS[fate]
            axes.barh(line, counts[fate], left=left, color=FATE_COLOURS[fate], label=label,
                      height=0.62, edgecolor="white", linewidth=0.8)  # fmt: skip
            if counts[fate] > _LEAST_LABELLED_SHARE * widest:
                colour = "white" if fate in _WHITE_TEXT_ON else "black"
                axes.text(left + counts[fate] / 2, line, f"{counts[fate]:,}", color=colour,
                          ha="center", va="center", fontsize=9)  # fmt: skip
            left += counts[fate]
            named.add(fate)
    axes.set_yticks(range(len(bars)), list(bars))
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_xlim(0, max(widest, 1))
    axes.set_xticks([])
    axes.legend(ncols=5, loc="upper center", bbox_to_anchor=(0.5, -0.02), frameon=False, fontsize=9)
    return figure


def _blank(title: str, height_inches: float) -> tuple[Figure, Axes]:
    # Not pyplot: it keeps every figure, and is not safe beside other threads.
    figure = Figure(figsize=(_WIDTH_INCHES, height_inches), dpi=_DPI, layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0, labelsize=9)
    axes.set_axisbelow(True)
    return figure, axes
