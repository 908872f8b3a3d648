from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from ocr_model.grounding.ink import Ink
from ocr_model.grounding.unread_ink import ink_beside, unread_pieces
from ocr_model.schema import Box

Side = tuple[int, int, int, int]
SIGN = (100, 40, 106, 50)


def pieces(*rectangles: Side, words: tuple[Box, ...] = ()) -> list[Box]:
    """On a page whose letters are 10 px high: 3 px are a speck, gaps up to 15 px join."""
    image = Image.new("L", (300, 200), "white")
    pen = ImageDraw.Draw(image)
    for left, top, right, bottom in rectangles:
        pen.rectangle((left, top, right - 1, bottom - 1), fill="black")
    return unread_pieces(Ink(image), words, letter_height=10.0)


def test_ink_outside_the_words_is_unread() -> None:
    assert pieces((20, 40, 26, 50), SIGN, words=(Box(15, 35, 60, 55),)) == [Box(*SIGN)]


@pytest.mark.parametrize(
    "other",
    [(150, 44, 152, 46), (10, 60, 290, 62), (150, 100, 170, 160)],
    ids=["speck", "ruling line", "drawing"],
)
def test_what_is_no_sign_is_left_out(other: Side) -> None:
    assert pieces(SIGN, other) == [Box(*SIGN)]


def test_signs_side_by_side_are_one_piece() -> None:
    assert pieces(SIGN, (112, 42, 118, 52)) == [Box(100, 40, 118, 52)]


@pytest.mark.parametrize("other", [(130, 40, 136, 50), (100, 54, 106, 64)], ids=["far", "below"])
def test_other_signs_are_pieces_of_their_own(other: Side) -> None:
    assert sorted(pieces(SIGN, other)) == sorted([Box(*SIGN), Box(*other)])


def test_a_clean_page_has_no_pieces() -> None:
    assert pieces() == []


LINE = Box(100, 40, 140, 50)


@pytest.mark.parametrize(
    ("piece", "letters", "found"),
    [
        (Box(150, 41, 166, 49), 2, True),
        (Box(150, 41, 166, 49), 0, False),
        (Box(150, 41, 200, 49), 2, False),
        (Box(185, 41, 200, 49), 2, False),
        (Box(150, 60, 166, 68), 2, False),
        (Box(80, 41, 96, 49), 2, False),
    ],
    ids=["beside", "nothing is missing", "too wide", "too far", "on another line", "before it"],
)
def test_letters_that_were_not_read_stand_beside_those_that_were(
    piece: Box, letters: int, found: bool
) -> None:
    """Letters 10 px high and 8.5 wide: up to 40 px away, two letters up to 34 px wide."""
    beside = ink_beside(LINE, letters, [piece], 10.0, before=False)
    assert beside == (piece if found else None)


def test_the_nearest_ink_is_taken() -> None:
    far, near = Box(70, 41, 78, 49), Box(85, 41, 93, 49)
    assert ink_beside(LINE, 1, [far, near], 10.0, before=True) == near
