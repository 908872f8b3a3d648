"""Words before the first stage: what is cut, and what is left out."""

from __future__ import annotations

import pytest
from PIL import Image

from ocr_model.linker.page import view_of
from ocr_model.ocr.layout import split_at_colon
from ocr_model.schema import Box, Word

WHITE = Image.new("RGB", (400, 200), "white")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Date:12/4", ["Date:", "12/4"]),
        ("No.:123", ["No.:", "123"]),
        ("9:30", ["9:30"]),
        ("http://a", ["http://a"]),
        ("Name:", ["Name:"]),
    ],
)
def test_a_word_is_cut_behind_the_colon_of_a_label(text: str, parts: list[str]) -> None:
    assert [w.text for w in split_at_colon(Word(text, Box(0, 0, 90, 20), 0.9))] == parts


def test_parts_get_their_share_of_the_box() -> None:
    parts = split_at_colon(Word("Date:12/4", Box(0, 0, 90, 20), 0.9))
    assert [part.box for part in parts] == [Box(0, 0, 50, 20), Box(50, 0, 90, 20)]


def test_specks_and_text_up_the_margin_are_left_out() -> None:
    words = [
        Word("Name", Box(10, 10, 50, 26), 0.9),
        Word("._", Box(60, 10, 70, 26), 0.9),
        Word("80718412", Box(380, 0, 396, 120), 0.9),
    ]
    assert [word.text for word in view_of(words, WHITE).words] == ["Name"]


def test_order_of_words_does_not_matter() -> None:
    words = [Word(t, Box(x, 10, x + 30, 26), 0.9) for t, x in (("a", 0), ("b", 40), ("c", 80))]
    assert view_of(words, WHITE).words == view_of(reversed(words), WHITE).words


def test_unit_is_the_height_of_the_text() -> None:
    words = [Word("a", Box(0, 0, 9, h), 0.9) for h in (14, 16, 40)]
    assert view_of(words, WHITE).unit == 16
    assert view_of([], WHITE).unit == 1
