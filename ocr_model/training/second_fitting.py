"""Fit the stages of the second round, on the predictions of the first for unseen forms."""

from __future__ import annotations

from ocr_model.linker.stages import (
    Linked,
    certainties_of,
    merges_again,
    pair_candidates,
    relabelled,
    third_pair_pass,
    third_pass,
)
from ocr_model.training.group_truth import (
    group_items,
    group_labels,
    linked_in_truth,
    same_item,
)
from ocr_model.training.out_of_fold import Fit
from ocr_model.training.page_state import Pages
from ocr_model.training.truth import LABELS


def fit_second_round(pages: Pages, fitted: Fit) -> list[Linked]:
    """The links of each page, as forests fitted without it find them."""
    _fit_labels(pages, fitted)
    _fit_merges(pages, fitted)
    return _fit_pairs(pages, fitted)


def _fit_labels(pages: Pages, fitted: Fit) -> None:
    rows = [third_pass(p.page, p.segments, p.segment_features, p.first_round) for p in pages]
    classes = [group_labels(p.segments, p.truth) for p in pages]
    for p, labels in zip(pages, fitted("segment_third", rows, classes, len(LABELS)), strict=True):
        p.segments = relabelled(p.segments, labels)


def _fit_merges(pages: Pages, fitted: Fit) -> None:
    rows = [merges_again(p.page, p.segments, p.candidates, p.goes_on, p.first_round) for p in pages]
    classes = [same_item(p.candidates, group_items(p.segments, p.truth)) for p in pages]
    for p, scores in zip(pages, fitted("merge_again", rows, classes), strict=True):
        p.goes_on = scores[:, 1]


def _fit_pairs(pages: Pages, fitted: Fit) -> list[Linked]:
    for p in pages:
        p.groups = p.decisions.groups(p.page)
        p.pairs = pair_candidates(p.page, p.groups)
    rows = [third_pair_pass(p.page, p.groups, p.pairs, p.first_round) for p in pages]
    classes = [linked_in_truth(p.pairs, p.groups, p.truth) for p in pages]
    return [
        Linked(p.groups, p.pairs, scores[:, 1], certainties_of(p.groups, p.decisions))
        for p, scores in zip(pages, fitted("pair_third", rows, classes), strict=True)
    ]
