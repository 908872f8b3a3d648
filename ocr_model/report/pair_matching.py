"""Say of every labelled and every predicted pair what became of it. Pure, for pictures.

Scores are made in `metrics`. Here a pair that is not found is set beside the one it was probably
meant to be, so that a person sees what went wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from itertools import product

from ocr_model.normalize import fold_text

Pair = tuple[str, str]

# From here on, two texts are taken for the same text, misread.
SIMILAR = 0.8


class Fate(StrEnum):
    """What became of a pair."""

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
    """Give every pair exactly one match: labelled pairs in their order, then the invented ones.

    [("Name", "Ann"), ("Date", "5 May")], [("NAME:", "Ann"), ("Date", "6 May")]
        -> [found 0 0, wrong answer 1 1]

    Found: question and answer agree normalized (as in `pair_f1_normalized`). Then the most similar
    first: the answer is wrong if the questions are `SIMILAR` and at least as similar as the
    answers, else the key is wrong if the answers are `SIMILAR`.
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
    candidates = []
    for (i, reference), (j, prediction) in product(references.items(), predictions.items()):
        key, answer = (similarity(*texts) for texts in zip(reference, prediction, strict=True))
        if max(key, answer) >= SIMILAR:
            fate = Fate.WRONG_ANSWER if key >= answer else Fate.WRONG_KEY
            candidates.append((-key - answer, i, j, fate))
    matches: dict[int, Match] = {}
    taken = set()
    for _, i, j, fate in sorted(candidates):
        if i not in matches and j not in taken:
            matches[i] = Match(fate, i, j)
            taken.add(j)
    return matches


@lru_cache(maxsize=65_536)
def similarity(one: str, other: str) -> float:
    """Share of characters in common, in order: 1.0 for equal texts; 0.0 where it is below 0.4.

    "5 may" and "6 may" -> 0.8
    """
    if one == other:
        return 1.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    # The bounds are cheap, and nearly all candidates fail one of them.
    for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio):
        share = ratio()
        if share < SIMILAR / 2:
            return 0.0
    return share
