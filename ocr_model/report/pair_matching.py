"""Labelled and predicted pairs -> the fate of each: found, misread, missed, invented. Pure.

Scores are computed in `scoring`. Here a pair that was not found is matched with its most likely
counterpart, so that a person sees what went wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ocr_model.normalize import fold_text
from ocr_model.scoring import SIMILAR, Pair, assign, similarities


class Fate(StrEnum):
    """The result for a pair."""

    FOUND = "found"
    WRONG_ANSWER = "wrong_answer"
    WRONG_KEY = "wrong_key"
    MISSED = "missed"
    INVENTED = "invented"


@dataclass(frozen=True, slots=True)
class Match:
    """Index of the labelled pair (None: invented) and of the predicted one (None: missed)."""

    fate: Fate
    reference: int | None
    prediction: int | None


def match_pairs(references: Sequence[Pair], predictions: Sequence[Pair]) -> list[Match]:
    """Give every pair exactly one match: labelled pairs in order, then the invented ones.

    [("Name", "Ann"), ("Date", "5 May")], [("NAME:", "Ann"), ("Date", "6 May")]
        -> [found 0 0, wrong answer 1 1]

    Found: question and answer agree normalized (as in `pair_f1_normalized`). The others are matched
    by highest similarity: the answer is wrong if the questions are `SIMILAR` and at least as
    similar as the answers, else the key is wrong if the answers are `SIMILAR`.
    """
    reference_texts, predicted_texts = _folded(references), _folded(predictions)
    matches = _equal(reference_texts, predicted_texts)
    matches |= _similar(
        {i: pair for i, pair in enumerate(reference_texts) if i not in matches},
        {
            i: pair
            for i, pair in enumerate(predicted_texts)
            if i not in {match.prediction for match in matches.values()}
        },
    )
    matched = {match.prediction for match in matches.values()}
    labelled = [matches.get(i, Match(Fate.MISSED, i, None)) for i in range(len(references))]
    invented = [i for i in range(len(predictions)) if i not in matched]
    return [*labelled, *(Match(Fate.INVENTED, None, i) for i in invented)]


def _folded(pairs: Sequence[Pair]) -> list[Pair]:
    return [(fold_text(question), fold_text(answer)) for question, answer in pairs]


def _equal(references: Sequence[Pair], predictions: Sequence[Pair]) -> dict[int, Match]:
    """Multisets: a pair predicted twice is found twice only if it is labelled twice."""
    available = defaultdict(list)
    for index, pair in reversed(list(enumerate(predictions))):
        available[pair].append(index)
    return {
        index: Match(Fate.FOUND, index, available[pair].pop())
        for index, pair in enumerate(references)
        if available[pair]
    }


def _similar(references: dict[int, Pair], predictions: dict[int, Pair]) -> dict[int, Match]:
    keys, answers = (
        similarities(
            [pair[part] for pair in references.values()],
            [pair[part] for pair in predictions.values()],
        )
        for part in (0, 1)
    )
    alike = np.where(np.maximum(keys, answers) >= SIMILAR, keys + answers, 0.0)
    reference_at, prediction_at = list(references), list(predictions)
    return {
        reference_at[row]: Match(
            Fate.WRONG_ANSWER if keys[row, column] >= answers[row, column] else Fate.WRONG_KEY,
            reference_at[row],
            prediction_at[column],
        )
        for row, column in assign(alike)
    }
