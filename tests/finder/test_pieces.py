"""Where words are cut, in which order pieces are read, and what of a path is text and word."""

from __future__ import annotations

import pytest

from ocr_model.fields import PageWords
from ocr_model.finder.pieces import PagePieces
from ocr_model.schema import Box, Word
from tests.fields.decision.pages import page


def pieces(text: str) -> PagePieces:
    return PagePieces(PageWords(1, page(text).words))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Date:25/12/2018", ["Date:", "25/12/2018"]),
        ("25/12/201808:13", ["25/12/2018", "08:13"]),
        ("RM9.00", ["RM", "9.00"]),
        ("TOTAL: RM 9.00 ok", ["TOTAL:", "RM", "9.00", "ok"]),
        ("Site:1046", ["Site:", "1046"]),
        ("12:30", ["12:30"]),
        ("SS21/39,47400", ["SS21/39,47400"]),
    ],
)
def test_words_are_cut_where_values_begin_and_end(text: str, expected: list[str]) -> None:
    assert pieces(text).texts == expected


def test_parts_of_a_word_share_its_box_and_are_joined_without_a_blank() -> None:
    found = pieces("RM9.00 cash")
    assert found.boxes[:3, [0, 2]].tolist() == [[0, 14], [14, 42], [49, 77]]
    assert found.text((0, 1, 2)) == "RM9.00 cash"
    assert found.word_indices((0, 1, 2)) == (0, 1)


def test_a_path_follows_the_line_and_the_column() -> None:
    found = pieces("Mill Lane        Order 7\nUlm")
    texts = [found.text(path) for path in found.paths(0, 5)]
    assert "Mill Lane Order 7 Ulm" in texts
    assert "Mill Lane Ulm" in texts


def test_pieces_within_a_box_are_those_with_their_middle_in_it() -> None:
    assert pieces("one two").within(Box(0, 0, 22, 12)).tolist() == [True, False]


def test_a_page_without_words_has_no_pieces() -> None:
    found = PagePieces(PageWords(1, [Word("", Box(0, 0, 1, 1), 1.0)]))
    assert (len(found), found.lines) == (0, [])
