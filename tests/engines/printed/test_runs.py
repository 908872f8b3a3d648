from __future__ import annotations

import pytest

from ocr_model.engines.printed.runs import runs_of
from ocr_model.schema import Box, Character

SIZE = 20.0


def line(
    text: str, left: float = 0.0, baseline: float = 100.0, font: int = 0, piece: int = 0
) -> list[Character]:
    """Characters 10 px apart and 8 px wide; a blank ends a word."""
    found: list[Character] = []
    for place, sign in enumerate(text):
        x = left + 10 * place
        if sign == " ":
            found[-1] = found[-1]._replace(ends_word=True)
            continue
        box = Box(x, baseline - 14, x + 8, baseline)
        found.append(Character(sign, box, baseline, x - 1, x + 9, SIZE, font, False, piece))
    return found


@pytest.mark.parametrize(
    ("characters", "runs"),
    [
        (line("Name: Ann"), ["Name: Ann"]),
        (line("Name:") + line("Ann", left=100), ["Name:", "Ann"]),
        (line("Ann") + line("Lee", left=34), ["Ann Lee"]),
        (line("An") + line("n", left=21), ["Ann"]),
        (line("below", baseline=140) + line("above"), ["above", "below"]),
        (line("Ann", left=100) + line("Name:"), ["Name:", "Ann"]),
        (line("Total..............12"), ["Total", "12"]),
        (line("Date: ______"), ["Date:"]),
        (line("a_b j. k..."), ["a_b j. k..."]),
        (line("_"), []),
        (line("x") + line("2", left=10, baseline=94), ["2", "x"]),
    ],
    ids=[
        "one line",
        "far apart",
        "without a blank in the file",
        "a letter of its own",
        "out of order",
        "right to left in the file",
        "dots between",
        "line to write on",
        "signs that are text",
        "nothing but a line",
        "raised",
    ],
)
def test_characters_become_words_in_runs(characters: list[Character], runs: list[str]) -> None:
    assert [run.text for run in runs_of(characters)] == runs


@pytest.mark.parametrize(
    ("gap", "runs"), [(0.0, ["RoomB"]), (0.4, ["RoomB"]), (1.0, ["Room B"]), (3.0, ["Room B"])]
)
def test_what_is_drawn_at_once_ends_a_word_where_the_next_is_not_set_on(
    gap: float, runs: list[str]
) -> None:
    characters = line("Room") + line("B", left=40 + gap, piece=1)
    assert [run.text for run in runs_of(characters)] == runs


def test_letters_that_are_spaced_out_are_one_word() -> None:
    characters = [
        character
        for place, sign in enumerate("TOTAL DUE")
        if sign != " "
        for character in line(sign, left=11.5 * place, piece=place)
    ]
    assert [run.text for run in runs_of(characters)] == ["TOTAL DUE"]


def test_words_are_as_high_as_their_run_and_as_wide_as_their_letters() -> None:
    [run] = runs_of(line("an Ö"))
    first, second = run.as_words()
    assert (first.text, second.text, first.confidence) == ("an", "Ö", 0.99)
    assert (first.box.top, first.box.bottom) == (second.box.top, second.box.bottom)
    assert first.box.left < 0 < 18 < first.box.right < 30 < second.box.right
    assert first.box.top < 86 < 100 < first.box.bottom


def test_ligature_is_one_character_of_several_letters() -> None:
    characters = line("O?ce")
    characters[1] = characters[1]._replace(text="ffi")
    assert [run.text for run in runs_of(characters)] == ["Office"]
