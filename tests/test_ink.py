from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from ocr_model.ink import Ink
from ocr_model.schema import Box

Side = tuple[int, int, int, int]


def page(*rectangles: Side) -> Ink:
    image = Image.new("RGB", (200, 100), "white")
    pen = ImageDraw.Draw(image)
    for left, top, right, bottom in rectangles:
        pen.rectangle((left, top, right - 1, bottom - 1), fill="black")
    return Ink(image)


LETTERS = [(x, 40, x + 4, 50) for x in range(40, 100, 8)]


@pytest.mark.parametrize(
    "others",
    [[], [(30, 20, 110, 34)], [(30, 55, 110, 70)], [(30, 52, 110, 53)], [(36, 35, 37, 36)]],
    ids=["alone", "line above", "line below", "underline", "speck"],
)
def test_a_box_gets_close_to_its_letters(others: list[Side]) -> None:
    box = page(*LETTERS, *others).tighten(Box(34, 33, 106, 57))
    assert box == Box(38, 38, 102, 52)


def test_two_lines_keep_the_room_of_one() -> None:
    lower = [(x, 56, x + 4, 66) for x in range(40, 100, 8)]
    assert page(*LETTERS, *lower).tighten(Box(34, 33, 106, 72)) == Box(38, 38, 102, 68)


def test_the_dot_of_an_i_belongs_to_it() -> None:
    dots = [(x, 35, x + 4, 37) for x in range(40, 100, 8)]
    assert page(*LETTERS, *dots).tighten(Box(34, 30, 106, 58)).top == 33


def test_a_dash_keeps_the_height_of_a_line() -> None:
    box = page((40, 44, 60, 46)).tighten(Box(36, 35, 64, 55))
    assert box.bottom - box.top == pytest.approx(8 * 1.4)


@pytest.mark.parametrize("box", [Box(5, 5, 20, 15), Box(300, 5, 320, 15)], ids=["empty", "outside"])
def test_without_ink_a_box_stays(box: Box) -> None:
    assert page(*LETTERS).tighten(box) == box
