"""Candidate places of all pairs on a page -> one place per pair, at the least total cost.

Pairs come roughly in reading order. Two answers of one question do not share a place if there is
another one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ocr_model.grounding.place_options import USED, Option, far

# Costs, in the unit of `place_options`. Sharing a place with the answer of another question.
_SHARED = 0.25
# Moving from one pair to the next: across the page, by the mean of the ways from question to
# question and from answer to answer, and upwards.
_OUT_OF_ORDER = 0.5
_BACKWARDS = 0.25
# Every candidate is charged at most twice, so the rounds end; the cap bounds the time they take.
_MOST_ROUNDS = 40

_Costs = NDArray[np.float64]


def decide(options: list[list[Option]], asked: Sequence[str], height: float) -> list[Option]:
    """The cheapest candidates of all pairs together.

    An auction: of the pairs that choose the same place, the cheapest keeps it; the place becomes
    dearer for the others, and all choose again.
    """
    steps = [
        _steps(before, after, height) + USED * (one == other) * _overlaps(before, after)
        for (before, after), (one, other) in zip(pairwise(options), pairwise(asked), strict=True)
    ]
    costs = [np.array([option.cost for option in known]) for known in options]
    chosen: list[int] = []
    for _ in range(_MOST_ROUNDS):
        chosen = _cheapest_path(costs, steps)
        if not _charge_claims(options, asked, chosen, costs):
            break
    return [known[i] for known, i in zip(options, chosen, strict=True)]


def _steps(before: list[Option], after: list[Option], height: float) -> _Costs:
    return np.array([[_step(one, other, height) for other in after] for one in before])


def _overlaps(before: list[Option], after: list[Option]) -> NDArray[np.bool_]:
    return np.array(
        [[not _letters(one).isdisjoint(_letters(two)) for two in after] for one in before]
    )


def _step(one: Option, other: Option, height: float) -> float:
    if one.boxes is None or other.boxes is None:
        return 0.0
    ways = [
        far(before, after, height) for before, after in zip(one.boxes, other.boxes, strict=True)
    ]
    (_, last), (_, answer) = one.boxes, other.boxes
    return _OUT_OF_ORDER * sum(ways) / 2 + _BACKWARDS * (answer.bottom <= last.top)


def _cheapest_path(costs: list[_Costs], steps: list[_Costs]) -> list[int]:
    """Viterbi: one option per pair, so that options and steps together cost least."""
    if not costs:
        return []
    reached, came = costs[0], list[NDArray[np.int64]]()
    for cost, step in zip(costs[1:], steps, strict=True):
        through = reached[:, np.newaxis] + step
        came.append(through.argmin(axis=0))
        reached = through.min(axis=0) + cost
    path = [int(reached.argmin())]
    for back in reversed(came):
        path.append(int(back[path[-1]]))
    return path[::-1]


def _charge_claims(
    options: list[list[Option]], asked: Sequence[str], chosen: list[int], costs: list[_Costs]
) -> bool:
    """Charge every option at a place that a cheaper pair holds; True where that concerns a choice.

    In a table one answer belongs to the heading of its row and to that of its column: two questions
    share a place easily, two answers of the same question do not.
    """
    holders: dict[int, dict[str, int]] = defaultdict(dict)
    for pair in sorted(range(len(chosen)), key=lambda pair: costs[pair][chosen[pair]]):
        for letter in _letters(options[pair][chosen[pair]]):
            holders[letter].setdefault(asked[pair], pair)
    charged = False
    for pair, known in enumerate(options):
        for i, option in enumerate(known):
            price = _price(pair, asked[pair], [holders[letter] for letter in _letters(option)])
            if option.cost + price > costs[pair][i]:
                costs[pair][i] = option.cost + price
                charged |= i == chosen[pair]
    return charged


def _letters(option: Option) -> frozenset[int]:
    return frozenset() if option.answer is None else option.answer.letters


def _price(pair: int, question: str, holders: list[dict[str, int]]) -> float:
    """The extra cost of a place whose letters other pairs hold."""
    others = [(asked, other) for held in holders for asked, other in held.items() if other != pair]
    return max((USED if asked == question else _SHARED for asked, _ in others), default=0.0)
