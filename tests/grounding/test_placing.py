from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from ocr_model.grounding.ink import Ink
from ocr_model.grounding.placing import Grounding, place_pairs
from ocr_model.schema import Box, Word

Pair = tuple[str, str | None]


def word(text: str, column: int, row: int) -> Word:
    """On a grid of 100 x 20 pixels; ten pixels a letter, ten high."""
    left, top = 100.0 * column, 20.0 * row
    return Word(text, Box(left, top, left + 10 * len(text), top + 10), 1.0)


def cells(pairs: list[Pair], words: list[Word]) -> list[tuple[int, int] | None]:
    """Column and row of every answer."""
    return [
        None
        if place.answer is None
        else (round(place.answer.left) // 100, int(place.answer.top) // 20)
        for place in place_pairs(pairs, words)
    ]


def test_question_and_answer_have_a_box_each() -> None:
    words = [word("Name:", 0, 0), word("Ann", 1, 0)]
    (place,) = place_pairs([("Name", "ann")], words)
    assert (place.question, place.answer) == (Box(0, 0, 40, 10), Box(100, 0, 130, 10))
    assert place.similarity == 1.0
    # 60 px between them are 6 text heights: 1 - 6 / (6 + 10)
    assert place.nearness == pytest.approx(0.625)


TWO_FIELDS = [word("From:", 0, 0), word("Bonn", 1, 0), word("To:", 0, 5), word("Bonn", 1, 5)]
TABLE = [
    *(word(text, column, 0) for column, text in enumerate(["Item", "Min", "Max"])),
    *(word(text, column, 1) for column, text in enumerate(["Fat", "12", "12"])),
    *(word(text, column, 2) for column, text in enumerate(["Salt", "12", "7"])),
]


@pytest.mark.parametrize(
    ("pairs", "words", "expected"),
    [
        ([("To", "Bonn")], TWO_FIELDS, [(1, 5)]),
        ([("To", "Bonn"), ("From", "Bonn")], TWO_FIELDS, [(1, 5), (1, 0)]),
        ([("Max", "12"), ("Min", "12"), ("Min", "12")], TABLE, [(2, 1), (1, 1), (1, 2)]),
        ([("Max", "12"), ("Fat", "12")], TABLE, [(2, 1), (1, 1)]),
        ([("Salt", "7"), ("Max", "7")], TABLE, [(2, 2), (2, 2)]),
    ],
    ids=[
        "near its question",
        "whatever the order",
        "a column from top to bottom",
        "the row of its heading",
        "one cell for row and column",
    ],
)
def test_repeated_text_is_told_apart_by_its_neighbourhood(
    pairs: list[Pair], words: list[Word], expected: list[tuple[int, int] | None]
) -> None:
    assert cells(pairs, words) == expected


def test_equal_pairs_are_placed_in_the_order_of_the_page() -> None:
    words = [
        word(text, column, row) for row in (0, 4, 8) for column, text in enumerate(["Date:", "May"])
    ]
    assert cells([("Date", "May")] * 3, words) == [(1, 0), (1, 4), (1, 8)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("Zoe", None), (None, None), ("", None), ("   ", None)],
    ids=["not on the page", "left blank", "empty", "white space"],
)
def test_what_is_not_on_the_page_has_no_box(answer: str | None, expected: Box | None) -> None:
    (place,) = place_pairs([("Name", answer)], [word("Name:", 0, 0), word("Ann", 1, 0)])
    assert place == Grounding(question=Box(0, 0, 40, 10), answer=expected)


@pytest.mark.parametrize(
    ("row", "found"), [(0, True), (30, False)], ids=["beside its question", "far from it"]
)
def test_a_badly_misread_text_counts_only_near_its_question(row: int, found: bool) -> None:
    """ "Borg" for "Bonn" is half alike, "Bonm7" for "Bonn7" four fifths."""
    words = [word("Name:", 0, 0), word("Bom7", 1, row)]
    (place,) = place_pairs([("Name", "Bonn7")], words)
    assert (place.answer is not None) is found


def test_a_page_without_words_places_nothing() -> None:
    assert place_pairs([("Name", "Ann")], []) == [Grounding()]


def sheet(words: list[Word], *signs: Box) -> Ink:
    """The page of `words` with bars for their letters, and ink where signs are."""
    image = Image.new("L", (600, 200), "white")
    pen = ImageDraw.Draw(image)
    bars = [
        Box(x + 1, each.box.top, x + 7, each.box.bottom)
        for each in words
        for x in range(int(each.box.left), int(each.box.right), 10)
    ]
    for left, top, right, bottom in (*bars, *signs):
        pen.rectangle((left, top, right - 1, bottom - 1), fill="black")
    return Ink(image)


BOXES = [word("Taxable", 0, 1), word("Exempt", 0, 2), word("x", 4, 8)]
TICK = Box(112, 40, 120, 50)


def test_a_sign_that_was_not_read_beside_its_question_beats_the_same_sign_far_away() -> None:
    (place,) = place_pairs([("Exempt", "X")], BOXES, sheet(BOXES, TICK))
    # 2.4 px of room around letters of 10 px
    assert place.answer == pytest.approx((109.6, 37.6, 122.4, 52.4))
    assert (place.similarity, place.nearness) == (None, None)


def test_without_such_a_sign_the_far_one_is_taken() -> None:
    (place,) = place_pairs([("Exempt", "X")], BOXES, sheet(BOXES))
    assert place.similarity == 1.0


def test_a_long_text_is_not_a_single_sign() -> None:
    (place,) = place_pairs([("Exempt", "by law of May 1998")], BOXES, sheet(BOXES, TICK))
    assert place.answer is None


def test_two_questions_do_not_share_a_sign() -> None:
    lower = Box(112, 20, 120, 30)
    ink = sheet(BOXES, TICK, lower)
    first, second = place_pairs([("Taxable", "x"), ("Exempt", "x")], BOXES, ink)
    assert first.answer is not None
    assert second.answer is not None
    assert first.answer.bottom < second.answer.top + 10


def test_a_sign_out_of_the_middle_of_a_word_counts_less_than_one_on_its_own() -> None:
    words = [word("boxes", 0, 0), word("Food:", 0, 1), word("x", 1, 1)]
    assert cells([("Food", "x")], words) == [(1, 1)]


def test_a_misread_number_counts_in_the_column_of_its_question() -> None:
    words = [word("Score", 0, 0), word("3.54", 0, 9), word("Score", 3, 20)]
    assert cells([("Score", "2.54")], words) == [(0, 9)]


def test_letters_that_were_not_read_at_the_end_of_an_answer_are_in_its_box() -> None:
    words = [word("Length", 0, 1), word("24.8", 1, 1), word("Width", 0, 6)]
    unread = (Box(150, 20, 157, 30), Box(160, 20, 167, 30))
    (place,) = place_pairs([("Length", "24.8 mm")], words, sheet(words, *unread))
    assert place.answer is not None
    assert place.answer.right == pytest.approx(169.4)


@pytest.mark.parametrize(
    ("pairs", "found"),
    [([("Name", "Bonham")], True), ([("Name", "Bonham"), ("Town", "Lonkat")], False)],
    ids=["no other text", "another text"],
)
def test_what_is_half_alike_counts_beside_its_question_where_no_other_text_stands(
    pairs: list[Pair], found: bool
) -> None:
    """ "Lonkat" has three of the six letters of "Bonham"."""
    words = [word("Name:", 0, 0), word("Lonkat", 1, 0), word("Town:", 0, 1)]
    assert (place_pairs(pairs, words)[0].answer is not None) is found


def test_answers_of_one_question_stand_at_the_same_of_its_places() -> None:
    """The left "Code" is nearer to its 5; "6" stands below the right one only."""
    words = [
        *(word("Code", column, 0) for column in (0, 4)),
        *(word("5", column, 1 + column // 4) for column in (0, 4)),
        word("6", 4, 3),
    ]
    assert cells([("Code", "6"), ("Code", "5")], words) == [(4, 3), (4, 2)]
