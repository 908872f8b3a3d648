"""Frames in small patches: of boxes, and of what only looks like one."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_model.linker.drawing.box_frames import BoxFrame, frame_in
from ocr_model.linker.drawing.dark_pixels import Pixels

SHORTEST, LONGEST = 6, 16


def patch_of(drawing: str) -> Pixels:
    """A drawing in rows of "#" and ".", with paper around it."""
    rows = [[sign == "#" for sign in row.strip()] for row in drawing.strip().splitlines()]
    return np.pad(np.array(rows, dtype=np.uint8), 4)


def frame_of(drawing: str) -> BoxFrame | None:
    return frame_in(patch_of(drawing), SHORTEST, LONGEST)


EMPTY = """
    ##########
    #........#
    #........#
    #........#
    #........#
    #........#
    #........#
    #........#
    ##########
"""
CROSSED = """
    ##########
    ##......##
    #.##..##.#
    #...##...#
    #...##...#
    #..#..#..#
    #.##..##.#
    ##......##
    ##########
"""
CHECKED_BEYOND_ITS_SIDES = """
    ...........##
    ..........##.
    ##########...
    #.......##...
    #.......##...
    #......#.#...
    #.#....#.#...
    #.##..#..#...
    #..#..#..#...
    #...##...#...
    ##########...
"""
BROKEN = """
    ####.#####
    #........#
    ..........
    #........#
    #........#
    #........#
    #........#
    #........#
    #####.####
"""
THICK = """
    ############
    ############
    ############
    ###......###
    ###......###
    ###......###
    ###......###
    ###......###
    ###......###
    ############
    ############
    ############
"""
LETTER_X = """
    ##.....##
    .##...##.
    ..##.##..
    ...###...
    ...###...
    ..##.##..
    .##...##.
    ##.....##
"""
LETTER_D = """
    #######...
    ##...###..
    ##.....##.
    ##.....##.
    ##.....##.
    ##.....##.
    ##.....##.
    ##...###..
    #######...
"""
LETTER_E = """
    #########
    #........
    #........
    #........
    #######..
    #........
    #........
    #........
    #########
"""
LETTER_H = """
    ##.....##
    ##.....##
    ##.....##
    #########
    ##.....##
    ##.....##
    ##.....##
    ##.....##
"""
CELL_OF_A_TABLE = """
    ....#........#....
    ....#........#....
    ....#........#....
    ##################
    ....#........#....
    ....#........#....
    ....#........#....
    ....#........#....
    ....#........#....
    ....#........#....
    ##################
    ....#........#....
    ....#........#....
    ....#........#....
"""
LONG_FIELD = """
    ##############################
    #............................#
    #............................#
    #............................#
    #............................#
    #............................#
    #............................#
    ##############################
"""


@pytest.mark.parametrize(
    ("drawing", "size"),
    [
        (EMPTY, (10, 9)),
        (CROSSED, (10, 9)),
        (CHECKED_BEYOND_ITS_SIDES, (10, 9)),
        (BROKEN, (10, 9)),
        (THICK, (12, 12)),
    ],
    ids=["empty", "crossed", "checked beyond its sides", "broken", "thick"],
)
def test_a_box_has_a_frame(drawing: str, size: tuple[int, int]) -> None:
    frame = frame_of(drawing)
    assert frame is not None
    left, top, right, bottom = frame.edges
    assert (right - left, bottom - top) == pytest.approx(size, abs=1)


@pytest.mark.parametrize(
    "drawing",
    [LETTER_E, LETTER_H, LETTER_X, LONG_FIELD, "#", "####################"],
    ids=["E", "H", "X", "a field to write into", "a speck", "a line"],
)
def test_a_letter_or_a_field_has_none(drawing: str) -> None:
    assert frame_of(drawing) is None


def test_the_lines_of_a_table_go_on_beyond_its_cell() -> None:
    frame = frame_of(CELL_OF_A_TABLE)
    alone = frame_of(EMPTY)
    assert alone is not None
    assert frame is None or frame.sharpness < alone.sharpness


@pytest.mark.parametrize(
    ("drawing", "is_filled"),
    [(EMPTY, False), (BROKEN, False), (THICK, False), (LETTER_D, False), (CROSSED, True),
     (CHECKED_BEYOND_ITS_SIDES, True)],
    ids=["empty", "broken", "thick", "D", "crossed", "checked"],
)  # fmt: skip
def test_only_a_tick_fills_a_box(drawing: str, is_filled: bool) -> None:
    frame = frame_of(drawing)
    assert frame is not None
    assert (frame.filling > 0.1) == is_filled


def test_a_broken_side_is_less_sharp() -> None:
    whole, broken = frame_of(EMPTY), frame_of(BROKEN)
    assert whole is not None
    assert broken is not None
    assert broken.sharpness < whole.sharpness == 1


def test_a_frame_on_the_edge_of_its_patch_is_seen() -> None:
    patch = patch_of(EMPTY)[4:-4, 4:-4]
    assert frame_in(patch, SHORTEST, LONGEST) is not None


@pytest.mark.parametrize("shape", [(0, 0), (0, 20), (3, 20), (20, 20)])
def test_a_patch_without_ink_has_none(shape: tuple[int, int]) -> None:
    assert frame_in(np.zeros(shape, np.uint8), SHORTEST, LONGEST) is None
