from __future__ import annotations

import pytest

from ocr_model.forms.annotation import LabelledPair
from ocr_model.schema import Answer, Box
from ocr_model.scoring.boxes import iou, right_and_placed

A, B, FAR = Box(0, 0, 10, 10), Box(0, 0, 10, 20), Box(50, 50, 60, 60)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (A, A, 1.0),
        (A, B, 0.5),
        (Box(0, 0, 2, 1), Box(1, 0, 3, 1), 1 / 3),
        (A, FAR, 0.0),
        (A, Box(10, 0, 20, 10), 0.0),
        (Box(1, 1, 1, 1), Box(1, 1, 1, 1), 0.0),
    ],
    ids=["equal", "half", "a third", "apart", "touching", "without area"],
)
def test_iou(one: Box, other: Box, expected: float) -> None:
    assert iou(one, other) == pytest.approx(expected)
    assert iou(other, one) == pytest.approx(expected)


def read(box: Box | None, answer: str = "Ann", page: int = 1) -> Answer:
    return Answer("NAME", answer, page, box)


def true(box: Box | None, answer: str = "Ann") -> LabelledPair:
    return LabelledPair("Name:", answer, 1, None, box)


@pytest.mark.parametrize(
    ("predictions", "references", "expected"),
    [
        ([read(A)], [true(B)], (1, 1)),
        ([read(FAR)], [true(A)], (0, 1)),
        ([read(None)], [true(A)], (0, 1)),
        ([read(A, page=2)], [true(A)], (0, 1)),
        ([read(A)], [true(None)], (0, 0)),
        ([read(A, "Bob")], [true(A)], (0, 0)),
        ([read(FAR), read(A)], [true(A), true(FAR)], (2, 2)),
        ([read(A), read(A)], [true(A)], (1, 1)),
        ([Answer("NAME", None, 1)], [true(A)], (0, 0)),
    ],
    ids=[
        "half and more",
        "elsewhere",
        "no box",
        "another page",
        "not annotated",
        "wrong answer",
        "equal pairs by overlap",
        "one too many",
        "blank",
    ],
)
def test_right_answers_are_looked_for_in_their_place(
    predictions: list[Answer], references: list[LabelledPair], expected: tuple[int, int]
) -> None:
    assert right_and_placed(predictions, references) == expected
