"""Fit gradient boosted trees with scikit-learn and take them out of it as plain arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from ocr_model.linker import Floats, Indices
from ocr_model.linker.stages import Forest

# The score of a class that no row has, in logits.
_ABSENT = -12.0


class Growth(NamedTuple):
    """The number of rounds, and the size of the trees."""

    rounds: int
    leaves: int = 15
    learning_rate: float = 0.07
    leaf_rows: int = 20
    features_per_split: float = 0.4
    l2: float = 1.0


def fit_forest(features: Floats, classes: Indices, count: int, growth: Growth, seed: int) -> Forest:
    """The same rows in the same order give the same forest.

    `count` classes are numbered from 0; one without rows gets a probability near 0.
    """
    known = np.unique(classes)
    if len(known) < 2:
        return _constant(known, count)
    return forest_of(fit_classifier(features, classes, growth, seed), count)


def fit_classifier(
    features: Floats, classes: Indices, growth: Growth, seed: int
) -> HistGradientBoostingClassifier:
    model = HistGradientBoostingClassifier(
        learning_rate=growth.learning_rate,
        max_iter=growth.rounds,
        max_leaf_nodes=growth.leaves,
        min_samples_leaf=growth.leaf_rows,
        l2_regularization=growth.l2,
        max_features=growth.features_per_split,
        max_bins=63,
        early_stopping=False,
        random_state=seed,
    )
    # Threads that wait for each other at every split took 60 times as long on a busy machine.
    with threadpool_limits(limits=1, user_api="openmp"):
        return model.fit(np.asarray(features, dtype=np.float32), classes)


def forest_of(model: HistGradientBoostingClassifier, count: int) -> Forest:
    """The fitted trees, from private attributes of scikit-learn; a test guards them."""
    known = [int(label) for label in model.classes_]
    baseline = np.asarray(model._baseline_prediction, dtype=np.float64).ravel()
    rounds = [[tree.nodes for tree in trees] for trees in model._predictors]
    if len(known) < count:
        baseline, rounds = _widened(baseline, rounds, known, count)
    nodes = [tree for trees in rounds for tree in trees]
    sizes = np.array([len(tree) for tree in nodes])
    joined = np.concatenate(nodes)
    leaf = joined["is_leaf"].astype(bool)
    own = np.concatenate([np.arange(size) for size in sizes])
    return Forest(
        joined["feature_idx"].astype(np.uint16),
        np.where(leaf, joined["value"].astype(np.float32), _rounded_down(joined["num_threshold"])),
        np.where(leaf, 0, joined["right"].astype(np.int64) - own).astype(np.uint8),
        (np.cumsum(sizes) - sizes).astype(np.int32),
        baseline,
    )


def _widened(
    baseline: Floats, rounds: list[list[Any]], known: list[int], count: int
) -> tuple[Floats, list[list[Any]]]:
    """Scores for all classes: a few forms may have no header, for example.

    Two known classes share one score, which becomes that of the second.
    """
    scored = known[1:] if len(known) == 2 else known
    leaf = np.zeros_like(rounds[0][0][:1])
    leaf["is_leaf"] = 1
    wide = np.full(count, _ABSENT)
    wide[known] = 0.0
    wide[scored] = baseline
    trees = [dict(zip(scored, found, strict=True)) for found in rounds]
    return wide, [[found.get(label, leaf) for label in range(count)] for found in trees]


def _constant(known: Indices, count: int) -> Forest:
    """A forest of one leaf, for rows of one class, or for no rows."""
    baseline = np.full(max(count, 2), _ABSENT)
    baseline[known] = 0.0
    if count == 2:
        baseline = np.array([-_ABSENT if 1 in known else _ABSENT])
    leaves = len(baseline)
    return Forest(
        np.zeros(leaves, dtype=np.uint16),
        np.zeros(leaves, dtype=np.float32),
        np.zeros(leaves, dtype=np.uint8),
        np.arange(leaves, dtype=np.int32),
        baseline,
    )


def _rounded_down(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """Single precision, rounded so that no decision on single-precision features changes."""
    single = thresholds.astype(np.float32)
    above = single.astype(np.float64) > thresholds
    return np.where(above, np.nextafter(single, np.float32(-np.inf)), single)
