"""What stands beside and above what, for boxes placed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_model.linker.boxes import FAR, beyond, gaps, neighbours_of, take

# Three on a line, one below the second: 0 1 2 / 3.
BOXES = np.array(
    [[0, 0, 40, 10], [60, 1, 90, 11], [120, 0, 150, 10], [60, 30, 90, 40]], dtype=np.float64
)


def test_neighbours_on_all_sides() -> None:
    near = neighbours_of(BOXES)
    assert near.left.tolist() == [-1, 0, 1, -1]
    assert near.right.tolist() == [1, 2, -1, -1]
    assert near.above.tolist() == [-1, -1, -1, 1]
    assert near.below.tolist() == [-1, 3, -1, -1]


def test_the_neighbour_of_a_neighbour() -> None:
    assert beyond(neighbours_of(BOXES).right).tolist() == [2, -1, -1, -1]


def test_gaps_are_in_units_and_far_where_nothing_is() -> None:
    found = gaps(BOXES, neighbours_of(BOXES), unit=10)
    assert found[1].tolist() == [2.0, 3.0, FAR, pytest.approx(1.9)]
    assert found[0].tolist() == [FAR, 2.0, FAR, FAR]


def test_a_page_without_boxes_has_no_neighbours() -> None:
    assert len(neighbours_of(np.zeros((0, 4))).left) == 0


def test_rows_are_taken_by_index_and_filled_where_there_is_none() -> None:
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert take(values, np.array([1, -1]), -9.0).tolist() == [[3.0, 4.0], [-9.0, -9.0]]
    assert take(np.zeros((0, 2)), np.array([-1]), -9.0).tolist() == [[-9.0, -9.0]]
