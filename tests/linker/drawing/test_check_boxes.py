"""Ticked boxes on pages drawn in code: which become words, and what does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_model.linker.drawing.check_boxes import TICKED, with_check_boxes
from ocr_model.linker.drawing.dark_pixels import dark_pixels_of
from ocr_model.schema import Box, Word

# Text boxes are 18 px high, as those of an OCR are for letters of 12 px.
HEIGHT = 18
SIDE = 11
BOX = (40, 44)
FONT_SIZES = (11, 13, 15)

Draw = Callable[[ImageDraw.ImageDraw], None]


def word_at(text: str, left: int, top: int = 40, width: int = 60) -> Word:
    return Word(text, Box(left, top, left + width, top + HEIGHT), 0.9)


BESIDE = word_at("Yes", 56, width=30)


def box(pen: ImageDraw.ImageDraw, at: tuple[int, int] = BOX, side: int = SIDE) -> None:
    left, top = at
    pen.rectangle((left, top, left + side - 1, top + side - 1), outline="black")


def crossed(pen: ImageDraw.ImageDraw, at: tuple[int, int] = BOX, side: int = SIDE) -> None:
    box(pen, at, side)
    left, top = at
    pen.line((left, top, left + side - 1, top + side - 1), fill="black")
    pen.line((left, top + side - 1, left + side - 1, top), fill="black")


def checked(pen: ImageDraw.ImageDraw) -> None:
    box(pen)
    pen.line([(42, 48), (45, 53), (56, 38)], fill="black", width=2)


def typed(pen: ImageDraw.ImageDraw) -> None:
    box(pen, side=15)
    pen.text((43, 43), "X", font=ImageFont.load_default(13), fill="black")


def scribbled(pen: ImageDraw.ImageDraw) -> None:
    box(pen)
    for row in range(46, 54, 2):
        pen.line((42, row, 49, row + 1), fill="black")


def broken(pen: ImageDraw.ImageDraw) -> None:
    crossed(pen)
    pen.point([(44, 44), (47, 54), (40, 48)], fill="white")


def skewed(pen: ImageDraw.ImageDraw) -> None:
    corners = (40, 44), (51, 45), (50, 55), (40, 54)
    pen.polygon(corners, outline="black")
    pen.line((*corners[0], *corners[2]), fill="black")
    pen.line((*corners[1], *corners[3]), fill="black")


def nothing(pen: ImageDraw.ImageDraw) -> None:
    pass


def bullet(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((40, 44, 50, 54), fill="black")


def punch_hole(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse((34, 38, 54, 58), fill="black")


def thick(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((40, 42, 53, 55), outline="black", width=3)


def speck_in_a_box(pen: ImageDraw.ImageDraw) -> None:
    box(pen)
    pen.point([(45, 49), (46, 49)], fill="black")


def cells_of_a_table(pen: ImageDraw.ImageDraw) -> None:
    for row in range(24, 100, 20):
        pen.line((10, row, 200, row), fill="black")
    for column in range(10, 210, 20):
        pen.line((column, 24, column, 84), fill="black")
    pen.text((34, 46), "7", font=ImageFont.load_default(13), fill="black")


def cross_without_a_box(pen: ImageDraw.ImageDraw) -> None:
    pen.line((40, 44, 50, 54), fill="black")
    pen.line((40, 54, 50, 44), fill="black")


def read(draw: Draw, *words: Word) -> list[Word]:
    page = Image.new("RGB", (300, 120), "white")
    draw(ImageDraw.Draw(page))
    return with_check_boxes(words, dark_pixels_of(page))[0]


def texts(words: list[Word]) -> list[str]:
    return [word.text for word in sorted(words, key=lambda word: word.box.left)]


@pytest.mark.parametrize("draw", [crossed, checked, typed, scribbled, broken, skewed])
def test_a_ticked_box_beside_a_word_is_a_word(draw: Draw) -> None:
    assert texts(read(draw, BESIDE)) == [TICKED, "Yes"]


@pytest.mark.parametrize(
    "draw",
    [nothing, box, thick, speck_in_a_box, bullet, punch_hole, cells_of_a_table,
     cross_without_a_box],
)  # fmt: skip
def test_an_empty_box_and_what_is_no_box_are_not(draw: Draw) -> None:
    assert read(draw, BESIDE) == [BESIDE]


@pytest.mark.parametrize("size", FONT_SIZES)
@pytest.mark.parametrize("letter", "ABCDEFGHKMNOPQRSUWXZaegmoswx023456789&#")
def test_a_letter_that_was_not_read_is_no_box(letter: str, size: int) -> None:
    def draw(pen: ImageDraw.ImageDraw) -> None:
        pen.text((40, 40), letter, font=ImageFont.load_default(size), fill="black")

    assert read(draw, BESIDE) == [BESIDE]


def test_a_tick_has_the_place_of_its_box_and_a_confidence() -> None:
    (tick,) = [word for word in read(crossed, BESIDE) if word.text == TICKED]
    assert tuple(tick.box) == pytest.approx((40, 44, 51, 55), abs=1.5)
    assert 0.75 <= tick.confidence <= 1


def test_a_large_scan_has_its_ticks_at_the_same_places() -> None:
    page = Image.new("RGB", (300, 120), "white")
    crossed(ImageDraw.Draw(page))
    large = dark_pixels_of(page.resize((3000, 1200)))
    yes = Word("Yes", Box(560, 400, 860, 580), 0.9)
    (tick,) = [word for word in with_check_boxes([yes], large)[0] if word.text == TICKED]
    assert tuple(tick.box) == pytest.approx((400, 440, 510, 550), abs=25)


@pytest.mark.parametrize(
    ("word", "is_found"),
    [
        (word_at("Yes", 56), True),
        (word_at("Yes", 0, width=36), True),
        (word_at("Yes", 76), True),
        (word_at("Yes", 120), False),
        (word_at("Yes", 56, top=70), False),
        (word_at("5", 56, width=10), True),
        (word_at("214-555", 56), False),
    ],
    ids=[
        "left of the word",
        "right of the word",
        "at some distance",
        "far off",
        "on another line",
        "before a digit",
        "before a number, as signs of a fax are",
    ],
)
def test_a_box_belongs_to_a_word_on_its_line(word: Word, is_found: bool) -> None:
    assert (TICKED in texts(read(crossed, word))) == is_found


def test_a_box_between_the_words_of_a_sentence_is_a_word_that_was_not_read() -> None:
    words = word_at("from", 4, width=30), word_at("first", 57)
    assert texts(read(crossed, *words)) == ["from", "first"]


@pytest.mark.parametrize("text", ["X", "☑", "BOX"])
def test_what_was_read_is_not_added_again(text: str) -> None:
    words = word_at(text, 38, width=14), BESIDE
    assert texts(read(crossed, *words)).count(TICKED) == (text == TICKED)


def test_a_digit_that_was_read_with_its_box_keeps_its_place() -> None:
    digit = word_at("3", 44, width=24)
    assert texts(read(crossed, digit)) == [TICKED, "3"]


@pytest.mark.parametrize(
    ("draw", "text", "expected"),
    [
        (crossed, "四DOMESTIC", [TICKED, "DOMESTIC"]),
        (checked, "☑Male", [TICKED, "Male"]),
        (crossed, "区 P.O.", [TICKED, "P.O."]),
        (box, "口Yes", ["Yes"]),
        (box, "□ Yes", ["Yes"]),
        (nothing, "口Yes", ["口Yes"]),
        (nothing, "田中", ["田中"]),
        (crossed, "应付金额：", ["应付金额："]),
        (crossed, "XYLENE", ["XYLENE"]),
        (box, "OTHER", ["OTHER"]),
        (box, "DATE", ["DATE"]),
    ],
    ids=[
        "ticked and glued",
        "read as ticked and glued",
        "a blank between",
        "empty and glued",
        "empty and a blank between",
        "no box in the picture",
        "a name in ideographs",
        "Chinese, and a box in the picture",
        "X is a letter",
        "O is a letter",
        "D is a letter",
    ],
)
def test_a_sign_is_parted_from_its_word_where_the_picture_has_a_box(
    draw: Draw, text: str, expected: list[str]
) -> None:
    assert texts(read(draw, word_at(text, 38, width=80))) == expected


@pytest.mark.parametrize(("draw", "expected"), [(crossed, [TICKED, "Yes"]), (box, ["Yes"])])
def test_a_sign_that_is_a_word_of_its_own_is_a_tick_or_nothing(
    draw: Draw, expected: list[str]
) -> None:
    assert texts(read(draw, word_at("口", 38, width=14), BESIDE)) == expected


def test_the_rest_of_a_word_begins_behind_the_box() -> None:
    tick, rest = read(crossed, word_at("四DOMESTIC", 38, width=80))
    assert tick.box.right <= rest.box.left < tick.box.right + 2
    assert rest.box.right == 118
    assert rest.confidence == 0.9


def test_the_order_of_words_does_not_matter() -> None:
    def draw(pen: ImageDraw.ImageDraw) -> None:
        crossed(pen)
        crossed(pen, (160, 44))

    words = [BESIDE, word_at("No", 176, width=20), word_at("Name:", 56, top=80)]
    assert sorted(read(draw, *words), key=str) == sorted(read(draw, *words[::-1]), key=str)


def test_a_page_without_words_has_no_ticks() -> None:
    assert read(crossed) == []
