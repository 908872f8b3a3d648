"""The truth about groups of words: whether they are of one item, their label, their links. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocr_model.linker import Indices, PageView
from ocr_model.linker.stages import Groups
from ocr_model.training.truth import LABELS, PageTruth


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page as the linker sees it, and its truth."""

    page: PageView
    truth: PageTruth


def same_item(pairs: Indices, item_of: Indices) -> Indices:
    """1 where both belong to one item, 0 where not, -1 where neither belongs to any."""
    first, second = item_of[pairs[:, 0]], item_of[pairs[:, 1]]
    return np.where((first < 0) & (second < 0), -1, (first == second).astype(np.int64))


def group_items(groups: Groups, truth: PageTruth) -> Indices:
    """The item of most words in each group; -1 where most have none."""
    found = []
    for members in groups.members:
        values, counts = np.unique(truth.item_of[list(members)], return_counts=True)
        found.append(int(values[counts.argmax()]))
    return np.array(found, dtype=np.int64)


def group_labels(groups: Groups, truth: PageTruth) -> Indices:
    """The label that most words of each group have."""
    found = []
    for members in groups.members:
        found.append(np.bincount(truth.word_labels[list(members)], minlength=len(LABELS)).argmax())
    return np.array(found, dtype=np.int64)


def linked_in_truth(pairs: Indices, groups: Groups, truth: PageTruth) -> Indices:
    """1 where the items of a pair of groups are linked."""
    items = group_items(groups, truth)
    return np.array(
        [(int(items[q]), int(items[a])) in truth.links for q, a in pairs], dtype=np.int64
    )
