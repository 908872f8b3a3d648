"""Compare what several models made of the same pages. Pure: knows no MLflow, no model, no files.

Models are called A, B, C … in the order given; a difference is the later minus the earlier.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ocr_model.errors import ConfigError
from ocr_model.scoring import (
    Array,
    Difference,
    Interval,
    bootstrap_interval,
    paired_difference,
    share_of_sums,
)


@dataclass(frozen=True, slots=True)
class Scored:
    """One model on the pages. `counts`: parts and wholes of its metric, shape (pages, 2)."""

    label: str
    counts: Array
    page_scores: tuple[float, ...]

    @property
    def score(self) -> float:
        """The metric over all pages; NaN where there was nothing to score."""
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
class Page:
    """What each model scored on one page."""

    document_id: str
    scores: dict[str, float]

    @property
    def spread(self) -> float:
        return max(self.scores.values()) - min(self.scores.values())


@dataclass(frozen=True, slots=True)
class Choice:
    """The best model on one part of the pages, and what it is worth on the other part."""

    label: str
    pages_to_choose: int
    pages_to_report: int
    score_where_chosen: float
    score_reported: float
    interval_reported: Interval
    differences_reported: tuple[ModelDifference, ...]


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
) -> list[Page]:
    """The pages on which the models are furthest apart; those they agree on are left out."""
    pages = [
        Page(document, {model.label: model.page_scores[number] for model in scored})
        for number, document in enumerate(documents)
    ]
    apart = [page for page in pages if page.spread > 0]
    return sorted(apart, key=lambda page: (-page.spread, page.document_id))[:limit]


def split_pages(pages: int, share_to_choose: float, seed: int = 0) -> tuple[list[int], list[int]]:
    """Draw the pages to choose a model on; the rest is to report it on.

    Raises:
        ConfigError: one of the two parts would be empty.
    """
    n_choose = round(share_to_choose * pages)
    if not 0 < n_choose < pages:
        raise ConfigError(
            f"Expected a split that leaves pages on both sides, got {share_to_choose} of {pages} "
            "pages to choose on. 0.5 chooses on one half and reports on the other."
        )
    drawn = random.Random(seed).sample(range(pages), pages)  # noqa: S311 - a draw, not a secret
    return sorted(drawn[:n_choose]), sorted(drawn[n_choose:])


def choose_on_one_part(
    scored: Sequence[Scored], choosing: Sequence[int], reporting: Sequence[int], seed: int = 0
) -> Choice:
    """Choose the best model on some of the pages and report it on others."""
    best = best_of([model.on(choosing) for model in scored])
    unseen = [model.on(reporting) for model in scored]
    [reported] = [model for model in unseen if model.label == best.label]
    differences = model_differences(unseen, seed)
    return Choice(
        label=best.label,
        pages_to_choose=len(choosing),
        pages_to_report=len(reporting),
        score_where_chosen=best.score,
        score_reported=reported.score,
        interval_reported=bootstrap_interval(reported.counts, seed=seed),
        differences_reported=tuple(d for d in differences if best.label in (d.first, d.second)),
    )


def best_of(scored: Sequence[Scored]) -> Scored:
    """The highest score; of equals the first. A score that is not known loses."""
    return max(scored, key=lambda model: -1.0 if np.isnan(model.score) else model.score)


def points(share: float, digits: int = 1) -> str:
    """Percentage points: 0.031 -> '3.1 points'."""
    return f"{100 * share:.{digits}f} points"


def in_points(difference: Difference, digits: int = 1) -> str:
    """Difference(0.031, 0.010, 0.052) -> '3.1 points, 95 % [1.0, 5.2]'."""
    low, high = (f"{100 * bound:.{digits}f}" for bound in (difference.low, difference.high))
    return f"{points(difference.estimate, digits)}, 95 % [{low}, {high}]"
