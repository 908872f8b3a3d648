"""Words on a page -> text with its columns by position; 10 px a character, 20 px a line."""

from __future__ import annotations

import pytest

from ocr_model.ocr.plain_text import page_text
from ocr_model.schema import Box, Word


def words(*placed: tuple[str, int, int], character: int = 10) -> list[Word]:
    """Words at (x, y), each `character` px wide a letter and 20 px high."""
    return [Word(t, Box(x, y, x + character * len(t), y + 20), 0.9) for t, x, y in placed]


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ([], ""),
        (words(("Name:", 40, 0)), "Name:"),
        (words(("Lee", 40, 0), ("Ann", 0, 0)), "Ann Lee"),
        (
            words(("Name:", 0, 0), ("Ann", 80, 0), ("Lee", 120, 0), ("Date:", 0, 24))
            + words(("May", 80, 24)),
            "Name:   Ann Lee\nDate:   May",
        ),
        (words(("Name:", 0, 0), ("Ann", 0, 24)), "Name:\nAnn"),
        (words(("Name:", 0, 0), ("Date:", 0, 60)), "Name:\n\nDate:"),
        (words(("A", 0, 0), ("B", 100, 24)), "A\n          B"),
    ],
    ids=["none", "margin", "one_line", "columns", "stacked", "gap_between_lines", "indent"],
)
def test_words_stand_where_they_stand_on_the_page(page: list[Word], text: str) -> None:
    assert page_text(page) == text


def test_small_print_moves_what_is_right_of_it_on_all_lines() -> None:
    dense = words(("abcdefghijklmnopqrst", 0, 0), character=4)
    page = dense + words(("Ten", 100, 0), ("Name", 0, 24), ("One", 100, 24))
    lines = page_text(page).splitlines()
    assert lines[0] == "abcdefghijklmnopqrst  Ten"
    assert lines[1] == "Name                  One"


def test_columns_never_run_together() -> None:
    page = words(("Total", 0, 0), ("due", 64, 0))
    assert page_text(page) == "Total  due"


def test_text_up_the_margin_comes_last() -> None:
    upright = words(("Name:", 40, 40), ("Ann", 140, 40))
    margin = Word("50313 4488", Box(600, 0, 620, 200), 0.9)
    assert page_text([margin, *upright]) == "Name:     Ann\n50313 4488"


def test_edges_a_character_apart_are_one_column() -> None:
    page = words(("A", 0, 0), ("Left", 100, 0), ("B", 0, 24), ("Edge", 106, 24))
    assert page_text(page) == "A         Left\nB         Edge"
