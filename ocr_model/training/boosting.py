"""Fit gradient boosted trees: from nothing, or on top of a forest that is already fitted.

The trees are scikit-learn's, grown one by one: its classifiers cannot start from the scores of
another model.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.ensemble._hist_gradient_boosting.binning import _BinMapper
from sklearn.ensemble._hist_gradient_boosting.grower import TreeGrower
from threadpoolctl import threadpool_limits

from ocr_model.linker import Floats, Indices
from ocr_model.linker.stages import NODE, Forest, probabilities_of

# The share of a class that no row has.
_ABSENT = 1e-5
_BINS = 64


class Growth(NamedTuple):
    """The number of rounds, and the size of the trees."""

    rounds: int
    leaves: int = 15
    learning_rate: float = 0.07
    leaf_rows: int = 20
    features_per_split: float = 0.4
    l2: float = 1.0


def fit_forest(
    features: Floats,
    classes: Indices,
    count: int,
    growth: Growth,
    seed: int,
    start: Forest | None = None,
) -> Forest:
    """The same rows in the same order give the same forest.

    `count` classes are numbered from 0; one without rows gets a probability near 0. With `start`,
    its trees come first and the new ones correct what they say of these rows.
    """
    if start is None:
        start = _without_trees(classes, count)
        scores = np.repeat(start.baseline[None, :], len(classes), axis=0)
    else:
        scores = start.scores(features)
    if not len(classes):
        return start.followed_by([_leaf() for _ in start.baseline])
    # Threads that wait for each other at every split took 60 times as long on a busy machine.
    with threadpool_limits(limits=1, user_api="openmp"):
        return start.followed_by(_trees(features, classes, scores, growth, seed))


def _trees(
    features: Floats, classes: Indices, scores: Floats, growth: Growth, seed: int
) -> list[NDArray[np.void]]:
    """The nodes of `growth.rounds` trees for each column of `scores`, in turn.

    Newton's method on the log loss, as in scikit-learn's HistGradientBoostingClassifier.
    """
    # Seeds as that classifier draws them.
    seeds = np.random.RandomState(seed).randint(2**32 - 1, size=2, dtype="u8")
    bins = _BinMapper(n_bins=_BINS, random_state=int(seeds[0]), n_threads=1)
    binned = bins.fit_transform(np.asarray(features, dtype=np.float32))
    columns = scores.shape[1]
    target = (classes[:, None] == (np.arange(columns) if columns > 1 else 1)).astype(np.float64)
    random = np.random.default_rng(seeds[1])
    found = []
    for _ in range(growth.rounds):
        likely = probabilities_of(scores)[:, -columns:]
        slopes = (likely - target).astype(np.float32)
        curvatures = (likely * (1 - likely)).astype(np.float32)
        for column in range(columns):
            grower = TreeGrower(
                X_binned=binned,
                gradients=np.ascontiguousarray(slopes[:, column]),
                hessians=np.ascontiguousarray(curvatures[:, column]),
                n_bins=_BINS,
                n_bins_non_missing=bins.n_bins_non_missing_,
                max_leaf_nodes=growth.leaves,
                min_samples_leaf=growth.leaf_rows,
                l2_regularization=growth.l2,
                feature_fraction_per_split=growth.features_per_split,
                rng=random,
                shrinkage=growth.learning_rate,
                n_threads=1,
            )
            grower.grow()
            for leaf in grower.finalized_leaves:
                scores[leaf.sample_indices, column] += leaf.value
            found.append(_plain(grower.make_predictor(bins.bin_thresholds_).nodes))
    return found


def _plain(nodes: NDArray[np.void]) -> NDArray[np.void]:
    """The nodes of one of scikit-learn's trees as those of a `Forest`."""
    leaf = nodes["is_leaf"].astype(bool)
    plain = np.zeros(len(nodes), dtype=NODE)
    plain["feature"] = nodes["feature_idx"]
    plain["number"] = np.where(
        leaf, nodes["value"].astype(np.float32), _rounded_down(nodes["num_threshold"])
    )
    plain["right"] = np.where(leaf, 0, nodes["right"].astype(np.int64) - np.arange(len(nodes)))
    return plain


def _leaf() -> NDArray[np.void]:
    return np.zeros(1, dtype=NODE)


def _without_trees(classes: Indices, count: int) -> Forest:
    """The shares of the classes, in logits; the first class where there are no rows."""
    shares = (
        np.bincount(classes, minlength=count) / len(classes) if len(classes) else np.eye(count)[0]
    )
    shares = np.maximum(shares, _ABSENT)
    if count == 2:
        return Forest.of(logit(shares[1:] / shares.sum()))
    return Forest.of(np.log(shares / np.exp(np.log(shares).mean())))


def _rounded_down(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """Single precision, rounded so that no decision on single-precision features changes."""
    single = thresholds.astype(np.float32)
    above = single.astype(np.float64) > thresholds
    return np.where(above, np.nextafter(single, np.float32(-np.inf)), single)
