"""Fit the stages one after the other, each on what the ones before say of unseen forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ocr_model.linker import Indices
from ocr_model.linker.stages import (
    JOINED,
    STAGES,
    Decisions,
    FirstRound,
    Forest,
    Groups,
    Linked,
    edge_features,
    edges_of,
    merge_candidates,
    merge_features,
    pair_candidates,
    pair_features,
    relabelled,
    second_edge_pass,
    second_pair_pass,
    second_pass,
    segment_features,
    segments_of,
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
from ocr_model.training.second_fitting import fit_second_round
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


def fit_stages(
    pages: Sequence[LabelledPage], seed: int = 0, growths: Mapping[str, Growth] = GROWTHS
) -> tuple[dict[str, Forest], list[Linked]]:
    """Forests by stage, and what they say of the pages while they are fitted without them.

    Pages have at least one word each.
    """
    folds = np.random.default_rng(seed).permutation(len(pages)) % FOLDS
    forests: dict[str, Forest] = {}

    def fitted(stage: str, rows: Rows, classes: Classes, count: int = 2) -> Rows:
        fit = Stage(growths[stage], count, seed)
        forests[stage], said = fit.out_of_fold(rows, classes, folds)
        return said

    words = fitted(
        "word",
        [word_features(p.page) for p in pages],
        [p.truth.word_labels for p in pages],
        len(LABELS),
    )
    edges = [edges_of(p.page) for p in pages]
    joined = _fit_edges(pages, edges, words, fitted)
    segments = [
        segments_of(p.page, e[said[:, 1] >= JOINED], labels)
        for p, e, said, labels in zip(pages, edges, joined, words, strict=True)
    ]
    features = [segment_features(p.page, s) for p, s in zip(pages, segments, strict=True)]
    segments = _fit_segments(pages, segments, features, fitted)
    candidates = [merge_candidates(p.page, s) for p, s in zip(pages, segments, strict=True)]
    goes_on = _fit_merges(pages, segments, candidates, fitted)
    decisions = [
        Decisions(e, said[:, 1], s, c, score[:, 1])
        for e, said, s, c, score in zip(edges, joined, segments, candidates, goes_on, strict=True)
    ]
    rounds = _fit_pairs(pages, decisions, fitted)
    linked = fit_second_round(pages, decisions, features, rounds, fitted)
    assert set(forests) == set(STAGES)
    return forests, linked


def _fit_edges(
    pages: Sequence[LabelledPage], edges: Sequence[Indices], words: Rows, fitted: Fit
) -> Rows:
    triples = list(zip(pages, edges, words, strict=True))
    rows = [edge_features(p.page, e, labels) for p, e, labels in triples]
    classes = [same_item(e, p.truth.item_of) for p, e, _ in triples]
    once = fitted("edge", rows, classes)
    again = [
        second_edge_pass(p.page, e, row, said[:, 1], labels)
        for (p, e, labels), row, said in zip(triples, rows, once, strict=True)
    ]
    return fitted("edge_again", again, classes)


def _fit_segments(
    pages: Sequence[LabelledPage], segments: list[Groups], rows: Rows, fitted: Fit
) -> list[Groups]:
    classes = [group_labels(s, p.truth) for p, s in zip(pages, segments, strict=True)]
    once = fitted("segment", rows, classes, len(LABELS))
    again = [
        second_pass(p.page, s, row, said)
        for p, s, row, said in zip(pages, segments, rows, once, strict=True)
    ]
    twice = fitted("segment_again", again, classes, len(LABELS))
    return [relabelled(s, said) for s, said in zip(segments, twice, strict=True)]


def _fit_merges(
    pages: Sequence[LabelledPage],
    segments: Sequence[Groups],
    candidates: Sequence[Indices],
    fitted: Fit,
) -> Rows:
    triples = list(zip(pages, segments, candidates, strict=True))
    return fitted(
        "merge",
        [merge_features(p.page, s, c) for p, s, c in triples],
        [same_item(c, group_items(s, p.truth)) for p, s, c in triples],
    )


def _fit_pairs(
    pages: Sequence[LabelledPage], decisions: Sequence[Decisions], fitted: Fit
) -> list[FirstRound]:
    groups = [d.groups(p.page) for p, d in zip(pages, decisions, strict=True)]
    pairs = [pair_candidates(p.page, g) for p, g in zip(pages, groups, strict=True)]
    rows = [pair_features(p.page, g, c) for p, g, c in zip(pages, groups, pairs, strict=True)]
    classes = [linked_in_truth(c, g, p.truth) for p, g, c in zip(pages, groups, pairs, strict=True)]
    once = fitted("pair", rows, classes)
    again = [
        second_pair_pass(g, c, row, said[:, 1])
        for g, c, row, said in zip(groups, pairs, rows, once, strict=True)
    ]
    twice = fitted("pair_again", again, classes)
    return [
        FirstRound(len(p.page.words), g, c, said[:, 1])
        for p, g, c, said in zip(pages, groups, pairs, twice, strict=True)
    ]
