"""Features of the second round: the pairs of the first as evidence for labels, merges and pairs.

A line is likelier to continue the one above if both answer the same question; a group with answers
is a question, whatever it looked like in the first round.
"""

from __future__ import annotations

import numpy as np

from ocr_model.linker.boxes import Floats, Indices, neighbours_of, take
from ocr_model.linker.page import PageView
from ocr_model.linker.stages.pair_stage import pair_features, second_pair_pass
from ocr_model.linker.stages.phrase_groups import Groups
from ocr_model.linker.stages.segment_stage import merge_features, second_pass


class FirstRound:
    """Pairs of groups with their scores, and which group each word and each segment is in."""

    def __init__(self, words: int, groups: Groups, pairs: Indices, scores: Floats) -> None:
        self.groups = groups
        self.table = np.zeros((len(groups), len(groups)))
        self.table[pairs[:, 0], pairs[:, 1]] = scores
        self._group_of_word = np.zeros(words, dtype=np.int64)
        for number, members in enumerate(groups.members):
            self._group_of_word[list(members)] = number

    def groups_of(self, segments: Groups) -> Indices:
        firsts = np.array([members[0] for members in segments.members], dtype=np.int64)
        return self._group_of_word[firsts]

    def roles(self) -> Floats:
        """How much each group asks and answers: best, second and sum of scores; shape (n, 6)."""
        if not len(self.groups):
            return np.zeros((0, 6))
        columns = []
        for scores in (self.table, self.table.T):
            ranked = np.sort(scores, axis=1)
            second = ranked[:, -2] if ranked.shape[1] > 1 else np.zeros(len(ranked))
            columns += [ranked[:, -1], second, np.minimum(scores.sum(axis=1), 20.0)]
        return np.column_stack(columns)

    def carried(self, groups: Groups, pairs: Indices) -> Floats:
        """The best score that parts of the pairs' groups had with each other, shape (pairs,)."""
        parts = [np.unique(self._group_of_word[list(members)]) for members in groups.members]
        if not parts:
            return np.zeros(0)
        rows = np.array([self.table[part].max(axis=0) for part in parts])
        both = np.array([rows[:, part].max(axis=1) for part in parts])
        return np.asarray(both[pairs[:, 1], pairs[:, 0]])


def third_pass(page: PageView, segments: Groups, features: Floats, round_one: FirstRound) -> Floats:
    """For the labels of segments once more: what they ask and answer, and those around them."""
    context = _context(segments, round_one)
    near = neighbours_of(segments.boxes)
    return np.column_stack(
        [
            second_pass(page, segments, features, segments.labels),
            context,
            *(take(context[:, :6], side) for side in near.sides),
        ]
    )


def merges_again(
    page: PageView, segments: Groups, candidates: Indices, goes_on: Floats, round_one: FirstRound
) -> Floats:
    """For the merging once more: what both ask and answer, and what they share.

    `goes_on` (candidates,) is the result of the first round; the labels are those of the second.
    """
    context = _context(segments, round_one)
    of = round_one.groups_of(segments)
    upper, lower = candidates[:, 0], candidates[:, 1]
    first, second = of[upper], of[lower]
    table = round_one.table
    return np.column_stack(
        [
            merge_features(page, segments, candidates),
            goes_on,
            first == second,
            table[first, second],
            table[second, first],
            np.minimum(table[:, first], table[:, second]).max(axis=0, initial=0.0),
            np.minimum(table[first], table[second]).max(axis=1, initial=0.0),
            context[upper],
            context[lower],
        ]
    )


def third_pair_pass(
    page: PageView, groups: Groups, pairs: Indices, round_one: FirstRound
) -> Floats:
    """For pairs of the groups of the second round, with the scores of the first."""
    features = pair_features(page, groups, pairs)
    return second_pair_pass(groups, pairs, features, round_one.carried(groups, pairs))


def _context(segments: Groups, round_one: FirstRound) -> Floats:
    """Roles and labels of the group each segment is in, and how many words that has; (n, 11)."""
    of = round_one.groups_of(segments)
    sizes = np.array([len(members) for members in round_one.groups.members], dtype=np.float64)
    return np.column_stack(
        [round_one.roles()[of], round_one.groups.labels[of], np.minimum(sizes[of], 60.0)]
    )
