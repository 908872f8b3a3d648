"""Fit one stage, and predict every page by a forest that was fitted without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed

from ocr_model.linker import Floats, Indices
from ocr_model.linker.stages import Forest, probabilities_of
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
    """`count` classes; rows with a negative class are left out of the fit.

    With `start`, that forest is continued, by as many rounds as serve forms that were not seen.
    """

    growth: Growth
    count: int
    seed: int
    start: Forest | None = None

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
        if self.start is not None:
            rounds = self._useful_rounds(self.start, forests, features, targets, fold_of)
            whole, *forests = (forest.cut(rounds) for forest in (whole, *forests))
        unseen = [
            forests[fold].probabilities(of) if len(of) else np.zeros((0, self.count))
            for of, fold in zip(rows, folds.tolist(), strict=True)
        ]
        return whole, unseen

    def _useful_rounds(
        self,
        start: Forest,
        forests: Sequence[Forest],
        features: Floats,
        targets: Indices,
        fold_of: Indices,
    ) -> int:
        """The number of rounds with the least log loss on the rows that a forest has not seen."""
        losses = np.zeros(self.growth.rounds + 1)
        for fold, forest in enumerate(forests):
            unseen = (targets >= 0) & (fold_of == fold)
            scores = forest.scores_by_round(features[unseen], start.rounds)
            likely = probabilities_of(scores)[np.arange(unseen.sum()), :, targets[unseen]]
            losses -= np.log(np.maximum(likely, 1e-9)).sum(axis=0)
        return start.rounds + int(losses.argmin())


def _fit(stage: Stage, features: Floats, targets: Indices, share: Indices) -> Forest:
    return fit_forest(
        features[share], targets[share], stage.count, stage.growth, stage.seed, stage.start
    )


def _table(rows: Rows, count: int) -> Floats:
    """All rows below one another, in single precision, as trees are fitted to them."""
    filled = [each for each in rows if len(each)]
    return np.concatenate(filled).astype(np.float32) if filled else np.zeros((count, 1), np.float32)
