from __future__ import annotations

import pytest

from ocr_model.grounding.text_search import PageSearch
from ocr_model.schema import Box, Word

PAGE = "Name: Ann Berg Date: 5 May 1998 Name: Zoe Lang"


def line(text: str, top: float = 0, left: float = 0) -> list[Word]:
    """Words ten pixels wide, in a row, one pixel apart."""
    return [
        Word(word, Box(left + 10 * i, top, left + 10 * i + 9, top + 8), 1.0)
        for i, word in enumerate(text.split())
    ]


def spans(text: str, page: str, least: float = 0.8) -> list[tuple[int, int]]:
    """First and last word of each place found, counted from 0."""
    found = PageSearch(line(page)).find(text, least)
    return [(int(place.box.left) // 10, int(place.box.right - 1) // 10) for place in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ann Berg", [(1, 2)]),
        ("ANN-BERG.", [(1, 2)]),
        ("AnnBerg", [(1, 2)]),
        ("Name", [(0, 0), (7, 7)]),
        ("5 May 1998", [(4, 6)]),
        ("5 Mai 1998", [(4, 6)]),
        ("Ann Bery", [(1, 2)]),
        ("Berg Ann", []),
        ("Zurich", []),
        ("", []),
    ],
)
def test_text_is_found_where_it_stands(text: str, expected: list[tuple[int, int]]) -> None:
    assert spans(text, PAGE) == expected


@pytest.mark.parametrize(
    ("text", "page", "similarity"),
    [
        ("May", "May", 1.0),
        ("1998", "199B", 0.75),
        ("1998", "1998.", 1.0),
        ("(51)", "C51)", 0.6),
        ("Mr. Berg", "Mr Berg", 1 - 0.25 / 6.25),
        ("$ 120", "120", 1 - 0.5 / 3.5),
        ("☑", "\u533a", 1.0),
        ("X", "√", 1.0),
    ],
    ids=[
        *("equal", "a letter of four", "a mark too many", "a mark misread", "a mark missing"),
        "a sign missing",
        *("a tick", "a cross for a tick"),
    ],
)
def test_similarity_counts_letters_more_than_marks(text: str, page: str, similarity: float) -> None:
    (place,) = PageSearch(line(page)).find(text, 0.5)
    assert place.similarity == pytest.approx(similarity)


def test_best_reading_comes_first() -> None:
    assert spans("total amount", "total ampunt total amount") == [(2, 3), (0, 1)]


def test_part_of_a_word_is_found_by_the_width_of_its_letters() -> None:
    glued = [Word("Date:5/21", Box(0, 0, 90, 10), 1.0)]
    (place,) = PageSearch(glued).find("5/21", 0.8)
    assert place.box == Box(50, 0, 90, 10)


def test_a_misread_letter_belongs_to_the_word_all_the_same() -> None:
    (place,) = PageSearch([Word("C51)", Box(0, 0, 40, 10), 1.0)]).find("(51)", 0.5)
    assert place.box == Box(0, 0, 40, 10)


def test_text_goes_on_in_the_line_below_past_the_column_beside_it() -> None:
    words = [
        *line("12 Main", top=0),
        *line("Rome 00100", top=0, left=100),
        *line("Street Bonn", top=12),
    ]
    (place,) = PageSearch(words).find("12 Main Street Bonn", 0.8)
    assert place.box == Box(0, 0, 19, 20)
    assert place.similarity == 1


def test_a_word_never_goes_on_in_the_line_below() -> None:
    words = [*line("6"), *line("5", top=12)]
    assert PageSearch(words).find("65", 0.8) == []


def test_an_empty_page_holds_nothing() -> None:
    assert PageSearch([]).find("Ann", 0.8) == []


def test_a_text_goes_on_to_the_right_before_it_goes_on_below() -> None:
    words = [
        Word("72", Box(100, 0, 120, 10), 1.0),
        Word("mm", Box(170, 0, 190, 10), 1.0),
        Word("mm", Box(100, 14, 120, 24), 1.0),
    ]
    (place,) = PageSearch(words).find("72 mm", 1.0)
    assert place.box == Box(100, 0, 190, 10)
    assert place.hopped == 0.25


@pytest.mark.parametrize(
    ("text", "cuts"),
    [("Food", 0), ("oo", 2), ("Foo", 1)],
    ids=["a word", "inside", "its beginning"],
)
def test_a_place_says_how_many_of_its_ends_are_within_a_word(text: str, cuts: int) -> None:
    (place,) = PageSearch(line("Food")).find(text, 1.0)
    assert place.cuts == cuts


@pytest.mark.parametrize(
    ("text", "missing"), [("(51)", (1, 0)), ("51) mm", (0, 2)), ("51)", (0, 0))]
)
def test_a_place_says_how_many_letters_were_not_read_at_its_ends(
    text: str, missing: tuple[int, int]
) -> None:
    (place,) = PageSearch(line("51)")).find(text, 0.5)
    assert place.missing == missing


def test_a_misread_letter_is_likelier_than_a_line_below_that_is_further_left() -> None:
    words = [
        Word("99", Box(100, 0, 120, 10), 1.0),
        Word("am", Box(130, 0, 150, 10), 1.0),
        Word("mm", Box(20, 14, 40, 24), 1.0),
    ]
    places = PageSearch(words).find("99 mm", 0.7)
    assert places[0].box == Box(100, 0, 150, 10)


def test_a_narrow_word_goes_on_with_the_word_to_its_right() -> None:
    words = [
        Word("$", Box(100, 0, 106, 20), 1.0),
        Word("120", Box(150, 0, 180, 20), 1.0),
    ]
    (place,) = PageSearch(words).find("$ 120", 0.8)
    assert place.box == Box(100, 0, 180, 20)
