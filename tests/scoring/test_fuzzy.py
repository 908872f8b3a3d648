from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from ocr_model.scoring.fuzzy import assign, assign_similar, similarities


@pytest.mark.parametrize(
    ("these", "those", "expected"),
    [
        ("abc", "abc", 1.0),
        ("abcd", "abce", 0.75),
        ("abc", "", 0.0),
        ("", "", 1.0),
        ("kitten", "sitting", 1 - 3 / 7),
        ("ab", "ba", 0.0),
    ],
    ids=["equal", "one of four", "empty", "both empty", "three of seven", "swapped"],
)
def test_similarity_is_one_minus_distance_by_length(
    these: str, those: str, expected: float
) -> None:
    assert similarities([these], [those])[0, 0] == pytest.approx(expected)


def test_similarities_have_a_row_for_each_and_a_column_for_each_other() -> None:
    assert similarities(["a", "b"], ["a", "b", "c"]).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert similarities([], ["a"]).shape == (0, 1)
    assert similarities(["a"], []).shape == (1, 0)


def test_assignment_gives_up_the_best_pair_for_the_best_sum() -> None:
    assert assign(np.array([[0.9, 0.8], [0.8, 0.0]])) == [(0, 1), (1, 0)]


def test_what_has_no_weight_stays_alone() -> None:
    assert assign(np.zeros((2, 3))) == []
    assert assign(np.zeros((0, 3))) == []


def test_more_pairs_come_before_more_similar_pairs() -> None:
    # 1.0 + nothing, or twice 0.8.
    assert assign_similar(np.array([[1.0, 0.8], [0.8, 0.79]])) == [(0, 1), (1, 0)]
    assert assign_similar(np.array([[1.0, 0.8], [0.8, 0.8]])) == [(0, 0), (1, 1)]


@pytest.mark.parametrize("seed", range(20))
def test_as_many_are_assigned_as_can_be(seed: int) -> None:
    draw = random.Random(seed)
    matrix = np.array([[draw.choice([0.0, 0.79, 0.8, 1.0]) for _ in range(5)] for _ in range(4)])
    most = max(
        sum(matrix[row, column] >= 0.8 for row, column in enumerate(columns))
        for columns in itertools.permutations(range(5), 4)
    )
    assert len(assign_similar(matrix)) == most
