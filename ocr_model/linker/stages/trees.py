"""Boosted trees as plain arrays: rows of features -> probabilities.

Knows nothing of how they were fitted. Equal to scikit-learn's `predict_proba` up to rounding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ocr_model.errors import ConfigError
from ocr_model.linker.boxes import Floats

# Rows looked at together: their nodes stay in the processor's cache.
_ROWS = 256
# The arrays of a forest in the order of its fields, and how they are kept.
_TYPES: dict[str, type[np.generic]] = {
    "feature": np.uint16,
    "number": np.float32,
    "right": np.uint8,
    "roots": np.int32,
    "baseline": np.float64,
}
# One node of a tree.
NODE = np.dtype([(name, _TYPES[name]) for name in ("feature", "number", "right")])


@dataclass(frozen=True)
class Forest:
    """Trees one after the other, nodes in preorder, trees of the classes in turn.

    A node with `right` 0 is a leaf and has its value in `number`; else rows whose `feature` is at
    most `number` go on at the next node, others `right` nodes further.
    """

    feature: NDArray[np.uint16]
    number: NDArray[np.float32]
    right: NDArray[np.uint8]
    roots: NDArray[np.int32]
    baseline: NDArray[np.float64]

    @classmethod
    def of(cls, baseline: Floats) -> Forest:
        """A forest without trees."""
        nodes = np.zeros(0, dtype=NODE)
        roots = np.zeros(0, dtype=np.int32)
        return cls(nodes["feature"], nodes["number"], nodes["right"], roots, baseline)

    def followed_by(self, trees: Sequence[NDArray[np.void]]) -> Forest:
        """With further trees, each an array of `NODE`."""
        sizes = np.array([len(tree) for tree in trees], dtype=np.int64)
        roots = len(self.feature) + np.cumsum(sizes) - sizes
        nodes = np.concatenate([*trees, np.zeros(0, dtype=NODE)])
        return Forest(
            np.concatenate([self.feature, nodes["feature"]]),
            np.concatenate([self.number, nodes["number"]]),
            np.concatenate([self.right, nodes["right"]]),
            np.concatenate([self.roots, roots.astype(np.int32)]),
            self.baseline,
        )

    @property
    def rounds(self) -> int:
        return len(self.roots) // len(self.baseline)

    def cut(self, rounds: int) -> Forest:
        """The trees of the first rounds only."""
        count = rounds * len(self.baseline)
        end = int(self.roots[count]) if count < len(self.roots) else len(self.feature)
        nodes = self.feature[:end], self.number[:end], self.right[:end]
        return Forest(*nodes, self.roots[:count], self.baseline)

    @cached_property
    def widest(self) -> int:
        """The highest number of a feature that is looked at; -1 for none."""
        return int(self.feature[self.right > 0].max(initial=0)) if self.right.any() else -1

    @cached_property
    def _steps(self) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int32]]:
        """For each node the steps to the left (column 0) and right (1), none at a leaf."""
        inner = self.right > 0
        steps = np.column_stack([inner.astype(np.int32), self.right.astype(np.int32)])
        threshold = np.where(inner, self.number, np.float32(np.inf))
        return steps, threshold.astype(np.float32), self.feature.astype(np.int32)

    def probabilities(self, features: Floats) -> Floats:
        """Shape (rows, classes); two classes have one score between them."""
        return probabilities_of(self.scores(features))

    def scores(self, features: Floats) -> Floats:
        """In logits, shape (rows, classes), or (rows, 1) for two classes."""
        single = np.asarray(features, dtype=np.float32)
        scores = np.empty((len(single), len(self.baseline)))
        for start in range(0, len(single), _ROWS):
            part = slice(start, start + _ROWS)
            scores[part] = self._by_round(single[part]).sum(axis=1)
        return scores + self.baseline

    def scores_by_round(self, features: Floats, first: int) -> Floats:
        """The scores after `first` rounds, and after each further one; (rows, rounds, classes)."""
        values = self._by_round(np.asarray(features, dtype=np.float32))
        start = values[:, :first].sum(axis=1, keepdims=True) + self.baseline
        return np.concatenate([start, values[:, first:]], axis=1).cumsum(axis=1)

    def _by_round(self, features: NDArray[np.float32]) -> Floats:
        values = self.number[self._leaves(features)].astype(np.float64)
        return values.reshape(len(features), self.rounds, len(self.baseline))

    def _leaves(self, features: NDArray[np.float32]) -> NDArray[np.int64]:
        """The leaf that each row reaches in each tree, shape (rows, trees)."""
        steps, threshold, feature = self._steps
        if features.shape[1] <= self.widest:
            raise ConfigError(
                f"Expected weights that look at {features.shape[1]} features, got some that look "
                f"at number {self.widest + 1}: they were made for something else, or changed."
            )
        count, trees = len(features), len(self.roots)
        nodes = np.repeat(self.roots[None, :].astype(np.int64), count, axis=0).ravel()
        offsets = np.repeat(np.arange(count) * features.shape[1], trees)
        flat, flat_steps = features.ravel(), steps.ravel()
        active = np.arange(len(nodes))
        while len(active):
            here = nodes[active]
            value = flat[offsets[active] + feature[here]]
            step = flat_steps[2 * here + (value > threshold[here])]
            nodes[active] = here + step
            active = active[step > 0]
        return nodes.reshape(count, trees)

    def to_arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        return {f"{name}/{field}": getattr(self, field) for field in _TYPES}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]], name: str) -> Forest:
        """Raises KeyError where the arrays hold no forest of this name, ValueError where one does
        not end or leads out of itself.
        """
        forest = cls(*(arrays[f"{name}/{field}"].astype(kind) for field, kind in _TYPES.items()))
        if not forest._holds_together:
            raise ValueError(f"{name} is no forest")
        return forest

    @property
    def _holds_together(self) -> bool:
        nodes, inner = len(self.feature), np.flatnonzero(self.right)
        return (
            self.feature.shape == self.number.shape == self.right.shape == (nodes,)
            and self.roots.ndim == self.baseline.ndim == 1
            and len(self.baseline) > 0
            and len(self.roots) % len(self.baseline) == 0
            and bool(((self.roots >= 0) & (self.roots < nodes)).all())
            and bool((inner + np.maximum(self.right[inner], 1) < nodes).all())
            and bool(np.isfinite(self.number).all() and np.isfinite(self.baseline).all())
        )


def probabilities_of(scores: Floats) -> Floats:
    """Scores in logits, in the last axis -> probabilities of the classes; one score is of two.

    [[0.0]] -> [[0.5, 0.5]]
    """
    if scores.shape[-1] == 1:
        positive = 1 / (1 + np.exp(-scores))
        return np.concatenate([1 - positive, positive], axis=-1)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
