"""Draw what more forms would bring a linker."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from ocr_model.report import BLUE, blank
from ocr_model.scoring import Interval


def learning_chart(metric: str, curve: Mapping[int, tuple[float, Interval]]) -> Figure:
    """The score by number of training forms, with 95 % intervals."""
    figure, axes = blank("Learning curve", 4.2)
    sizes = sorted(curve)
    lows, highs = ([curve[size][1][end] for size in sizes] for end in (0, 1))
    axes.fill_between(sizes, lows, highs, color=BLUE, alpha=0.2)
    axes.plot(sizes, [curve[size][0] for size in sizes], "o-", color=BLUE, markersize=5)
    axes.set_xlabel("forms trained on")
    axes.set_ylabel(metric)
    axes.set_ylim(0, 1)
    return figure
