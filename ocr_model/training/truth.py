"""Annotated items -> the true item and label of each word that the OCR read, and the links. Pure.

A word belongs to the item whose annotated words it covers most. Words of no item are `other`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ocr_model.linker import Floats, Indices, array_of, heights, overlap_x, overlap_y, widths
from ocr_model.schema import Box, Word

LABELS = ("question", "answer", "header", "other")
OTHER = LABELS.index("other")

# Least overlap as a share of the smaller box: OCR boxes are 1.5 times as high as the letters.
_COVERED = 0.3


@dataclass(frozen=True, slots=True)
class PageTruth:
    """The annotation of one page. `item_of` has an item's index for each word, -1 for none.

    `labels` has an index of `LABELS` for each item, `links` are pairs of items: question, answer.
    """

    item_of: Indices
    labels: Indices
    links: frozenset[tuple[int, int]]

    @property
    def word_labels(self) -> Indices:
        known = self.item_of >= 0
        return np.where(known, self.labels[np.maximum(self.item_of, 0)], OTHER)


def truth_of(words: Sequence[Word], items: Sequence[Mapping[str, Any]]) -> PageTruth:
    """Give each word its item; links as `annotation` finds the pairs.

    "Name:" and "Ann" read where items 0 (question) and 1 (answer, linked) stand
        -> PageTruth(item_of=[0, 1], labels=[0, 1], links={(0, 1)})
    """
    labels = [LABELS.index(i["label"]) if i.get("label") in LABELS else OTHER for i in items]
    owners, boxes = [], []
    for index, item in enumerate(items):
        for word in item.get("words") or [item]:
            box = word.get("box")
            if isinstance(box, list) and len(box) == 4 and str(word.get("text", "")).strip():
                owners.append(index)
                boxes.append(Box(*map(float, box)))
    shared = _shares(array_of(word.box for word in words), array_of(boxes))
    by_item = np.zeros((len(words), max(len(items), 1)))
    for owner, column in zip(owners, shared.T, strict=True):
        by_item[:, owner] += column
    best = by_item.argmax(axis=1) if len(words) else np.zeros(0, dtype=np.int64)
    reached = by_item[np.arange(len(words)), best] >= _COVERED
    return PageTruth(
        np.where(reached, best, -1),
        np.array(labels or [OTHER], dtype=np.int64),
        frozenset(_links(items, labels)),
    )


def _shares(these: Floats, those: Floats) -> Floats:
    """Common area as a share of the smaller box, weighted down where only edges touch."""
    common = np.maximum(overlap_x(these, those), 0) * np.maximum(overlap_y(these, those), 0)
    own, other = widths(these) * heights(these), widths(those) * heights(those)
    return np.asarray(common / np.maximum(np.minimum(own[:, None], other[None, :]), 1.0))


def _links(items: Sequence[Mapping[str, Any]], labels: Sequence[int]) -> set[tuple[int, int]]:
    index_of = {item.get("id"): index for index, item in enumerate(items)}
    found = set()
    for item in items:
        for link in item.get("linking") or ():
            known = [index_of[end] for end in link if end in index_of]
            if len(link) == len(known) == 2:
                source, target = known
                if (LABELS[labels[source]], LABELS[labels[target]]) == ("question", "answer"):
                    found.add((source, target))
    return found
