"""Questions whose words are known before a page is linked: those of the fields that are wanted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocr_model.linker.boxes import Floats, Indices, Mask
from ocr_model.linker.stages.pair_stage import QUESTION
from ocr_model.linker.stages.phrase_groups import Groups


class KnownQuestions:
    """What the stages guess of the words of these questions is replaced by what is known."""

    def __init__(self, words: int, questions: Sequence[Sequence[int]]) -> None:
        """`questions` are indices of words; no word is in two of them."""
        self._question = np.full(words, -1, dtype=np.int64)
        for number, members in enumerate(questions):
            self._question[list(members)] = number

    def labels(self, labels: Floats) -> Floats:
        """Of words, (n, 4)."""
        return _questions(labels, self._question >= 0)

    def segment_labels(self, segments: Groups, labels: Floats) -> Floats:
        return _questions(labels, self._of(segments) >= 0)

    def joined(self, edges: Indices, joined: Floats) -> Floats:
        """Words of one question belong together, and to no others."""
        return _together(self._question[edges], joined)

    def goes_on(self, segments: Groups, candidates: Indices, scores: Floats) -> Floats:
        return _together(self._of(segments)[candidates], scores)

    def groups(self, groups: Groups) -> frozenset[int]:
        """Which of the groups are such questions."""
        return frozenset(np.flatnonzero(self._of(groups) >= 0).tolist())

    def _of(self, groups: Groups) -> Indices:
        firsts = np.array([members[0] for members in groups.members], dtype=np.int64)
        return self._question[firsts]


def _questions(labels: Floats, known: Mask) -> Floats:
    certain = np.zeros(labels.shape[1])
    certain[QUESTION] = 1.0
    return np.where(known[:, None], certain, labels)


def _together(ends: Indices, scores: Floats) -> Floats:
    same = ends[:, 0] == ends[:, 1]
    known = (ends >= 0).any(axis=1)
    return np.where(known, same.astype(np.float64), scores)
