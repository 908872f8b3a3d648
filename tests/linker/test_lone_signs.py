"""Signs between blanks."""

from __future__ import annotations

import pytest

from ocr_model.linker.lone_signs import with_lone_signs
from ocr_model.schema import Box, Word


def line_of(*placed: tuple[str, int, int]) -> list[Word]:
    """Words of one line, 10 high, as (text, left, right)."""
    return [Word(text, Box(left, 0, right, 10), 0.9) for text, left, right in placed]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (line_of(("£", 0, 5), ("4.50", 10, 40)), ["£ 4.50"]),
        (line_of(("4.50", 0, 40), ("€", 45, 50)), ["4.50 €"]),
        (line_of(("due", 0, 20), ("£", 25, 30), ("4.50", 35, 60)), ["due", "£ 4.50"]),
        (line_of(("size", 0, 20), ("/", 25, 28), ("weight", 33, 60)), ["size /", "weight"]),
        (line_of(("/", 25, 28), ("weight", 33, 60)), ["/", "weight"]),
        (line_of(("size", 0, 20), ("/", 40, 43), ("weight", 60, 90)), ["size", "/", "weight"]),
        (line_of(("-", 0, 5), ("4.50", 10, 40)), ["-", "4.50"]),
        (line_of(("£", 0, 5)), ["£"]),
    ],
    ids=[
        "before a sum",
        "behind a sum",
        "between label and sum",
        "between words",
        "slash at a start",
        "far from both",
        "hyphen is a word of its own",
        "alone",
    ],
)
def test_a_sign_goes_with_the_word_it_belongs_to(words: list[Word], expected: list[str]) -> None:
    joined = sorted(with_lone_signs(words), key=lambda word: word.box.left)
    assert [word.text for word in joined] == expected


def test_a_joined_word_has_both_places_and_the_lower_confidence() -> None:
    sign, sum_due = Word("£", Box(0, 2, 5, 9), 0.4), Word("4.50", Box(10, 0, 40, 10), 0.9)
    assert with_lone_signs([sign, sum_due]) == [Word("£ 4.50", Box(0, 0, 40, 10), 0.4)]


def test_a_sign_on_another_line_is_nobodys() -> None:
    words = [Word("£", Box(0, 30, 5, 40), 0.9), Word("4.50", Box(10, 0, 40, 10), 0.9)]
    assert with_lone_signs(words) == words
