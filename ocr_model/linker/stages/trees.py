"""Boosted trees as plain arrays: rows of features -> probabilities.

Knows nothing of how they were fitted. Equal to scikit-learn's `predict_proba` up to rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

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

    @cached_property
    def _steps(self) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int32]]:
        """For each node the steps to the left (column 0) and right (1), none at a leaf."""
        inner = self.right > 0
        steps = np.column_stack([inner.astype(np.int32), self.right.astype(np.int32)])
        threshold = np.where(inner, self.number, np.float32(np.inf))
        return steps, threshold.astype(np.float32), self.feature.astype(np.int32)

    def probabilities(self, features: Floats) -> Floats:
        """Shape (rows, classes); two classes have one score between them."""
        raw = self._scores(np.asarray(features, dtype=np.float32))
        if raw.shape[1] == 1:
            positive = 1 / (1 + np.exp(-raw))
            return np.column_stack([1 - positive, positive])
        powers = np.exp(raw - raw.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def _scores(self, features: NDArray[np.float32]) -> Floats:
        scores = np.empty((len(features), len(self.baseline)))
        for start in range(0, len(features), _ROWS):
            leaves = self._leaves(features[start : start + _ROWS])
            values = self.number[leaves].astype(np.float64)
            by_class = values.reshape(len(values), -1, len(self.baseline)).sum(axis=1)
            scores[start : start + _ROWS] = by_class + self.baseline
        return scores

    def _leaves(self, features: NDArray[np.float32]) -> NDArray[np.int64]:
        """The leaf that each row reaches in each tree, shape (rows, trees)."""
        steps, threshold, feature = self._steps
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
        """Raises KeyError where the arrays hold no forest of this name."""
        return cls(*(arrays[f"{name}/{field}"].astype(kind) for field, kind in _TYPES.items()))
