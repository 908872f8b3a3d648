from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr_model.grounding import ink as ink_room
from ocr_model.grounding.ink import Ink, Pen
from ocr_model.schema import Box

Side = tuple[int, int, int, int]


def page(*rectangles: Side) -> Pen:
    """A page whose letters are 10 px high: 2.4 px of room."""
    image = Image.new("RGB", (200, 100), "white")
    pen = ImageDraw.Draw(image)
    for left, top, right, bottom in rectangles:
        pen.rectangle((left, top, right - 1, bottom - 1), fill="black")
    return Pen(Ink(image), 10.0)


LETTERS = [(x, 40, x + 4, 50) for x in range(40, 100, 8)]


@pytest.mark.parametrize(
    "others",
    [[], [(30, 20, 110, 34)], [(30, 55, 110, 70)], [(30, 52, 110, 53)], [(36, 35, 37, 36)]],
    ids=["alone", "line above", "line below", "underline", "speck"],
)
def test_a_box_gets_close_to_its_letters(others: list[Side]) -> None:
    box = page(*LETTERS, *others).around(Box(34, 33, 106, 57))
    assert box == pytest.approx((37.6, 37.6, 102.4, 52.4))


def test_two_lines_keep_the_room_of_one() -> None:
    lower = [(x, 56, x + 4, 66) for x in range(40, 100, 8)]
    box = page(*LETTERS, *lower).around(Box(34, 33, 106, 72))
    assert box == pytest.approx((37.6, 37.6, 102.4, 68.4))


def test_large_letters_keep_the_room_of_the_page() -> None:
    box = page((40, 20, 100, 60)).around(Box(30, 10, 110, 70))
    assert box == pytest.approx((37.6, 17.6, 102.4, 62.4))


@pytest.mark.parametrize(
    "line",
    [(10, 51, 190, 53), (10, 34, 190, 37), (100, 5, 102, 95)],
    ids=["below", "above", "right"],
)
def test_a_line_that_runs_through_a_box_is_no_letter(line: Side) -> None:
    """Letters in one half of a wide box, so that the line is dark over less than all of it."""
    few = [letter for letter in LETTERS if letter[0] < 60]
    box = page(*few, line).around(Box(34, 33, 180, 57))
    assert box == pytest.approx((37.6, 37.6, 62.4, 52.4))


def test_the_height_of_letters_is_that_of_most_words() -> None:
    ink = page(*LETTERS, (120, 30, 160, 60)).ink
    words = [Box(38, 35, 62, 55), Box(62, 35, 86, 55), Box(115, 20, 170, 70)]
    assert ink.letter_height(words) == 10.0
    assert ink.letter_height([Box(5, 5, 20, 15)]) is None


def test_the_dot_of_an_i_belongs_to_it() -> None:
    dots = [(x, 35, x + 4, 37) for x in range(40, 100, 8)]
    assert page(*LETTERS, *dots).around(Box(34, 30, 106, 58)).top == pytest.approx(32.6)


def test_a_dash_is_given_more_height() -> None:
    box = page((40, 44, 60, 46)).around(Box(36, 35, 64, 55))
    assert box.bottom - box.top == pytest.approx(7 + 2 * 2.4)


@pytest.mark.parametrize("box", [Box(5, 5, 20, 15), Box(300, 5, 320, 15)], ids=["empty", "outside"])
def test_without_ink_a_box_stays(box: Box) -> None:
    assert page(*LETTERS).around(box) == box


def test_a_large_page_is_worked_out_in_bands_with_the_same_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    image = Image.effect_noise((400, 300), 60).convert("RGB")
    pen = ImageDraw.Draw(image)
    for k in range(12):
        pen.line((20, 20 + 21 * k, 380 - 9 * k, 20 + 21 * k), "black", 1 + k % 6)
        pen.line((15 + 30 * k, 10, 15 + 30 * k, 290 - 15 * k), "black", 1 + k % 6)
    whole = Ink(image)
    monkeypatch.setattr(ink_room, "_BAND_PIXELS", 400 * 7)
    banded = Ink(image)
    assert np.array_equal(whole.dark, banded.dark)
    assert np.array_equal(whole._grey, banded._grey)
