"""Which annotated item a word that was read belongs to."""

from __future__ import annotations

from typing import Any

import pytest

from ocr_model.schema import Box, Word
from ocr_model.training.truth import LABELS, truth_of

Q, A, H, O = range(4)  # noqa: E741  as in LABELS


def item(number: int, label: str, *boxes: tuple[int, int, int, int], **more: Any) -> dict[str, Any]:
    words = [{"text": "word", "box": list(box)} for box in boxes]
    return {"id": number, "label": label, "words": words, "linking": [], **more}


NAME = item(0, "question", (0, 0, 40, 10), linking=[[0, 1]])
ANN = item(1, "answer", (50, 0, 80, 10), linking=[[0, 1]])
TALL = {
    "words_lie_on_items": ([(0, -3, 40, 13), (50, -3, 80, 13)], [0, 1], [Q, A]),
    "one_word_over_two_items_is_of_the_one_it_covers_more": ([(0, 0, 60, 10)], [0], [Q]),
    "a_word_beside_everything_is_other": ([(200, 200, 240, 210)], [-1], [O]),
    "a_word_that_touches_is_other": ([(0, 9, 40, 19)], [-1], [O]),
    "half_a_word_is_of_its_item": ([(0, 0, 20, 10), (20, 0, 40, 10)], [0, 0], [Q, Q]),
    "no_words": ([], [], []),
}


@pytest.mark.parametrize(("boxes", "items", "labels"), TALL.values(), ids=TALL.keys())
def test_owner(
    boxes: list[tuple[float, float, float, float]], items: list[int], labels: list[int]
) -> None:
    truth = truth_of([Word("x", Box(*box), 1.0) for box in boxes], [NAME, ANN])
    assert truth.item_of.tolist() == items
    assert truth.word_labels.tolist() == labels
    assert truth.links == {(0, 1)}


def test_links_are_indices_of_items_whatever_their_ids() -> None:
    items = [item(7, "answer"), item(3, "question", linking=[[3, 7], [3, 99], [3]])]
    assert truth_of([], items).links == {(1, 0)}


def test_links_of_headers_and_between_questions_are_none() -> None:
    items = [item(0, "header", linking=[[0, 1]]), item(1, "question", linking=[[0, 1], [1, 1]])]
    assert truth_of([], items).links == frozenset()


def test_an_unknown_label_and_a_page_without_items_are_other() -> None:
    assert truth_of([], [item(0, "stamp")]).labels.tolist() == [LABELS.index("other")]
    truth = truth_of([Word("x", Box(0, 0, 9, 9), 1.0)], [])
    assert truth.word_labels.tolist() == [O]


def test_an_item_without_words_counts_with_its_own_box() -> None:
    whole = {"id": 0, "label": "question", "text": "Name", "box": [0, 0, 40, 10]}
    assert truth_of([Word("Name", Box(0, 0, 40, 12), 1.0)], [whole]).item_of.tolist() == [0]
