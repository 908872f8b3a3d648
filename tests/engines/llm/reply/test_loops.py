"""What is a loop, in text that was cut off and among pairs, and what a page can hold."""

from __future__ import annotations

import json

import pytest

from ocr_model.engines.llm.reply.loops import Loop, loop_among, loop_in
from ocr_model.schema import KeyValueList, KeyValueModel


def cut_off(unit: str, times: int, start: str = '{"pairs": [') -> str:
    return start + '{"key": "Name", "value": ["Ann"]}, ' + unit * times + unit[: len(unit) // 2]


PAIR = '{"key": "Qty", "value": ["1"]}, '
PAIRS = "".join(f'{{"key": "Q{i}", "value": ["{i}"]}}, ' for i in range(5))


@pytest.mark.parametrize(
    ("unit", "texts"),
    [
        ('"1", ', ("1",)),
        ('"1","2","3",', ("3", "1", "2")),
        ("17, ", ()),
        (PAIR, ("1",)),
        (PAIRS, ("2", "3", "4", "0", "1")),
        ('"Qty": "1", ', ("Qty", "1")),
        ('{\n  "key": "Qty",\n  "value": []\n},\n', ("Qty",)),
        ("{'key': 'Qty', 'value': ['1']}, ", ()),
    ],
)
def test_the_end_of_a_cut_off_text_that_repeats_is_a_loop(
    unit: str, texts: tuple[str, ...]
) -> None:
    loop = loop_in(cut_off(unit, 30), at_limit=True)
    assert loop is not None
    assert set(loop.texts) == set(texts)
    assert 30 <= loop.times <= 31


@pytest.mark.parametrize("filler", [" ", "\n", ".", "the ", "0"])
def test_so_are_blanks_and_words_without_end(filler: str) -> None:
    assert loop_in('{"pairs": [{"key": "Name", "value": ["' + filler * 400, at_limit=True)


@pytest.mark.parametrize(
    "text",
    [
        cut_off('"0.00", ', 3),
        '{"pairs": [' + "".join(f'{{"key": "Q{i}", "value": ["{i}"]}}, ' for i in range(400)),
        cut_off(PAIRS + '{"key": "Q5", "value": ["5"]}, ', 30),
        '{"pairs": [{"key": "IBAN", "value": ["DE00000000000000',
        '{"pairs": [{"key": "Name ........................',
        "",
        " ",
        "{",
    ],
    ids=["few", "other_every_time", "six_pairs", "zeros", "leader", "empty", "blank", "one"],
)
def test_what_does_not_repeat_often_or_closely_is_none(text: str) -> None:
    assert loop_in(text, at_limit=True) is None


def test_without_the_limit_it_takes_twenty_in_a_row() -> None:
    assert loop_in(cut_off(PAIR, 18), at_limit=False) is None
    assert loop_in(cut_off(PAIR, 22), at_limit=False) is not None


def pairs_of(*pairs: tuple[str, list[str]]) -> KeyValueList:
    return KeyValueList(pairs=[KeyValueModel(key=key, value=value) for key, value in pairs])


@pytest.mark.parametrize(
    ("pairs", "times"),
    [
        ([("Name", ["Ann"])] * 400, 400),
        ([("Name", ["Ann"])] * 19, None),
        ([("Name", ["Ann"])] * 20, 20),
        ([("Q", ["1"] * 25)], 25),
        ([("A", ["1"]), ("B", ["2"])] * 30, 30),
        ([(f"Question {i}", ["Yes"]) for i in range(40)], None),
        ([("Q", [str(i) for i in range(400)])], None),
        ([], None),
    ],
    ids=["pair", "nineteen", "twenty", "values", "two_pairs", "ticks", "other_values", "nothing"],
)
def test_the_same_twenty_times_in_a_row_is_a_loop(
    pairs: list[tuple[str, list[str]]], times: int | None
) -> None:
    loop = loop_among(pairs_of(*pairs))
    assert (loop.times if loop else None) == times


@pytest.mark.parametrize(
    ("text", "times", "words", "fits"),
    [
        ("1.00", 40, ["Price", *["1.00"] * 40], True),
        ("1.00", 40, ["Price", *["1.00"] * 30], True),  # the OCR misses some
        ("1.00", 400, ["Price", *["1.00"] * 40], False),
        ("Ann", 20, ["Name", "Ann"], False),
        ("Ann", 20, ["Name", "Bob"] * 40, False),
        ("ann  Berg", 20, ["Ann", "Berg"] * 20, True),
        ("Yes", 25, ["word"] * 60, True),  # ticks are no words
        ("Yes", 70, ["word"] * 60, False),
        ("1.00", 40, [], True),  # nothing that the OCR can read
        ("1.00", 40, None, True),
        ("1.00", 400, None, False),
    ],
)
def test_a_page_holds_what_stands_on_it(
    text: str, times: int, words: list[str] | None, fits: bool
) -> None:
    assert Loop((text,), times).fits(words) is fits


def test_at_the_limit_only_words_speak_for_a_repetition() -> None:
    assert Loop(("1.00",), 40, at_limit=True).fits(["1.00"] * 40)
    assert not Loop(("1.00",), 40, at_limit=True).fits(None)
    assert not Loop(("Yes",), 25, at_limit=True).fits(["word"] * 60)


@pytest.mark.parametrize("size", [20_000, 200_000])
def test_long_texts_cost_little(size: int) -> None:
    text = json.dumps({"pairs": [{"key": "A", "value": list(map(str, range(size // 8)))}]})
    assert loop_in(text[:size], at_limit=True) is None
