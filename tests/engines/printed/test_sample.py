from __future__ import annotations

from collections.abc import Sequence

import pytest

from ocr_model.engines.printed.runs import runs_of
from ocr_model.engines.printed.sample import fold, is_borne_out
from ocr_model.schema import Box, Character
from tests.engines.printed.test_runs import line

LINES = ["Surname: Okonkwo", "City: Ulm", "Fee: 1.240,50 EUR", "Okonkwo, Ulm", "Date 14.03.1978"]


def page(lines: Sequence[str] = LINES, font: int = 0) -> list[Character]:
    return [
        character
        for number, text in enumerate(lines)
        for character in line(text, baseline=100.0 + 40 * number, font=font)
    ]


def borne_out(characters: list[Character], drawn: Sequence[str]) -> tuple[bool, int]:
    """Whether they are, where these lines are what is seen; and how many were looked at."""
    looked: list[int] = []

    def read(boxes: Sequence[Box]) -> list[str]:
        numbers = [round((box.bottom - 100) / 40) for box in boxes]
        looked.extend(numbers)
        return [drawn[number] for number in numbers]

    return is_borne_out(runs_of(characters), read), len(set(looked))


def test_lines_that_read_as_they_say_bear_a_page_out() -> None:
    assert borne_out(page(), LINES)[0]
    assert borne_out(page(), [text.upper().replace("0", "O") for text in LINES])[0]


def test_few_lines_of_many_are_read() -> None:
    lines = LINES * 8
    is_right, looked = borne_out(page(lines), lines)
    assert is_right
    assert looked < 10


@pytest.mark.parametrize(
    ("said", "drawn"), [("1", "7"), ("k", "h"), ("E", "F")], ids=["figure", "letter", "capital"]
)
def test_one_letter_with_another_meaning_spoils_a_page(said: str, drawn: str) -> None:
    assert not borne_out(page(), [text.replace(said, drawn) for text in LINES])[0]


def test_letter_misread_once_is_looked_at_again() -> None:
    lines = [*LINES, "Quay 5", "Quay 6"]
    drawn = [*lines]
    drawn[5] = "Ouay 5"
    assert borne_out(page(lines), drawn)[0]
    drawn[6] = "Ouay 6"
    assert not borne_out(page(lines), drawn)[0]


def test_each_font_has_to_show_its_letters() -> None:
    two = page(LINES[:2]) + [
        one._replace(
            baseline=one.baseline + 80,
            box=Box(one.box.left, one.box.top + 80, one.box.right, one.box.bottom + 80),
            font=1,
        )
        for one in page(LINES[:2])
    ]
    drawn = [*LINES[:2], LINES[0].replace("k", "h"), LINES[1]]
    assert not borne_out(two, drawn)[0]


def test_fold_keeps_what_an_eye_tells_apart() -> None:
    assert fold("Île 10") == fold("lle lO") == "llelo"
    assert fold("3,50") != fold("8,50")
