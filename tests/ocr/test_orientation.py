"""Which way up a page is: from the shape of its lines and how surely they are read."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ocr_model.ocr.orientation import (
    box_before_turn,
    is_clearer,
    lies_sideways,
    mean_confidence,
    probes_of,
    turn_image,
    upside_down,
)
from ocr_model.ocr.text_lines import Line
from ocr_model.schema import Box


def quad(width: float, height: float) -> list[tuple[float, float]]:
    return [(0, 0), (width, 0), (width, height), (0, height)]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([(200, 20), (120, 20)], False),
        ([(20, 200), (20, 120)], True),
        ([(20, 30)] * 9 + [(60, 20)], False),
        ([(20, 300), (200, 20)], False),
        ([(20, 300), (100, 20)], True),
        ([(20, 20)], False),
        ([], False),
    ],
    ids=[
        "upright",
        "sideways",
        "single_figures_do_not_count",
        "number_in_the_margin",
        "three_quarters_sideways",
        "nothing_long",
        "no_lines",
    ],
)
def test_lies_sideways(sizes: list[tuple[int, int]], expected: bool) -> None:
    quads = np.array([quad(*size) for size in sizes], np.float32).reshape(-1, 4, 2)
    assert lies_sideways(quads) is expected


def test_probes_are_the_longest_lines_but_the_very_long() -> None:
    aspects = [2.0, 40.0, 15.0, 6.0, 7.0, 8.0, 9.0, 10.0]
    assert probes_of(aspects) == [2, 7, 6, 5, 4, 3]


@pytest.mark.parametrize(
    ("turned", "given", "expected"),
    [
        ([("Name", 0.98)], [("auaN", 0.6)], True),
        ([("Name", 0.98)], [("Nane", 0.9)], False),
        ([("oueN", 0.8)], [("auaN", 0.5)], False),
        ([("w", 0.99), ("NO", 0.99)], [("", 0.0)], False),
        ([], [], False),
    ],
    ids=["clearer", "gain_too_small", "neither_is_clear", "too_few_signs", "no_probes"],
)
def test_is_clearer(
    turned: list[tuple[str, float]], given: list[tuple[str, float]], expected: bool
) -> None:
    lines = [
        [Line(text, confidence, None) for text, confidence in side] for side in (turned, given)
    ]
    assert is_clearer(*lines) is expected


def test_mean_confidence_counts_signs() -> None:
    assert mean_confidence([Line("Name", 0.9, None), Line("No", 0.6, None)]) == pytest.approx(0.8)
    assert mean_confidence([]) == 1.0


def test_upside_down_turns_both_ways() -> None:
    crop = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    assert upside_down(crop).tolist() == crop[::-1, ::-1].tolist()
    assert upside_down(crop).flags.c_contiguous


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
def test_box_of_a_black_field_is_found_again_after_a_turn(turn_deg: int) -> None:
    given = Image.new("L", (40, 70), 0)
    given.paste(255, (3, 5, 13, 9))
    found = turn_image(given, turn_deg).getbbox()
    assert found is not None
    assert box_before_turn(Box(*found), turn_deg, 40, 70) == Box(3, 5, 13, 9)


def test_turn_by_90_is_clockwise() -> None:
    given = Image.new("L", (2, 1))
    given.putpixel((0, 0), 255)
    assert turn_image(given, 90).getpixel((0, 0)) == 255
    assert turn_image(given, 90).size == (1, 2)
