"""Fit the stages in order, each on predictions that the earlier ones make for unseen forms.

The order of the stages is that of `linker.stages.run`, which runs them on one page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from ocr_model.linker.stages import (
    JOINED,
    STAGES,
    FirstRound,
    Forest,
    Linked,
    certainties_of,
    edge_features,
    edges_of,
    merge_candidates,
    merge_features,
    merges_again,
    pair_candidates,
    pair_features,
    relabelled,
    second_edge_pass,
    second_pair_pass,
    second_pass,
    segment_features,
    segments_of,
    third_pair_pass,
    third_pass,
    with_counted_labels,
    word_features,
)
from ocr_model.training.boosting import Growth
from ocr_model.training.group_truth import (
    LabelledPage,
    group_items,
    group_labels,
    linked_in_truth,
    same_item,
)
from ocr_model.training.out_of_fold import FOLDS, Classes, Fit, Rows, Stage
from ocr_model.training.page_state import Pages, TrainingPage
from ocr_model.training.truth import LABELS

GROWTHS: Mapping[str, Growth] = {
    "word": Growth(100),
    "edge": Growth(120),
    "edge_again": Growth(100),
    "segment": Growth(120),
    "segment_again": Growth(120),
    "merge": Growth(150),
    "pair": Growth(180),
    "pair_again": Growth(180),
    "segment_third": Growth(120),
    "merge_again": Growth(150),
    "pair_third": Growth(180),
}
# On top of a fitted stage, at most: the rounds that serve unseen forms are kept.
FURTHER_GROWTHS: Mapping[str, Growth] = dict.fromkeys(GROWTHS, Growth(60))


def fit_stages(
    pages: Sequence[LabelledPage],
    seed: int = 0,
    growths: Mapping[str, Growth] = GROWTHS,
    start: Mapping[str, Forest] = MappingProxyType({}),
) -> tuple[dict[str, Forest], list[Linked]]:
    """Forests by stage, and the links that forests fitted without a page find on it.

    Those of `start` are continued. Pages have at least one word each.
    """
    folds = np.random.default_rng(seed).permutation(len(pages)) % FOLDS
    forests: dict[str, Forest] = {}

    def fitted(stage: str, rows: Rows, classes: Classes, count: int = 2) -> Rows:
        fit = Stage(growths[stage], count, seed, start.get(stage))
        forests[stage], unseen = fit.out_of_fold(rows, classes, folds)
        return unseen

    states = [TrainingPage(labelled.page, labelled.truth) for labelled in pages]
    _fit_words(states, fitted)
    _fit_edges(states, fitted)
    _fit_segments(states, fitted)
    _fit_merges(states, fitted)
    _fit_pairs(states, fitted)
    _fit_labels_again(states, fitted)
    _fit_merges_again(states, fitted)
    linked = _fit_pairs_again(states, fitted)
    assert set(forests) == set(STAGES)
    return forests, linked


def _fit_words(pages: Pages, fitted: Fit) -> None:
    rows = [word_features(p.page) for p in pages]
    classes = [p.truth.word_labels for p in pages]
    for p, labels in zip(pages, fitted("word", rows, classes, len(LABELS)), strict=True):
        p.word_labels = labels


def _fit_edges(pages: Pages, fitted: Fit) -> None:
    for p in pages:
        p.edges = edges_of(p.page)
    rows = [edge_features(p.page, p.edges, p.word_labels) for p in pages]
    classes = [same_item(p.edges, p.truth.item_of) for p in pages]
    once = fitted("edge", rows, classes)
    again = [
        second_edge_pass(p.page, p.edges, row, scores[:, 1], p.word_labels)
        for p, row, scores in zip(pages, rows, once, strict=True)
    ]
    for p, scores in zip(pages, fitted("edge_again", again, classes), strict=True):
        p.joined = with_counted_labels(p.page, p.edges, scores[:, 1])
        p.segments = segments_of(p.page, p.edges[p.joined >= JOINED], p.word_labels)


def _fit_segments(pages: Pages, fitted: Fit) -> None:
    for p in pages:
        p.segment_features = segment_features(p.page, p.segments)
    classes = [group_labels(p.segments, p.truth) for p in pages]
    once = fitted("segment", [p.segment_features for p in pages], classes, len(LABELS))
    again = [
        second_pass(p.page, p.segments, p.segment_features, labels)
        for p, labels in zip(pages, once, strict=True)
    ]
    _fit_labels(pages, fitted, "segment_again", again)


def _fit_labels(pages: Pages, fitted: Fit, stage: str, rows: Rows) -> None:
    classes = [group_labels(p.segments, p.truth) for p in pages]
    for p, labels in zip(pages, fitted(stage, rows, classes, len(LABELS)), strict=True):
        p.segments = relabelled(p.segments, labels)


def _fit_merges(pages: Pages, fitted: Fit) -> None:
    for p in pages:
        p.candidates = merge_candidates(p.page, p.segments)
    rows = [merge_features(p.page, p.segments, p.candidates) for p in pages]
    _fit_goes_on(pages, fitted, "merge", rows)


def _fit_goes_on(pages: Pages, fitted: Fit, stage: str, rows: Rows) -> None:
    classes = [same_item(p.candidates, group_items(p.segments, p.truth)) for p in pages]
    for p, scores in zip(pages, fitted(stage, rows, classes), strict=True):
        p.goes_on = scores[:, 1]


def _fit_pairs(pages: Pages, fitted: Fit) -> None:
    classes = _paired(pages)
    rows = [pair_features(p.page, p.groups, p.pairs) for p in pages]
    once = fitted("pair", rows, classes)
    again = [
        second_pair_pass(p.groups, p.pairs, row, scores[:, 1])
        for p, row, scores in zip(pages, rows, once, strict=True)
    ]
    for p, scores in zip(pages, fitted("pair_again", again, classes), strict=True):
        p.first_round = FirstRound(len(p.page.words), p.groups, p.pairs, scores[:, 1])


def _paired(pages: Pages) -> Classes:
    """Set the groups and pairs of each page as decided so far; returns which pairs are linked."""
    for p in pages:
        p.groups = p.decisions.groups(p.page)
        p.pairs = pair_candidates(p.page, p.groups)
    return [linked_in_truth(p.pairs, p.groups, p.truth) for p in pages]


def _fit_labels_again(pages: Pages, fitted: Fit) -> None:
    rows = [third_pass(p.page, p.segments, p.segment_features, p.first_round) for p in pages]
    _fit_labels(pages, fitted, "segment_third", rows)


def _fit_merges_again(pages: Pages, fitted: Fit) -> None:
    rows = [merges_again(p.page, p.segments, p.candidates, p.goes_on, p.first_round) for p in pages]
    _fit_goes_on(pages, fitted, "merge_again", rows)


def _fit_pairs_again(pages: Pages, fitted: Fit) -> list[Linked]:
    classes = _paired(pages)
    rows = [third_pair_pass(p.page, p.groups, p.pairs, p.first_round) for p in pages]
    return [
        Linked(p.groups, p.pairs, scores[:, 1], certainties_of(p.groups, p.decisions))
        for p, scores in zip(pages, fitted("pair_third", rows, classes), strict=True)
    ]
