"""Drawn ticks: which option answers what."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_model.linker.stages.phrase_groups import Groups
from ocr_model.linker.stages.run import Link, Linked
from ocr_model.linker.ticked_options import with_ticked_options

QUESTION, ANSWER, HEADER, OTHER = np.eye(4)

Placed = tuple[str, tuple[float, float], np.ndarray]


def linked(groups: list[Placed], links: list[tuple[int, int]]) -> tuple[Linked, list[Link]]:
    """Groups 10 px high and 6 px a letter wide at (left, top), with sure links."""
    texts = tuple(text for text, _, _ in groups)
    boxes = np.array([(x, y, x + 6 * len(text), y + 10) for text, (x, y), _ in groups])
    labels = np.array([label for _, _, label in groups])
    members = tuple((i,) for i in range(len(groups)))
    found = Linked(
        Groups(members, texts, boxes.astype(float), labels),
        np.array(links),
        np.ones(len(links)),
        np.ones(len(groups)),
    )
    return found, [Link(row, question, answer) for row, (question, answer) in enumerate(links)]


def pairs(groups: list[Placed], links: list[tuple[int, int]]) -> list[tuple[str, str]]:
    found, chosen = linked(groups, links)
    texts = found.groups.texts
    return [(texts[k.question], texts[k.answer]) for k in with_ticked_options(found, chosen)]


ON_A_LINE: list[Placed] = [
    ("Handling:", (0, 0), QUESTION),
    ("☑", (80, 0), ANSWER),
    ("Urgent", (95, 0), QUESTION),
    ("For review", (160, 0), QUESTION),
    ("☑", (240, 0), ANSWER),
    ("Please reply", (255, 0), QUESTION),
]
IN_A_COLUMN: list[Placed] = [
    ("Paid by", (0, 0), HEADER),
    ("Cash", (15, 20), QUESTION),
    ("☑", (0, 40), ANSWER),
    ("Check", (15, 40), QUESTION),
]


def test_options_on_a_line_answer_what_stands_before_them() -> None:
    assert pairs(ON_A_LINE, [(2, 1), (5, 4)]) == [
        ("Handling:", "Urgent"),
        ("Handling:", "Please reply"),
    ]


def test_an_option_in_a_column_answers_the_heading_above() -> None:
    assert pairs(IN_A_COLUMN, [(3, 2)]) == [("Paid by", "Check")]


def test_the_nearest_on_the_line_is_asked_whatever_else_answers_it() -> None:
    form = [("Name:", (0, 0), QUESTION), ("Ann", (40, 0), ANSWER)]
    form += [("Sex?", (90, 0), QUESTION), ("M", (120, 0), ANSWER)]
    form += [("☑", (140, 0), ANSWER), ("F", (155, 0), QUESTION)]
    links = [(0, 1), (2, 3), (5, 4)]
    assert pairs(form, links) == [("Name:", "Ann"), ("Sex?", "M"), ("Sex?", "F")]


def test_a_question_above_with_an_answer_of_its_own_is_not_what_is_asked() -> None:
    form = [("Name:", (0, 0), QUESTION), ("Ann", (40, 0), ANSWER)]
    form += [("☑", (0, 40), ANSWER), ("Member", (15, 40), QUESTION)]
    assert pairs(form, [(0, 1), (3, 2)]) == [("Name:", "Ann"), ("Member", "☑")]


@pytest.mark.parametrize(
    ("asking", "top"),
    [("Cash", 0), ("Paid by:", -400)],
    ids=["an option that is not ticked", "a heading far above"],
)
def test_where_nothing_asks_the_tick_stays_the_answer(asking: str, top: float) -> None:
    form = [(asking, (0, top), QUESTION), ("☑", (0, 40), ANSWER), ("Check", (15, 40), QUESTION)]
    assert pairs(form, [(2, 1)]) == [("Check", "☑")]


def test_a_typed_mark_stays_the_answer_of_its_option() -> None:
    typed = [
        ("X", at, label) if text == "☑" else (text, at, label) for text, at, label in ON_A_LINE
    ]
    assert pairs(typed, [(2, 1), (5, 4)]) == [("Urgent", "X"), ("Please reply", "X")]


def test_rows_and_order_are_kept() -> None:
    found, links = linked(ON_A_LINE, [(5, 4), (2, 1)])
    assert with_ticked_options(found, links) == [Link(0, 0, 5), Link(1, 0, 2)]
