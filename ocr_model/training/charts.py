"""Draw what a training says of itself: how sure it may be, and what more forms would bring."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ocr_model.linker.boxes import Floats, Indices
from ocr_model.scoring.bootstrap import Interval

_BLUE = "#0072B2"
_GREY = "#62676F"
_INCHES = (5.6, 4.2)
_BINS = 10


def calibration_chart(confidences: Floats, right: Indices) -> Figure:
    """Share of right answers by confidence, ten bins of equally many answers."""
    figure, axes = _blank("Answers by confidence", "confidence", "share that is right")
    axes.plot([0, 1], [0, 1], color=_GREY, linewidth=1, linestyle="--")
    order = np.argsort(confidences, kind="stable")
    bins = [part for part in np.array_split(order, _BINS) if len(part)]
    said = [float(confidences[part].mean()) for part in bins]
    came = [float(right[part].mean()) for part in bins]
    axes.plot(said, came, "o-", color=_BLUE, markersize=5)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    return figure


def learning_chart(metric: str, curve: Mapping[int, tuple[float, Interval]]) -> Figure:
    """The score by number of training forms, with 95 % intervals."""
    figure, axes = _blank("Learning curve", "forms trained on", metric)
    sizes = sorted(curve)
    lows, highs = ([curve[size][1][end] for size in sizes] for end in (0, 1))
    axes.fill_between(sizes, lows, highs, color=_BLUE, alpha=0.2)
    axes.plot(sizes, [curve[size][0] for size in sizes], "o-", color=_BLUE, markersize=5)
    axes.set_ylim(0, 1)
    return figure


def _blank(title: str, across: str, up: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=_INCHES, dpi=130, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=11)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(color="#dfe1e5", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
