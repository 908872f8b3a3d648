"""Fit one stage, and say what it says of each page while it is fitted without that page."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ocr_model.linker.boxes import Floats, Indices
from ocr_model.linker.trees import Forest
from ocr_model.process import usable_cores
from ocr_model.training.boosting import Growth, fit_forest

FOLDS = 3

# By page, in the order of the pages.
Rows = list[Floats]
Classes = list[Indices]
# Stage, rows, classes, how many classes there are -> probabilities of the rows.
Fit = Callable[..., Rows]


@dataclass(frozen=True, slots=True)
class Stage:
    """`count` classes; rows whose class is negative are nobody's and not learned from."""

    growth: Growth
    count: int
    seed: int

    def out_of_fold(self, rows: Rows, classes: Classes, folds: Indices) -> tuple[Forest, Rows]:
        """A forest fitted on all pages; what forests fitted without a page say of it."""
        said: Rows = [np.zeros((0, self.count))] * len(rows)
        everything = np.arange(len(rows))
        shares = [everything, *(np.flatnonzero(folds != fold) for fold in range(FOLDS))]
        # Fits need nothing of each other, and leave Python's lock alone most of the time.
        with ThreadPoolExecutor(usable_cores()) as pool:
            whole, *forests = pool.map(
                lambda share: self._fit([rows[i] for i in share], [classes[i] for i in share]),
                shares,
            )
        for fold, forest in enumerate(forests):
            for i in np.flatnonzero(folds == fold):
                said[i] = forest.probabilities(rows[i])
        return whole, said

    def _fit(self, rows: Rows, classes: Classes) -> Forest:
        filled = [(r, c) for r, c in zip(rows, classes, strict=True) if len(c)]
        if not filled:
            nothing = np.zeros((0, 1)), np.zeros(0, dtype=np.int64)
            return fit_forest(*nothing, self.count, self.growth, self.seed)
        features = np.concatenate([r for r, _ in filled])
        targets = np.concatenate([c for _, c in filled])
        known = targets >= 0
        return fit_forest(features[known], targets[known], self.count, self.growth, self.seed)
