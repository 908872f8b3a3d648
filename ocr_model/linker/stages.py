"""A page through the stages: words, segments, questions and answers, pairs with scores.

Each step takes what the ones before said, so that training can hand in what forests say of pages
they were not fitted on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ocr_model.linker.boxes import Floats, Indices
from ocr_model.linker.page import PageView
from ocr_model.linker.pair_stage import (
    pair_candidates,
    pair_features,
    second_pair_pass,
)
from ocr_model.linker.phrase_groups import Groups, merged, relabelled, segments_of
from ocr_model.linker.segment_stage import (
    merge_candidates,
    merge_features,
    second_pass,
    segment_features,
)
from ocr_model.linker.trees import Forest
from ocr_model.linker.word_stage import edge_features, edges_of, word_features

STAGES = ("word", "edge", "segment", "segment_again", "merge", "pair", "pair_again")

# Two words, two lines are put together from this probability on.
JOINED = 0.5


@dataclass(frozen=True, slots=True)
class Linked:
    """Everything found on one page: groups of words, and pairs of them with their scores."""

    groups: Groups
    pairs: Indices
    scores: Floats


def link_page(page: PageView, forests: Mapping[str, Forest]) -> Linked:
    """Run all stages; a page without words gives no groups."""
    if not page.words:
        empty = np.zeros((0, 4))
        return Linked(Groups((), (), empty, empty), np.zeros((0, 2), dtype=np.int64), np.zeros(0))
    labels = forests["word"].probabilities(word_features(page))
    edges = edges_of(page)
    joined = _positive(forests["edge"], edge_features(page, edges, labels))
    segments = segments_of(page, edges[joined >= JOINED], labels)
    features = segment_features(page, segments)
    once = forests["segment"].probabilities(features)
    again = second_pass(page, segments, features, once)
    segments = relabelled(segments, forests["segment_again"].probabilities(again))
    candidates = merge_candidates(page, segments)
    goes_on = _positive(forests["merge"], merge_features(page, segments, candidates))
    groups = merged(page, segments, candidates[goes_on >= JOINED])
    pairs = pair_candidates(page, groups)
    features = pair_features(page, groups, pairs)
    first = _positive(forests["pair"], features)
    features = second_pair_pass(groups, pairs, features, first)
    return Linked(groups, pairs, _positive(forests["pair_again"], features))


def _positive(forest: Forest, features: Floats) -> Floats:
    if not len(features):
        return np.zeros(0)
    return forest.probabilities(features)[:, 1]
