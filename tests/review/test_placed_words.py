from __future__ import annotations

import pytest

from ocr_model.review.placed_words import owners, placed_text, single_words
from ocr_model.schema import Box

LEFT, RIGHT = Box(0, 0, 60, 10), Box(100, 0, 140, 10)


def test_a_run_of_words_is_cut_by_its_letters() -> None:
    assert single_words("Date: 5", Box(0, 0, 70, 10)) == [
        ("Date:", Box(0, 0, 50, 10)),
        ("5", Box(60, 0, 70, 10)),
    ]
    assert single_words("  ", LEFT) == []


def test_a_word_belongs_to_the_smallest_box_that_holds_its_middle() -> None:
    words = [("a", Box(0, 0, 10, 10)), ("b", Box(50, 0, 60, 10)), ("c", Box(200, 0, 210, 10))]
    assert owners(words, [Box(0, 0, 100, 10), Box(45, 0, 70, 10)]) == [0, 1, -1]
    assert owners(words, []) == [-1, -1, -1]


@pytest.mark.parametrize(
    ("true", "read", "places"),
    [
        ("TOTAL 9.00", [("TOTA1", LEFT), ("9.00", RIGHT)], [LEFT, RIGHT]),
        ("Ann Berg", [("AnnBorg", Box(0, 0, 70, 10))], [Box(0, 0, 30, 10), Box(30, 0, 70, 10)]),
        ("abcdef", [("abc", LEFT), ("def", RIGHT)], [Box(0, 0, 140, 10)]),
        ("abcd more", [("abcd", RIGHT)], [RIGHT, Box(130, 0, 140, 10)]),
        ("Ann Berg", [], [Box(0, 0, 30, 10), Box(40, 0, 80, 10)]),
        ("", [("x", LEFT)], []),
    ],
    ids=["misread", "blank lost", "word torn", "word missed", "nothing read", "no text"],
)
def test_true_words_stand_where_like_letters_were_read(
    true: str, read: list[tuple[str, Box]], places: list[Box]
) -> None:
    placed = placed_text(true, read, Box(0, 0, 80, 10))
    assert " ".join(word for word, _ in placed) == true
    assert [box for _, box in placed] == places
