"""Confidences -> how well they rank right answers before wrong ones, and how well calibrated. Pure.

Only predicted answers with a confidence count. Right is what `pair_f1_normalized` counts as right;
for fields, an equal value in any notation. A missed answer has no confidence and does not count
here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from ocr_model.engines import calibrated
from ocr_model.normalize import fold_text
from ocr_model.schema import Answer
from ocr_model.scoring.bootstrap import Array, bootstrap_interval
from ocr_model.scoring.metrics import pairs_in

BINS = 10
PRECISION = 0.95
# Folds, for judging a calibration on forms it was not fitted to.
_FOLDS = 5
# Resamples computed at once: 250 of 5,000 answers take 10 MB.
_AT_ONCE = 250

# The judged answers of a run: confidence, whether right (1 or 0), and the number of the form.
Judged = NDArray[np.float64]


def judge(
    forms: Sequence[tuple[Sequence[Answer], Mapping[str, Any]]],
) -> Judged:
    """Answers and references of each form -> rows of confidence, right, form; most confident first.

    [([Name: Ann at 0.9, Age: 8 at 0.4], {"NAME": ["ann"], "Age": ["7"]})]
        -> [[0.9, 1, 0], [0.4, 0, 0]]

    One to one: of two equal answers of which one is true, the more confident one is right.
    """
    return judged_array(
        [(answer.confidence, right) for answer, right in _judge_form(answers, references)]
        for answers, references in forms
    )


def judged_array(forms: Iterable[Iterable[tuple[float | None, bool]]]) -> Judged:
    """Confidence and correctness, by form -> rows as `judge` returns them, without unknown ones.

    [[(0.4, False), (None, True)], [(0.9, True)]] -> [[0.9, 1, 1], [0.4, 0, 0]]
    """
    rows = [
        (confidence, float(right), float(number))
        for number, answers in enumerate(forms)
        for confidence, right in answers
        if confidence is not None
    ]
    return np.array(sorted(rows, reverse=True), dtype=np.float64).reshape(-1, 3)


def _judge_form(
    answers: Sequence[Answer], references: Mapping[str, Any]
) -> list[tuple[Answer, bool]]:
    true = Counter(_folded(*pair) for pair in pairs_in(references))
    judged = []
    for answer in sorted(answers, key=lambda answer: -(answer.confidence or 0.0)):
        if answer.answer is None or not answer.answer.strip():
            continue
        pair = _folded(answer.question, answer.answer)
        right = true[pair] > 0
        true[pair] -= right
        judged.append((answer, right))
    return judged


def _folded(question: str, answer: str) -> tuple[str, str]:
    return fold_text(question), fold_text(answer)


def confidence_metrics(judged: Judged, forms: int, seed: int = 0) -> dict[str, float]:
    """All metrics with their intervals over forms; none if no answer has a confidence."""
    if not len(judged):
        return {}
    metrics = {"answers_with_confidence": float(len(judged))}
    for name, statistic in _STATISTICS.items():
        weighed = partial(_in_parts, statistic=statistic, judged=judged)
        [value] = weighed(np.ones((1, forms)), judged)
        if np.isnan(value):
            continue
        low, high = bootstrap_interval(np.zeros((forms, 1)), weighed, seed)
        metrics |= {name: float(value), f"{name}/ci_low": low, f"{name}/ci_high": high}
    return metrics


def _in_parts(weights: Array, _: Array, statistic: Callable[..., Array], judged: Judged) -> Array:
    """A statistic of the answers from how often each form was drawn."""
    form_of = judged[:, 2].astype(int)
    parts = [
        statistic(weights[start : start + _AT_ONCE][:, form_of], judged)
        for start in range(0, len(weights), _AT_ONCE)
    ]
    return np.concatenate(parts)


def _auroc(weights: Array, judged: Judged) -> Array:
    """Probability that a right answer is more confident than a wrong one; ties count half (Fawcett
    2006).

    Undefined if all are right, or all wrong.
    """
    right, whole = _tied(weights, judged)
    wrong = whole - right
    wrong_below = wrong.sum(axis=1, keepdims=True) - np.cumsum(wrong, axis=1)
    better = (right * (wrong_below + wrong / 2)).sum(axis=1)
    return _share(better, right.sum(axis=1) * wrong.sum(axis=1))


def _brier(weights: Array, judged: Judged) -> Array:
    """Mean squared difference of confidence and right (Brier 1950)."""
    squares = (judged[:, 0] - judged[:, 1]) ** 2
    return _share(weights @ squares, weights.sum(axis=1))


def _ece(weights: Array, judged: Judged) -> Array:
    """Mean over bins of |right - confidence|, by their answers (Naeini et al. 2015).

    Ten bins with equally many answers, equal confidences together; the same bins for every
    resample.
    """
    bins = bins_of(judged)
    gaps = np.zeros(len(weights))
    for number in range(BINS):
        inside = bins == number
        difference = judged[inside, 1] - judged[inside, 0]
        gaps += np.abs(weights[:, inside] @ difference)
    return _share(gaps, weights.sum(axis=1))


def _aurc(weights: Array, judged: Judged) -> Array:
    """Mean risk over all coverages, most confident first (Geifman et al. 2019); 0 is best."""
    right, whole = _tied(weights, judged)
    answered = np.cumsum(whole, axis=1)
    risk = 1 - np.divide(
        np.cumsum(right, axis=1), answered, out=np.ones_like(answered), where=answered > 0
    )
    return _share((risk * whole).sum(axis=1), whole.sum(axis=1))


def _coverage(weights: Array, judged: Judged) -> Array:
    """Largest share of answers above a threshold of which 95 % are right; 0 if there is none."""
    right, whole = _tied(weights, judged)
    answered = np.cumsum(whole, axis=1)
    precise = np.cumsum(right, axis=1) >= PRECISION * answered
    return _share((answered * precise).max(axis=1), whole.sum(axis=1))


_STATISTICS: dict[str, Callable[[Array, Judged], Array]] = {
    "confidence_auroc": _auroc,
    "confidence_ece": _ece,
    "confidence_brier": _brier,
    "confidence_aurc": _aurc,
    "coverage_at_95_precision": _coverage,
}


def _tied(weights: Array, judged: Judged) -> tuple[Array, Array]:
    """Right answers and all answers per distinct confidence, highest first."""
    starts = np.flatnonzero(np.diff(judged[:, 0], prepend=np.inf))
    right = np.add.reduceat(weights * judged[:, 1], starts, axis=1)
    return right, np.add.reduceat(weights, starts, axis=1)


def _share(part: Array, whole: Array) -> Array:
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0))


def bins_of(judged: Judged) -> NDArray[np.int64]:
    """The bin of every answer, 0 for the most confident; equal confidences share one bin."""
    _, first, inverse, counts = np.unique(
        -judged[:, 0], return_index=True, return_inverse=True, return_counts=True
    )
    middle = first + (counts - 1) / 2
    return np.asarray((BINS * middle / len(judged)).astype(np.int64)[inverse])


@dataclass(frozen=True, slots=True)
class Curves:
    """Points to plot: (confidence, share right, answers) by bin; (coverage, risk) by threshold."""

    reliability: list[tuple[float, float, int]]
    risk_coverage: list[tuple[float, float]]


def curves_of(judged: Judged) -> Curves:
    """[[0.9, 1, 0], [0.4, 0, 0]] -> Curves([(0.4, 0, 1), (0.9, 1, 1)], [(0.5, 0), (1, 0.5)])"""
    bins = bins_of(judged)
    reliability = [
        (float(of[:, 0].mean()), float(of[:, 1].mean()), len(of))
        for of in (judged[bins == number] for number in sorted(set(bins.tolist()), reverse=True))
    ]
    right, whole = (row[0] for row in _tied(np.ones((1, len(judged))), judged))
    answered = np.cumsum(whole)
    risk = 1 - np.cumsum(right) / answered
    coverage = answered / answered[-1]
    return Curves(reliability, list(zip(coverage.tolist(), risk.tolist(), strict=True)))


def fit_calibration(judged: Judged) -> list[tuple[float, float]]:
    """Non-decreasing points [score, share right], fitted to these answers (isotonic regression).

    [[0.9, 1, 0], [0.8, 1, 0], [0.4, 0, 0]] -> [(0.4, 0.2), (0.8, 0.8), (0.9, 0.8)]

    Small samples give no extreme shares: they stay between 1 and n + 1 of n + 2.
    """
    ascending = judged[::-1]
    scores, starts, counts = np.unique(ascending[:, 0], return_index=True, return_counts=True)
    right = np.add.reduceat(ascending[:, 1], starts) / counts
    fitted = isotonic_regression(right, weights=counts.astype(np.float64)).x
    least = 1 / (len(judged) + 2)
    values = np.clip(fitted, least, 1 - least)
    bends = [
        index
        for index in range(len(values))
        if index in (0, len(values) - 1)
        or not values[index - 1] == values[index] == values[index + 1]
    ]
    return [(round(float(scores[i]), 6), round(float(values[i]), 6)) for i in bends]


def cross_calibrated(judged: Judged, forms: int, seed: int = 0) -> Judged:
    """The same answers with cross-validated calibration: points fitted on other forms, best first.

    Five folds of forms; `forms` counts forms without an answer, too.
    """
    parts = [judged[:0]]
    for fold in np.array_split(np.random.default_rng(seed).permutation(forms), _FOLDS):
        own = np.isin(judged[:, 2], fold)
        if own.any() and not own.all():
            points = fit_calibration(judged[~own])
            scores = [calibrated(float(score), points) for score in judged[own, 0]]
            parts.append(np.column_stack([scores, judged[own, 1:]]))
    found = np.concatenate(parts)
    return found[np.argsort(-found[:, 0], kind="stable")]
