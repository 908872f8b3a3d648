"""Fuzzy string matching, and one-to-one assignment of two lists. Pure: knows no pairs, no pages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist
from scipy.optimize import linear_sum_assignment

Matrix = NDArray[np.float64]

# From this similarity on, two strings count as the same, read differently.
SIMILAR = 0.8


def similarities(these: Sequence[str], those: Sequence[str]) -> Matrix:
    """Pairwise normalized Levenshtein similarity, shape (these, those).

    ["date"], ["data", "total"] -> [[0.75, 0.2]]

    1 - distance / length of the longer; two empty strings are equal.
    """
    if not these or not those:
        return np.zeros((len(these), len(those)))
    return cdist(these, those, scorer=Levenshtein.normalized_similarity, dtype=np.float64)


def assign(weights: Matrix) -> list[tuple[int, int]]:
    """Assign rows to columns one to one, with the largest sum of weights.

    [[0.9, 0.8], [0.8, 0.0]] -> [(0, 1), (1, 0)]

    Rows and columns without a weight above 0 stay unassigned.
    """
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return [
        (int(row), int(column))
        for row, column in zip(rows, columns, strict=True)
        if weights[row, column] > 0
    ]


def assign_similar(similarity: Matrix) -> list[tuple[int, int]]:
    """Assign as many `SIMILAR` pairs as possible, with the highest total similarity."""
    # One more pair outweighs any gain in similarity of the others.
    outweighing = min(similarity.shape, default=0) + 1
    return assign(np.where(similarity >= SIMILAR, outweighing + similarity, 0.0))
