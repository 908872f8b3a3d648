"""Long pages in parts, and what stands in the parts put together again."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ocr_model.ocr.tiles import Quads, Tile, grid_of, joined, strips_of

# Two tiles one below the other, and two side by side; each pair shares 60 px.
BELOW = [[Tile(0, 0, 300, 200)], [Tile(0, 140, 300, 340)]]
BESIDE = [[Tile(0, 0, 300, 200), Tile(240, 0, 540, 200)]]


def quads(*boxes: tuple[float, float, float, float]) -> Quads:
    corners = [[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in boxes]
    return np.array(corners, np.float32).reshape(-1, 4, 2)


def boxes(found: Quads) -> list[tuple[float, ...]]:
    return sorted((*quad[0].tolist(), *quad[2].tolist()) for quad in found)


@pytest.mark.parametrize(
    ("size", "count", "side"),
    [
        ((1000, 1400), 1, 1400),
        ((3508, 4960), 1, 4960),
        ((1000, 2500), 1, 2500),
        ((600, 8760), 7, 1472),
        ((8760, 600), 7, 1472),
        ((2000, 20000), 6, 4000),
        ((10, 60000), 49, 1472),
    ],
    ids=str,
)
def test_strips_are_twice_as_long_as_wide_or_a_readable_length(
    size: tuple[int, int], count: int, side: int
) -> None:
    strips = [tile for row in strips_of(*size, 1472) for tile in row]
    assert len(strips) == count
    assert {max(s.right - s.left, s.bottom - s.top) for s in strips} == {side}
    assert strips[0][:2] == (0, 0)
    assert strips[-1][2:] == size


def test_strips_are_longer_where_there_would_be_too_many() -> None:
    strips = [tile for row in strips_of(800, 60_000, 1000, most=20) for tile in row]
    assert len(strips) == 20
    assert strips[-1].bottom == 60_000


@pytest.mark.parametrize("length", [1473, 3000, 8760])
def test_neighbours_share_a_sixth_of_their_length_or_more(length: int) -> None:
    rows = [row[0] for row in grid_of(600, length, 1472)]
    shared = [above.bottom - below.top for above, below in pairwise(rows)]
    assert min(shared) >= 1472 // 6


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (
            [(10, 10, 90, 30), (10, 150, 90, 170)],
            [(10, 151, 91, 171), (10, 300, 90, 320)],
            [(10, 10, 90, 30), (10, 150, 90, 170), (10, 300, 90, 320)],
        ),
        ([(10, 186, 90, 200)], [(10, 185, 90, 205)], [(10, 185, 90, 205)]),
        ([(10, 135, 90, 155)], [(10, 140, 90, 156)], [(10, 135, 90, 155)]),
        ([(10, 150, 90, 170)], [(120, 150, 190, 170)], [(10, 150, 90, 170), (120, 150, 190, 170)]),
        (
            [(10, 150, 190, 170)],
            [(10, 150, 90, 170), (110, 150, 190, 170)],
            [(10, 150, 190, 170)],
        ),
        ([], [(10, 150, 90, 170)], [(10, 150, 90, 170)]),
        ([(10, 150, 90, 170)], [], [(10, 150, 90, 170)]),
        ([], [], []),
    ],
    ids=[
        "seen_twice",
        "cut_off_above",
        "cut_off_below",
        "two_columns",
        "found_in_one_and_in_two",
        "second_only",
        "first_only",
        "nothing",
    ],
)
def test_lines_of_strips_one_below_the_other(
    first: list[tuple[float, float, float, float]],
    second: list[tuple[float, float, float, float]],
    expected: list[tuple[float, float, float, float]],
) -> None:
    found = joined(BELOW, [[quads(*first)], [quads(*second)]])
    assert boxes(found) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([(10, 10, 300, 30)], [(240, 11, 400, 31)], [(10, 10, 400, 31)]),
        ([(10, 10, 280, 30)], [(240, 10, 281, 30)], [(10, 10, 280, 30)]),
        ([(10, 10, 300, 30)], [(244, 10, 312, 30)], [(10, 10, 312, 30)]),
        ([(230, 10, 298, 30)], [(242, 10, 400, 30)], [(230, 10, 400, 30)]),
        ([(250, 10, 290, 30)], [(250, 10, 290, 30)], [(250, 10, 290, 30)]),
        ([(291, 5, 300, 35)], [(288, 10, 400, 30)], [(288, 10, 400, 30)]),
        ([(10, 10, 290, 30)], [(250, 40, 400, 60)], [(10, 10, 290, 30), (250, 40, 400, 60)]),
        ([(10, 10, 100, 30)], [(400, 10, 500, 30)], [(10, 10, 100, 30), (400, 10, 500, 30)]),
    ],
    ids=[
        *("goes_on", "ends_in_both", "ends_just_behind", "begins_just_before", "whole_in_both"),
        *("begins_at_the_end", "another_line", "apart"),
    ],
)
def test_lines_of_strips_side_by_side(
    left: list[tuple[float, float, float, float]],
    right: list[tuple[float, float, float, float]],
    expected: list[tuple[float, float, float, float]],
) -> None:
    found = joined(BESIDE, [[quads(*left), quads(*right)]])
    assert boxes(found) == expected


def test_a_line_that_runs_through_three_strips_is_one() -> None:
    row = [Tile(0, 0, 300, 50), Tile(240, 0, 540, 50), Tile(480, 0, 780, 50)]
    parts = [quads((10, 10, 300, 30)), quads((240, 10, 540, 30)), quads((480, 10, 700, 30))]
    assert boxes(joined([row], [parts])) == [(10, 10, 700, 30)]
