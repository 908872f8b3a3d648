from __future__ import annotations

from typing import Any

import pytest

from ocr_model.forms.annotation import LabelledPair
from ocr_model.report.page_overlay import PlacedPair, overlay_pairs, predicted_answers
from ocr_model.schema import Answer, Box, Word

Q, A, READ = Box(0, 0, 40, 10), Box(50, 0, 90, 10), Box(52, 2, 88, 12)
NAME = LabelledPair("Name:", "Ann", 1, Q, A)
WORDS = (
    (Word("Name:", Q, 1.0), Word("Ann", A, 1.0)),
    (Word("City", Q, 1.0), Word("Bonn", A, 1.0)),
)


def test_scored_pairs_take_place_from_the_answers_of_the_row() -> None:
    pairs = {"Name": ["Ann", "Bob"], "Date": [], "City": ["Bonn"]}
    answers = [
        Answer("City", "Bonn", 2, Box(1, 2, 3, 4)),
        Answer("Name", "Bob", 1),
        Answer("Name", "Ann", 1, Box(5, 6, 7, 8)),
        Answer("Date", None, 1),
    ]
    assert predicted_answers(pairs, answers) == [
        Answer("Name", "Ann", 1, Box(5, 6, 7, 8)),
        Answer("Name", "Bob", 1),
        Answer("City", "Bonn", 2, Box(1, 2, 3, 4)),
    ]


def test_repeated_answer_takes_one_place_each() -> None:
    answers = [Answer("A", "x", 1, Box(0, 0, 1, 1)), Answer("A", "x", 1, Box(0, 5, 1, 6))]
    tops = [read.box.top for read in predicted_answers({"A": ["x", "x"]}, answers) if read.box]
    assert tops == [0, 5]


@pytest.mark.parametrize("pairs", [None, [], "text"], ids=["failed", "a list", "a text"])
def test_pairs_that_are_no_mapping_predict_nothing(pairs: Any) -> None:
    assert predicted_answers(pairs, [Answer("Name", "Ann", 1)]) == []


def test_pair_that_is_scored_but_not_among_the_answers_has_no_place() -> None:
    assert predicted_answers({"Name": [5, " ", None]}, []) == [Answer("Name", "5", 1)]


def boxes(pair: PlacedPair) -> tuple[Box | None, Box | None, Box | None]:
    return pair.question_box, pair.answer_box, pair.read_box


CASES: dict[str, tuple[list[LabelledPair], list[Answer], str, int, tuple[Any, Any, Any]]] = {
    "missed: in the annotation's boxes": ([NAME], [], "missed", 1, (Q, A, None)),
    "found: in the annotation's boxes": (
        [NAME], [Answer("Name", "Ann", 1, READ)], "found", 1, (Q, A, None),
    ),
    "wrong answer: also where it was read": (
        [NAME], [Answer("Name", "Zoe", 1, READ)], "wrong_answer", 1, (Q, A, READ),
    ),
    "wrong answer, read on another page": (
        [NAME], [Answer("Name", "Zoe", 2, READ)], "wrong_answer", 1, (Q, A, None),
    ),
    "wrong key, without a box: aligned with words": (
        [NAME], [Answer("City", "Ann", 1)], "wrong_key", 1, (Q, A, A),
    ),
    "invented: in its own box": (
        [], [Answer("Name", "Zoe", 2, READ)], "invented", 2, (None, READ, None),
    ),
    "invented, without a box: aligned with the words of its page": (
        [], [Answer("City", "Bonn", 2)], "invented", 2, (Q, A, None),
    ),
    "invented, not on the page": (
        [], [Answer("Fax", "0228", 1)], "invented", 1, (None, None, None),
    ),
    "invented, on a page without words": (
        [], [Answer("City", "Bonn", 3)], "invented", 3, (None, None, None),
    ),
    "labelled without boxes, found": (
        [LabelledPair("Name:", "Ann", 1)], [Answer("Name", "Ann", 1, READ)],
        "found", 1, (None, READ, None),
    ),
    "labelled without boxes, missed": (
        [LabelledPair("Name:", "Ann", 2)], [], "missed", 2, (None, None, None),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("references", "predictions", "fate", "page", "expected"), CASES.values(), ids=CASES
)
def test_pair_is_placed(
    references: list[LabelledPair],
    predictions: list[Answer],
    fate: str,
    page: int,
    expected: tuple[Any, Any, Any],
) -> None:
    [pair] = overlay_pairs(references, predictions, WORDS)
    assert (pair.fate.value, pair.page, boxes(pair)) == (fate, page, expected)
    assert pair.drawn == any(expected)


def test_errors_come_first_and_are_numbered_from_one() -> None:
    references = [NAME, LabelledPair("Date", "5 May"), LabelledPair("City", "Bonn")]
    predictions = [Answer("Name", "Ann", 1), Answer("Fax", "0228", 1), Answer("Date", "Zurich", 1)]
    placed = overlay_pairs(references, predictions)
    assert [(pair.number, pair.fate.value) for pair in placed] == [
        (1, "wrong_answer"), (2, "missed"), (3, "invented"), (4, "found"),
    ]  # fmt: skip
