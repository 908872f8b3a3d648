"""What the HTML report shows of confidences: curves as SVG paths in a square of 100. No HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ocr_model.scoring import Judged, curves_of

_LEAST_RADIUS, _MOST_RADIUS = 1.2, 3.5

# Metric, what people call it, what it says.
_NUMBERS = (
    ("confidence_auroc", "AUROC", "a right answer is surer than a wrong one; 0.5 is chance"),
    ("confidence_ece", "ECE", "how far confidence and share of right answers lie apart; 0 is best"),
    ("confidence_brier", "Brier score", "squared error of the confidence; 0 is best"),
    ("confidence_aurc", "AURC", "share of wrong answers, over all coverages; 0 is best"),
    ("coverage_at_95_precision", "Coverage", "surest answers of which 95 % are right"),
)


@dataclass(frozen=True, slots=True)
class Dot:
    """A tenth of the answers; its size says how many they are."""

    x: float
    y: float
    radius: float
    title: str


@dataclass(frozen=True, slots=True)
class ConfidenceView:
    """Both curves, the numbers beside them, and how many answers they are of."""

    answers: int
    reliability: str
    dots: list[Dot]
    risk: str
    numbers: tuple[tuple[str, str, str], ...]


def confidence_view(judged: Judged) -> ConfidenceView | None:
    """None where no answer has a confidence."""
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
    return ConfidenceView(len(judged), reliability, dots, _path(curves.risk_coverage), _NUMBERS)


def _path(points: Iterable[tuple[float, float]]) -> str:
    """[(0, 0), (0.5, 1)] -> "M0 100L50 0"."""
    return "M" + "L".join(f"{round(100 * x, 2):g} {round(100 - 100 * y, 2):g}" for x, y in points)
