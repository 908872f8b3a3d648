from __future__ import annotations

import pytest

from ocr_model.report.word_alignment import find_text, nearest
from ocr_model.schema import Box, Word


def line(text: str, top: float = 0) -> list[Word]:
    """Words ten pixels wide, in a row."""
    return [
        Word(word, Box(10 * i, top, 10 * i + 9, top + 8), 1.0)
        for i, word in enumerate(text.split())
    ]


def spans(text: str, page: str) -> list[tuple[int, int]]:
    """First and last word of each place found, counted from 0."""
    found = find_text(text, line(page))
    return [(int(box.left) // 10, int(box.right - 9) // 10) for box in found]


PAGE = "Name: Ann Berg Date: 5 May 1998 Name: Zoe Lang"


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
        ("---", []),
    ],
)
def test_text_is_found_where_it_stands(text: str, expected: list[tuple[int, int]]) -> None:
    assert spans(text, PAGE) == expected


def test_equal_text_hides_similar_text() -> None:
    assert spans("total amount", "total amount total amounts") == [(0, 1)]


def test_only_the_most_similar_text_counts() -> None:
    assert spans("total amount", "total ampunt total ampuntx") == [(0, 1)]


def test_text_over_two_lines_has_a_box_around_both() -> None:
    words = [*line("12 Main"), *line("Street Bonn", top=20)]
    assert find_text("12 Main Street", words) == [Box(0, 0, 19, 28)]


NEAR, FAR, BELOW = Box(20, 0, 30, 8), Box(200, 0, 210, 8), Box(0, 12, 9, 20)
QUESTION = Box(0, 0, 9, 8)


@pytest.mark.parametrize(
    ("ones", "others", "expected"),
    [
        ([], [], (None, None)),
        ([QUESTION], [], (QUESTION, None)),
        ([], [FAR, NEAR], (None, FAR)),
        ([QUESTION], [FAR, NEAR], (QUESTION, NEAR)),
        ([QUESTION], [FAR, NEAR, BELOW], (QUESTION, BELOW)),
        ([FAR, QUESTION], [NEAR], (QUESTION, NEAR)),
    ],
    ids=["nothing", "no answer", "no question", "right of it", "below it", "two questions"],
)
def test_nearest(
    ones: list[Box], others: list[Box], expected: tuple[Box | None, Box | None]
) -> None:
    assert nearest(ones, others) == expected
