"""A page through the stages: words, segments, questions and answers, pairs with scores.

Each step takes the results of earlier steps as arguments: training passes results of forests that
were not fitted on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr_model.linker.boxes import Floats, Indices
from ocr_model.linker.page import PageView
from ocr_model.linker.stages.counted_labels import with_counted_labels
from ocr_model.linker.stages.known import KnownQuestions
from ocr_model.linker.stages.pair_stage import pair_candidates, pair_features, second_pair_pass
from ocr_model.linker.stages.phrase_groups import Groups, merged, relabelled, segments_of
from ocr_model.linker.stages.second_round import (
    FirstRound,
    merges_again,
    third_pair_pass,
    third_pass,
)
from ocr_model.linker.stages.segment_stage import (
    merge_candidates,
    merge_features,
    second_pass,
    segment_features,
)
from ocr_model.linker.stages.trees import Forest
from ocr_model.linker.stages.word_stage import (
    JOINED,
    edge_features,
    edges_of,
    second_edge_pass,
    word_features,
)

STAGES = (
    "word",
    "edge",
    "edge_again",
    "segment",
    "segment_again",
    "merge",
    "pair",
    "pair_again",
    "segment_third",
    "merge_again",
    "pair_third",
)


@dataclass(frozen=True, slots=True)
class Linked:
    """Everything found on one page: groups of words, and pairs of them with their scores.

    `certainties` (groups,): how likely a group is neither part of one nor several. `known` are the
    groups that are known to be questions.
    """

    groups: Groups
    pairs: Indices
    scores: Floats
    certainties: Floats
    known: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Link:
    """A chosen pair by its row in `Linked.pairs`."""

    row: int
    question: int
    answer: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was joined and with which probability: words by edges, then segments."""

    edges: Indices
    joined: Floats
    segments: Groups
    candidates: Indices
    goes_on: Floats

    def groups(self, page: PageView) -> Groups:
        return merged(page, self.segments, self.candidates[self.goes_on >= JOINED])


def certainties_of(groups: Groups, decisions: Decisions) -> Floats:
    """For each group, the certainty of its least certain decision, in [0.5, 1].

    Words "Ann" and "Lee" joined by 0.9, and "Lee" parted from "Age" by 0.3 -> [0.7, 0.7]
    """
    words = sum(len(members) for members in groups.members)
    group_of = np.zeros(words, dtype=np.int64)
    for number, members in enumerate(groups.members):
        group_of[list(members)] = number
    firsts = np.array([members[0] for members in decisions.segments.members], dtype=np.int64)
    found = np.ones(len(groups))
    for pairs, scores in (
        (decisions.edges, decisions.joined),
        (firsts[decisions.candidates], decisions.goes_on),
    ):
        ends = group_of[pairs].reshape(-1, 2)
        # Segments may be parted by this decision and joined by others.
        together = ends[:, 0] == ends[:, 1]
        sure = np.where(together, np.maximum(scores, 0.5), 1 - scores)
        for end in (0, 1):
            np.minimum.at(found, ends[:, end], sure)
    return found


def link_page(
    page: PageView, forests: Mapping[str, Forest], questions: Sequence[Sequence[int]] = ()
) -> Linked:
    """Run all stages; a page without words gives no groups.

    `questions` are the words of questions that are known, by their indices.
    """
    if not page.words:
        empty = np.zeros((0, 4))
        nothing = Groups((), (), empty, empty)
        return Linked(nothing, np.zeros((0, 2), dtype=np.int64), np.zeros(0), np.zeros(0))
    known = KnownQuestions(len(page.words), questions)
    labels = known.labels(forests["word"].probabilities(word_features(page)))
    edges, joined = _join(page, forests, labels)
    joined = known.joined(edges, joined)
    segments = segments_of(page, edges[joined >= JOINED], labels)
    features = segment_features(page, segments)
    segments = _label(page, forests, segments, features, known)
    candidates = merge_candidates(page, segments)
    goes_on = _positive(forests["merge"], merge_features(page, segments, candidates))
    goes_on = known.goes_on(segments, candidates, goes_on)
    once = Decisions(edges, joined, segments, candidates, goes_on)
    groups = once.groups(page)
    round_one = FirstRound(len(page.words), groups, *_pair(page, forests, groups))
    return _link_again(page, forests, once, features, round_one, known)


def _link_again(
    page: PageView,
    forests: Mapping[str, Forest],
    once: Decisions,
    features: Floats,
    round_one: FirstRound,
    known: KnownQuestions,
) -> Linked:
    third = third_pass(page, once.segments, features, round_one)
    labels = forests["segment_third"].probabilities(third)
    segments = relabelled(once.segments, known.segment_labels(once.segments, labels))
    again = merges_again(page, segments, once.candidates, once.goes_on, round_one)
    goes_on = _positive(forests["merge_again"], again)
    goes_on = known.goes_on(segments, once.candidates, goes_on)
    decisions = replace(once, segments=segments, goes_on=goes_on)
    groups = decisions.groups(page)
    pairs = pair_candidates(page, groups)
    scores = _positive(forests["pair_third"], third_pair_pass(page, groups, pairs, round_one))
    certainties = certainties_of(groups, decisions)
    return Linked(groups, pairs, scores, certainties, known.groups(groups))


def _join(page: PageView, forests: Mapping[str, Forest], labels: Floats) -> tuple[Indices, Floats]:
    edges = edges_of(page)
    features = edge_features(page, edges, labels)
    joined = _positive(forests["edge"], features)
    features = second_edge_pass(page, edges, features, joined, labels)
    return edges, with_counted_labels(page, edges, _positive(forests["edge_again"], features))


def _label(
    page: PageView,
    forests: Mapping[str, Forest],
    segments: Groups,
    features: Floats,
    known: KnownQuestions,
) -> Groups:
    once = known.segment_labels(segments, forests["segment"].probabilities(features))
    again = second_pass(page, segments, features, once)
    labels = forests["segment_again"].probabilities(again)
    return relabelled(segments, known.segment_labels(segments, labels))


def _pair(page: PageView, forests: Mapping[str, Forest], groups: Groups) -> tuple[Indices, Floats]:
    pairs = pair_candidates(page, groups)
    features = pair_features(page, groups, pairs)
    first = _positive(forests["pair"], features)
    features = second_pair_pass(groups, pairs, features, first)
    return pairs, _positive(forests["pair_again"], features)


def _positive(forest: Forest, features: Floats) -> Floats:
    if not len(features):
        return np.zeros(0)
    return forest.probabilities(features)[:, 1]
