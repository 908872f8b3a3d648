"""Page bootstrap: the interval of a statistic, and of the difference of two. Knows no metric.

Whole pages are drawn with replacement, because errors within a page are correlated (Efron and
Tibshirani 1993, ch. 13: percentile interval).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr_model.errors import DatasetError

Array = NDArray[np.float64]
# (weights, page_counts) -> one value per row of weights. `weights`, shape (resamples, pages), says
# how often each page was drawn; `page_counts` has a row per page. NaN where a resample leaves the
# value undefined.
Statistic = Callable[[Array, Array], Array]

N_RESAMPLES = 2000
_TAIL_PERCENT = 2.5


class Interval(NamedTuple):
    """The middle 95 % of the resamples; NaN if no resample gave a value."""

    low: float
    high: float


class Difference(NamedTuple):
    """Candidate minus baseline on the same pages, with its 95 % interval."""

    estimate: float
    low: float
    high: float


def share_of_sums(weights: Array, page_counts: Array) -> Array:
    """Micro average: sum of parts over sum of wholes; `page_counts` has the columns part, whole.

    weights [[1, 1]], page_counts [[1, 2], [0, 2]] -> [0.25]
    """
    part, whole = (weights @ page_counts).T
    undefined = np.full(len(part), np.nan)
    return np.asarray(np.divide(part, whole, out=undefined, where=whole > 0))


def ninth_decile(weights: Array, page_counts: Array) -> Array:
    """The element at `int(0.9 * n)` of the sorted scores in the one column of `page_counts`."""
    scores = page_counts[:, 0]
    order = np.argsort(scores)
    rank = int(0.9 * len(scores))
    reached = np.cumsum(weights[:, order], axis=1) > rank
    return np.asarray(scores[order][reached.argmax(axis=1)])


def bootstrap_interval(
    page_counts: Array,
    statistic: Statistic = share_of_sums,
    seed: int = 0,
    n_resamples: int = N_RESAMPLES,
) -> Interval:
    """Interval of a statistic, recomputed from the counts of the drawn pages.

    Raises:
        DatasetError: there are no pages.
    """
    return _interval(statistic(_page_weights(len(page_counts), seed, n_resamples), page_counts))


def open_ended(interval: Interval, pages: float) -> Interval:
    """Widen the interval of a rate that is 0 or 1, because all resamples are equal.

    (0, 0) of 12 pages -> (0, 0.265), the exact bound of Clopper and Pearson
    """
    unseen = 1 - (_TAIL_PERCENT / 100) ** (1 / pages)
    if interval == (0, 0):
        return Interval(0.0, unseen)
    if interval == (1, 1):
        return Interval(1 - unseen, 1.0)
    return interval


def paired_difference(
    baseline: Array,
    candidate: Array,
    statistic: Statistic = share_of_sums,
    seed: int = 0,
    n_resamples: int = N_RESAMPLES,
) -> Difference:
    """Candidate minus baseline, both computed on the same pages of each resample.

    Raises:
        DatasetError: there are no pages, or not the same number on both sides.
    """
    if len(baseline) != len(candidate):
        raise DatasetError(
            "Expected counts of the same pages on both sides, got "
            f"{len(baseline)} and {len(candidate)} pages. Evaluate both on the same forms."
        )
    weights = _page_weights(len(baseline), seed, n_resamples)
    observed = np.ones((1, len(baseline)))
    difference = statistic(weights, candidate) - statistic(weights, baseline)
    [estimate] = statistic(observed, candidate) - statistic(observed, baseline)
    return Difference(float(estimate), *_interval(difference))


# All metrics of a run use the same resamples: 2,000 of 1,000 pages are 16 MB.
@lru_cache(maxsize=1)
def _page_weights(pages: int, seed: int, n_resamples: int) -> Array:
    if pages == 0:
        raise DatasetError("Expected at least one page to draw from, got none.")
    drawn = np.random.default_rng(seed).integers(pages, size=(n_resamples, pages))
    cells = drawn + pages * np.arange(n_resamples)[:, np.newaxis]
    counted = np.bincount(cells.ravel(), minlength=n_resamples * pages)
    weights = counted.reshape(n_resamples, pages).astype(np.float64)
    weights.setflags(write=False)
    return weights


def _interval(values: Array) -> Interval:
    known = values[~np.isnan(values)]
    if not len(known):
        return Interval(float("nan"), float("nan"))
    low, high = np.percentile(known, [_TAIL_PERCENT, 100 - _TAIL_PERCENT])
    return Interval(float(low), float(high))
