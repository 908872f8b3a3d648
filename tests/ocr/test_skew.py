"""How far lines slope, and a page straightened by that: places there and back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ocr_model.ocr.skew import Straightening, slope_of, straightening_of
from ocr_model.schema import Box


def sloping(*lines: tuple[float, float]) -> NDArray[np.float32]:
    """Quads of lines 20 px high, each of a length and a slope in degrees."""
    quads = []
    for k, (length, slope) in enumerate(lines):
        cos, sin = math.cos(math.radians(slope)), math.sin(math.radians(slope))
        along, down = np.array([length * cos, length * sin]), np.array([-20 * sin, 20 * cos])
        corner = np.array([50.0, 50.0 + 60 * k])
        quads.append([corner, corner + along, corner + along + down, corner + down])
    return np.array(quads, np.float32).reshape(-1, 4, 2)


@pytest.mark.parametrize(
    ("lines", "slope"),
    [
        ([(200, 7), (100, 7.5), (100, 6.5)], 7),
        ([(200, -15)] * 3, -15),
        ([(200, 0)] * 5 + [(100, 30)], 0),
        ([(200, 7)] * 2, None),
        ([(30, 7)] * 9, None),
        ([(200, 7), (200, -7), (200, 0), (200, 14)], None),
        ([], None),
    ],
    ids=["falls", "rises", "a_stamp_aside", "too_few", "too_short", "disagree", "no_lines"],
)
def test_slope_is_that_of_most_lines(lines: list[tuple[float, float]], slope: float | None) -> None:
    found = slope_of(sloping(*lines))
    assert found == (None if slope is None else pytest.approx(slope, abs=0.01))


@pytest.mark.parametrize(
    ("slope", "straightened"), [(0.0, False), (1.4, False), (-3, True), (15, True), (40, False)]
)
def test_page_is_straightened_where_it_needs_it_and_it_can_be(
    slope: float, straightened: bool
) -> None:
    found = straightening_of(sloping(*[(200, slope)] * 4), 800, 1000)
    assert (found is not None) is straightened


def test_a_quarter_turn_by_hand() -> None:
    """What pointed down points to the right afterwards: (x, y) of 200 x 100 -> (y, 200 - x)."""
    turn = Straightening(90, 200, 100)
    assert turn.size in {(100, 200), (101, 200), (101, 201), (100, 201)}
    box = turn.box_straight([(10, 20), (30, 20), (30, 25), (10, 25)])
    assert box == pytest.approx((20, 170, 25, 190), abs=1)
    assert turn.box_before(box) == pytest.approx((10, 20, 30, 25), abs=1)


@pytest.mark.parametrize("slope", [7, -15])
@pytest.mark.parametrize("size", [(400, 300), (5000, 4000)], ids=["small", "reduced"])
def test_picture_and_boxes_are_straightened_alike(slope: float, size: tuple[int, int]) -> None:
    width, height = size
    page = Image.new("RGB", size, "white")
    x, y = int(width * 0.7), int(height * 0.3)
    side = width // 40
    page.paste("black", (x, y, x + side, y + side))
    turn = Straightening(slope, *size)
    picture = turn.straighten(page)
    assert picture.size == turn.size
    assert picture.width * picture.height < 25_000_000
    corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    box = turn.box_straight(corners)
    dark = picture.convert("L").point(lambda grey: 255 * (grey < 128)).getbbox()
    assert box == pytest.approx(dark, abs=2)
    back = turn.box_before(box)
    assert back.left <= x < x + side <= back.right
    assert back.top <= y < y + side <= back.bottom


def test_boxes_stay_within_the_page() -> None:
    turn = Straightening(10, 400, 300)
    assert turn.box_before(Box(0, 0, *turn.size)) == (0, 0, 400, 300)


def test_corners_that_come_in_get_the_colour_of_the_paper() -> None:
    picture = Straightening(10, 400, 300).straighten(Image.new("RGB", (400, 300), (240, 230, 200)))
    assert picture.getpixel((0, 0)) == (240, 230, 200)
