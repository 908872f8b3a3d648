"""Confidences -> the curves and metrics of the report: SVG paths in a square of 100. No HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ocr_model.report.metric_table import CONFIDENCE, Metric
from ocr_model.scoring import Judged, curves_of

_LEAST_RADIUS, _MOST_RADIUS = 1.2, 3.5


@dataclass(frozen=True, slots=True)
class Dot:
    """A tenth of the answers; its size shows their number."""

    x: float
    y: float
    radius: float
    title: str


@dataclass(frozen=True, slots=True)
class ConfidenceView:
    """Both curves, their metrics, and the number of answers."""

    answers: int
    reliability: str
    dots: list[Dot]
    risk: str
    numbers: tuple[Metric, ...]


def confidence_view(judged: Judged) -> ConfidenceView | None:
    """None if no answer has a confidence."""
    if not len(judged):
        return None
    curves = curves_of(judged)
    most = max(count for _, _, count in curves.reliability)
    dots = [
        Dot(
            round(100 * sure, 2),
            round(100 - 100 * right, 2),
            round(_LEAST_RADIUS + (_MOST_RADIUS - _LEAST_RADIUS) * count / most, 2),
            f"{count} answers: confidence {sure:.2f}, right {right:.2f}",
        )
        for sure, right, count in curves.reliability
    ]
    reliability = _path((sure, right) for sure, right, _ in curves.reliability)
    return ConfidenceView(len(judged), reliability, dots, _path(curves.risk_coverage), CONFIDENCE)


def _path(points: Iterable[tuple[float, float]]) -> str:
    """[(0, 0), (0.5, 1)] -> "M0 100L50 0"."""
    return "M" + "L".join(f"{round(100 * x, 2):g} {round(100 - 100 * y, 2):g}" for x, y in points)
