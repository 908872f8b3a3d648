"""The candidates of a search, and the best of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocr_model.scoring import Array, Difference, paired_difference, share_of_sums


@dataclass(slots=True)
class Candidate:
    """Instructions that were tried. `number` 0 is the start of the search.

    `before` and `after` are the mean scores of parent and candidate on the search forms of its
    `round`. `counts`: part and whole of the metric on the choosing forms, shape (forms, 2); None if
    it was refused before, or the search ended.
    """

    number: int
    round: int
    parent: int | None
    text: str
    before: float | None = None
    after: float | None = None
    counts: Array | None = None
    verdict: str = ""

    @property
    def score(self) -> float | None:
        if self.counts is None:
            return None
        return float(share_of_sums(np.ones((1, len(self.counts))), self.counts)[0])


@dataclass(frozen=True, slots=True)
class Searched:
    """Every candidate of a search in order, and why the search ended."""

    candidates: Sequence[Candidate]
    ended: str

    @property
    def start(self) -> Candidate:
        return self.candidates[0]

    @property
    def best(self) -> Candidate:
        """The highest score on the choosing forms; of equals the shortest, then the first."""
        scored = [one for one in self.candidates if one.score is not None]
        return max(scored, key=lambda one: (one.score, -len(one.text), -one.number))

    @property
    def path(self) -> list[Candidate]:
        """The candidates from the start to the best, each the parent of the next."""
        path = [self.best]
        while path[0].parent is not None:
            path.insert(0, self.candidates[path[0].parent])
        return path

    @property
    def gain(self) -> Difference:
        """The best minus the start, with its 95 % interval, on the choosing forms."""
        assert self.start.counts is not None
        assert self.best.counts is not None
        return paired_difference(self.start.counts, self.best.counts)

    @property
    def is_better(self) -> bool:
        return self.best is not self.start and self.gain.low > 0
