"""Compare the scores of several models on the same pages. Pure: knows no MLflow, model or files.

Models are called A, B, C … in the order given; a difference is the later minus the earlier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ocr_model.scoring import (
    Array,
    Difference,
    paired_difference,
    share_of_sums,
)


@dataclass(frozen=True, slots=True)
class Scored:
    """One model on the pages. `counts`: part and whole of its metric by page, shape (pages, 2)."""

    label: str
    counts: Array
    page_scores: tuple[float, ...]

    @property
    def score(self) -> float:
        """The metric over all pages; NaN if there was nothing to score."""
        return float(share_of_sums(np.ones((1, len(self.counts))), self.counts)[0])

    def on(self, pages: Sequence[int]) -> Scored:
        """The same model on some of the pages."""
        scores = tuple(self.page_scores[page] for page in pages)
        return Scored(self.label, self.counts[list(pages)], scores)


@dataclass(frozen=True, slots=True)
class ModelDifference:
    """`second` minus `first`."""

    first: str
    second: str
    difference: Difference

    def __str__(self) -> str:
        return f"{self.second} − {self.first} = {in_points(self.difference)}"


@dataclass(frozen=True, slots=True)
class PageScores:
    """The score of each model on one page."""

    document_id: str
    scores: dict[str, float]

    @property
    def spread(self) -> float:
        return max(self.scores.values()) - min(self.scores.values())


def label_of(position: int) -> str:
    """0 -> 'A', 25 -> 'Z', 26 -> 'AA'."""
    head, tail = divmod(position, 26)
    return (label_of(head - 1) if head else "") + chr(ord("A") + tail)


def model_differences(scored: Sequence[Scored], seed: int = 0) -> list[ModelDifference]:
    """Every pair of models, each on the same resamples of the same pages."""
    return [
        ModelDifference(
            first.label, second.label, paired_difference(first.counts, second.counts, seed=seed)
        )
        for first, second in combinations(scored, 2)
    ]


def most_different_pages(
    scored: Sequence[Scored], documents: Sequence[str], limit: int = 10
) -> list[PageScores]:
    """The pages with the largest differences, without those on which the models agree."""
    pages = [
        PageScores(document, {model.label: model.page_scores[number] for model in scored})
        for number, document in enumerate(documents)
    ]
    apart = [page for page in pages if page.spread > 0]
    return sorted(apart, key=lambda page: (-page.spread, page.document_id))[:limit]


def best_of(scored: Sequence[Scored]) -> Scored:
    """The model with the highest score; of equals the first. An unknown score loses."""
    return max(scored, key=lambda model: -1.0 if np.isnan(model.score) else model.score)


def points(share: float, digits: int = 1) -> str:
    """Percentage points: 0.031 -> '3.1 points'."""
    return f"{100 * share:.{digits}f} points"


def in_points(difference: Difference, digits: int = 1) -> str:
    """Difference(0.031, 0.010, 0.052) -> '3.1 points, 95 % [1.0, 5.2]'."""
    low, high = (f"{100 * bound:.{digits}f}" for bound in (difference.low, difference.high))
    return f"{points(difference.estimate, digits)}, 95 % [{low}, {high}]"
