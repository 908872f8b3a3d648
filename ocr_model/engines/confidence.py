"""Evidence on an answer -> its confidence, a number in [0, 1]. Pure.

The coefficients are stated, not fitted: without labelled forms of an LLM the number ranks answers
and is no probability. With them it is turned into one by points fitted in an evaluation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Points = Sequence[tuple[float, float]]

# Log odds: what an answer gains with the best of each, and loses with the worst. An answer that a
# second reply bears out is worth most: it alone covers the question it belongs to.
_ON_PAGE = 1.5
_NEAR_QUESTION = 0.5
_LEAST_TOKEN = 1.0
_MEAN_TOKEN = 0.5
_SECOND_OPINION = 2.0
# A text less alike than this stands on the page no more than any other.
_NOT_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one answer; None and () where it was not asked for or not reported.

    `similarity` to what stands on the page, 0 where nothing like it does; `nearness` to its
    question there; `logprobs` of its tokens; `agreement` with a second reply.
    """

    similarity: float | None = None
    nearness: float | None = None
    logprobs: tuple[float, ...] = ()
    agreement: float | None = None


def confidence_of(evidence: Evidence, calibration: Points = ()) -> float | None:
    """The logistic of the sum of all evidence; None where there is none.

    Evidence(similarity=1.0) -> 1 / (1 + exp(-1.5)) = 0.82; Evidence() -> None

    More similar, nearer, likelier or agreeing never lowers it.
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
    """The value at a score of the line through the points; level before the first and after.

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
