"""Fit the stages of the second round, on what those of the first say of unseen forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocr_model.linker.stages import (
    Decisions,
    FirstRound,
    Linked,
    certainties_of,
    merges_again,
    pair_candidates,
    relabelled,
    third_pair_pass,
    third_pass,
)
from ocr_model.training.group_truth import (
    LabelledPage,
    group_items,
    group_labels,
    linked_in_truth,
    same_item,
)
from ocr_model.training.out_of_fold import Fit, Rows
from ocr_model.training.truth import LABELS


def fit_second_round(
    pages: Sequence[LabelledPage],
    decisions: Sequence[Decisions],
    features: Rows,
    rounds: Sequence[FirstRound],
    fitted: Fit,
) -> list[Linked]:
    """`features` are those of the segments; `rounds` what the first round says of each page."""
    labelled = _fit_labels(pages, decisions, features, rounds, fitted)
    again = _fit_merges(pages, labelled, rounds, fitted)
    return _fit_pairs(pages, again, rounds, fitted)


def _fit_labels(
    pages: Sequence[LabelledPage],
    decisions: Sequence[Decisions],
    features: Rows,
    rounds: Sequence[FirstRound],
    fitted: Fit,
) -> list[Decisions]:
    rows = [
        third_pass(p.page, d.segments, f, r)
        for p, d, f, r in zip(pages, decisions, features, rounds, strict=True)
    ]
    classes = [group_labels(d.segments, p.truth) for p, d in zip(pages, decisions, strict=True)]
    said = fitted("segment_third", rows, classes, len(LABELS))
    return [
        replace(d, segments=relabelled(d.segments, labels))
        for d, labels in zip(decisions, said, strict=True)
    ]


def _fit_merges(
    pages: Sequence[LabelledPage],
    decisions: Sequence[Decisions],
    rounds: Sequence[FirstRound],
    fitted: Fit,
) -> list[Decisions]:
    rows = [
        merges_again(p.page, d.segments, d.candidates, d.goes_on, r)
        for p, d, r in zip(pages, decisions, rounds, strict=True)
    ]
    classes = [
        same_item(d.candidates, group_items(d.segments, p.truth))
        for p, d in zip(pages, decisions, strict=True)
    ]
    said = fitted("merge_again", rows, classes)
    return [replace(d, goes_on=score[:, 1]) for d, score in zip(decisions, said, strict=True)]


def _fit_pairs(
    pages: Sequence[LabelledPage],
    decisions: Sequence[Decisions],
    rounds: Sequence[FirstRound],
    fitted: Fit,
) -> list[Linked]:
    groups = [d.groups(p.page) for p, d in zip(pages, decisions, strict=True)]
    pairs = [pair_candidates(p.page, g) for p, g in zip(pages, groups, strict=True)]
    rows = [
        third_pair_pass(p.page, g, c, r)
        for p, g, c, r in zip(pages, groups, pairs, rounds, strict=True)
    ]
    classes = [linked_in_truth(c, g, p.truth) for p, g, c in zip(pages, groups, pairs, strict=True)]
    said = fitted("pair_third", rows, classes)
    return [
        Linked(g, c, score[:, 1], certainties_of(g, d))
        for g, c, score, d in zip(groups, pairs, said, decisions, strict=True)
    ]
