"""Draw how far confidences can be believed, as PNG charts like those beside them."""

from __future__ import annotations

from matplotlib.figure import Figure

from ocr_model.report.charts import BLUE, GREY, blank
from ocr_model.scoring import PRECISION, Curves

_LEAST_DOT, _MOST_DOT = 20.0, 160.0


def draw_confidence_charts(curves: Curves) -> dict[str, Figure]:
    """File name -> figure: right answers by confidence, wrong answers by how many are taken."""
    return {
        "reliability.png": _reliability_chart(curves),
        "risk_coverage.png": _risk_chart(curves),
    }


def _reliability_chart(curves: Curves) -> Figure:
    figure, axes = blank("Confidence and share of right answers", 4.2)
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle="--")
    most = max(count for _, _, count in curves.reliability)
    sure, right, sizes = zip(*curves.reliability, strict=True)
    dots = [_LEAST_DOT + (_MOST_DOT - _LEAST_DOT) * size / most for size in sizes]
    axes.plot(sure, right, color=BLUE, linewidth=1, alpha=0.5)
    axes.scatter(sure, right, s=dots, color=BLUE)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("mean confidence of a tenth of the answers")
    axes.set_ylabel("share that is right")
    return figure


def _risk_chart(curves: Curves) -> Figure:
    figure, axes = blank("Wrong answers among the surest", 4.2)
    coverage, risk = zip(*curves.risk_coverage, strict=True)
    axes.step(coverage, risk, where="pre", color=BLUE)
    axes.axhline(1 - PRECISION, color=GREY, linewidth=0.8, linestyle="--")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, max(*risk, 2 * (1 - PRECISION)) * 1.05)
    axes.set_xlabel("share of the answers that are taken, surest first")
    axes.set_ylabel("share that is wrong")
    return figure
