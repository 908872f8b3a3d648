"""Fit one stage, and predict every page by a forest that was fitted without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed

from ocr_model.linker import Floats, Indices
from ocr_model.linker.stages import Forest
from ocr_model.ocr import usable_cores
from ocr_model.training.boosting import Growth, fit_forest

FOLDS = 3
# Table size from which starting processes pays.
_WORTH_A_PROCESS = 3_000_000

# By page, in the order of the pages.
Rows = list[Floats]
Classes = list[Indices]
# Stage, rows, classes, number of classes -> probabilities of the rows.
Fit = Callable[..., Rows]


@dataclass(frozen=True, slots=True)
class Stage:
    """`count` classes; rows with a negative class are left out of the fit."""

    growth: Growth
    count: int
    seed: int

    def out_of_fold(self, rows: Rows, classes: Classes, folds: Indices) -> tuple[Forest, Rows]:
        """A forest fitted on all pages; the probabilities of each page by one fitted without it."""
        targets = np.concatenate([*classes, np.zeros(0, dtype=np.int64)]).astype(np.int64)
        features = _table(rows, len(targets))
        fold_of = np.repeat(folds, [len(each) for each in classes])
        shares = [targets >= 0, *((targets >= 0) & (fold_of != fold) for fold in range(FOLDS))]
        # Processes, not threads: scikit-learn changes Python's warnings while it fits.
        jobs = usable_cores() if features.size >= _WORTH_A_PROCESS else 1
        whole, *forests = Parallel(n_jobs=jobs)(
            delayed(_fit)(self, features, targets, share) for share in shares
        )
        unseen = [
            forests[fold].probabilities(of) if len(of) else np.zeros((0, self.count))
            for of, fold in zip(rows, folds.tolist(), strict=True)
        ]
        return whole, unseen


def _fit(stage: Stage, features: Floats, targets: Indices, share: Indices) -> Forest:
    return fit_forest(features[share], targets[share], stage.count, stage.growth, stage.seed)


def _table(rows: Rows, count: int) -> Floats:
    """All rows below one another, in single precision, as trees are fitted to them."""
    filled = [each for each in rows if len(each)]
    return np.concatenate(filled).astype(np.float32) if filled else np.zeros((count, 1), np.float32)
