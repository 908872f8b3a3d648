"""Evidence on an answer -> its confidence, a number in [0, 1]. Pure.

The coefficients are chosen, not fitted: without labelled forms read by the LLM, the number ranks
answers but is not a probability. Points fitted in an evaluation calibrate it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Points = Sequence[tuple[float, float]]

# Log odds: what an answer gains with the best value of each, and loses with the worst. Agreement of
# a second reply has the largest weight: only it covers the question, too.
_ON_PAGE = 1.5
_NEAR_QUESTION = 0.5
_LEAST_TOKEN = 1.0
_MEAN_TOKEN = 0.5
_SECOND_OPINION = 2.0
# Below this similarity, a match on the page is no better than chance.
_NOT_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence on one answer; None and () if not requested or not reported.

    `similarity` to the text found on the page, 0 if nothing similar was found; `nearness` to its
    question there; `logprobs` of its tokens; `agreement` with a second reply.
    """

    similarity: float | None = None
    nearness: float | None = None
    logprobs: tuple[float, ...] = ()
    agreement: float | None = None


def confidence_of(evidence: Evidence, calibration: Points = ()) -> float | None:
    """The logistic function of the sum of all evidence; None if there is none.

    Evidence(similarity=1.0) -> 1 / (1 + exp(-1.5)) = 0.82; Evidence() -> None

    More similarity, nearness, probability or agreement never lowers it.
    """
    gains = [weight * (2 * value - 1) for weight, value in _weighed(evidence) if value is not None]
    if not gains:
        return None
    return calibrated(1 / (1 + math.exp(-sum(gains))), calibration)


def _weighed(evidence: Evidence) -> list[tuple[float, float | None]]:
    on_page = evidence.similarity
    if on_page is not None:
        on_page = max(on_page - _NOT_ALIKE, 0.0) / (1 - _NOT_ALIKE)
    tokens = [math.exp(logprob) for logprob in evidence.logprobs]
    mean = math.exp(sum(evidence.logprobs) / len(tokens)) if tokens else None
    return [
        (_ON_PAGE, on_page),
        (_NEAR_QUESTION, evidence.nearness),
        (_LEAST_TOKEN, min(tokens, default=None)),
        (_MEAN_TOKEN, mean),
        (_SECOND_OPINION, evidence.agreement),
    ]


def calibrated(score: float, points: Points) -> float:
    """Interpolate linearly between the points; constant before the first and after the last.

    0.5, [(0.0, 0.2), (1.0, 0.8)] -> 0.5; without points, the score itself
    """
    if not points:
        return score
    if score <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if score <= right:
            return high if right == left else low + (high - low) * (score - left) / (right - left)
    return points[-1][1]
