"""What the pairs of the first round say of segments and of the pairs of the second."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ocr_model.linker.page import view_of
from ocr_model.linker.stages.phrase_groups import Groups, merged, segments_of
from ocr_model.linker.stages.second_round import FirstRound, merges_again, third_pass
from ocr_model.linker.stages.segment_stage import merge_features, second_pass, segment_features
from ocr_model.schema import Box, Word

# "Name:   Ann Lee" over "Berg"; indices by left edge: Name: 0, Ann 1, Berg 2, Lee 3.
PAGE = view_of(
    [
        Word("Name:", Box(0, 0, 40, 16), 1.0),
        Word("Ann", Box(100, 0, 124, 16), 1.0),
        Word("Berg", Box(101, 20, 140, 36), 1.0),
        Word("Lee", Box(132, 0, 156, 16), 1.0),
    ],
    Image.new("RGB", (200, 60), "white"),
)
LABELS = np.array([[0.9, 0.1, 0, 0], *[[0.2, 0.8, 0, 0]] * 3])
SEGMENTS = segments_of(PAGE, [(1, 3)], LABELS)
# Segments: Name: 0, Ann Lee 1, Berg 2; each a group of its own in the first round.
PAIRS = np.array([[0, 1], [0, 2]])
SCORES = np.array([0.9, 0.6])


def first_round(groups: Groups = SEGMENTS) -> FirstRound:
    return FirstRound(len(PAGE.words), groups, PAIRS, SCORES)


def test_roles_are_best_second_and_sum_of_what_is_asked_and_answered() -> None:
    np.testing.assert_allclose(
        first_round().roles(),
        [[0.9, 0.6, 1.5, 0, 0, 0], [0, 0, 0, 0.9, 0, 0.9], [0, 0, 0, 0.6, 0, 0.6]],
    )


def test_a_page_without_pairs_has_no_roles() -> None:
    empty = np.zeros((0, 4))
    nothing = FirstRound(0, Groups((), (), empty, empty), np.zeros((0, 2), int), np.zeros(0))
    assert nothing.roles().shape == (0, 6)
    assert nothing.carried(Groups((), (), empty, empty), np.zeros((0, 2), int)).shape == (0,)


def test_merged_groups_carry_the_best_score_of_their_parts() -> None:
    whole = merged(PAGE, SEGMENTS, [(1, 2)])
    assert whole.texts == ("Name:", "Ann Lee Berg")
    assert first_round().carried(whole, np.array([[0, 1], [1, 0]])).tolist() == [0.9, 0.0]


def test_parted_groups_carry_the_score_of_the_whole() -> None:
    whole = merged(PAGE, SEGMENTS, [(1, 2)])
    once = FirstRound(len(PAGE.words), whole, np.array([[0, 1]]), np.array([0.7]))
    assert once.carried(SEGMENTS, PAIRS).tolist() == [0.7, 0.7]
    assert once.groups_of(SEGMENTS).tolist() == [0, 1, 1]


def test_two_lines_share_the_question_that_both_answer() -> None:
    candidates = np.array([[1, 2]])
    rows = merges_again(PAGE, SEGMENTS, candidates, np.array([0.4]), first_round())
    known = merge_features(PAGE, SEGMENTS, candidates).shape[1]
    goes_on, same_group, upper_asks, lower_asks, asked_by_one, ask_one = rows[0, known : known + 6]
    assert (goes_on, same_group, upper_asks, lower_asks) == (0.4, 0, 0, 0)
    assert (asked_by_one, ask_one) == (0.6, 0)


def test_a_segment_sees_its_own_roles_and_those_around_it() -> None:
    features = segment_features(PAGE, SEGMENTS)
    rows = third_pass(PAGE, SEGMENTS, features, first_round())
    known = second_pass(PAGE, SEGMENTS, features, SEGMENTS.labels).shape[1]
    name, ann, _ = rows[:, known:]
    assert name[:6].tolist() == [0.9, 0.6, 1.5, 0, 0, 0]
    # Six roles, four labels, one size; then the roles of the left neighbour.
    assert ann[11:17].tolist() == [0.9, 0.6, 1.5, 0, 0, 0]
