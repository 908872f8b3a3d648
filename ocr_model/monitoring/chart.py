"""A chart of the change of each measure. Knows no MLflow."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from ocr_model.monitoring.drift import Change, DriftVerdict

# Okabe and Ito's colours; each measure also shows its verdict.
_COLOURS = {
    DriftVerdict.STEADY: "#009E73",
    DriftVerdict.CHANGED: "#D55E00",
    DriftVerdict.TOO_LITTLE_SEEN: "#777777",
}


def changes_chart(changes: Sequence[Change]) -> Figure:
    """Differences relative to the smallest that matters: beyond ±1 a change matters."""
    figure = Figure(figsize=(9, 0.45 * len(changes) + 1.4), layout="constrained")
    axes = figure.subplots()
    for line, change in enumerate(reversed(changes)):
        unit = change.least_that_matters
        low, high = (max(-4.0, min(4.0, bound / unit)) for bound in (change.low, change.high))
        middle = max(-4.0, min(4.0, change.difference / unit))
        colour = _COLOURS[change.verdict]
        axes.plot([low, high], [line, line], color=colour, linewidth=2)
        axes.plot([middle], [line], "o", color=colour)
        axes.annotate(change.verdict.value, (4.15, line), color=colour, va="center")
    axes.axvspan(-1, 1, color="#009E73", alpha=0.08)
    axes.axvline(0, color="#999999", linewidth=1)
    axes.set_yticks(range(len(changes)), [c.measure.label for c in reversed(changes)])
    axes.set(xlim=(-4, 4), xlabel="difference, in units of the least that matters (cut at 4)")
    return figure
