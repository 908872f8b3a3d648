"""What the linker should have said of words put together."""

from __future__ import annotations

import numpy as np

from ocr_model.linker.stages.phrase_groups import Groups
from ocr_model.training.group_truth import group_items, group_labels, linked_in_truth, same_item
from ocr_model.training.truth import PageTruth

# Items: 0 a question, 1 its answer; word 4 is nobody's.
TRUTH = PageTruth(np.array([0, 0, 1, 1, -1]), np.array([0, 1]), frozenset({(0, 1)}))
GROUPS = Groups(((0, 1, 2), (3,), (4,)), ("a b c", "d", "e"), np.zeros((3, 4)), np.zeros((3, 4)))


def test_a_group_is_of_the_item_that_most_of_its_words_are_of() -> None:
    assert group_items(GROUPS, TRUTH).tolist() == [0, 1, -1]


def test_words_of_no_item_are_other() -> None:
    assert group_labels(GROUPS, TRUTH).tolist() == [0, 1, 3]


def test_two_words_of_no_item_teach_nothing() -> None:
    pairs = np.array([[0, 1], [1, 2], [3, 4], [4, 4]])
    assert same_item(pairs, TRUTH.item_of).tolist() == [1, 0, 0, -1]


def test_links_lead_from_question_to_answer() -> None:
    assert linked_in_truth(np.array([[0, 1], [1, 0], [0, 2]]), GROUPS, TRUTH).tolist() == [1, 0, 0]
