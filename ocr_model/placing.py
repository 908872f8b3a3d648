"""Say where on a page questions and answers stand that somebody else has read: an LLM, a person.

Aligns them with the words an OCR found. Pure. Which text belongs to which question is given; the
same text in several places is told apart by its neighbourhood: near its question, after the pair
before it, and no place for two answers while there is another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ocr_model.ink import Ink
from ocr_model.layout import around, same_line
from ocr_model.normalize import fold_text
from ocr_model.schema import Box, Word
from ocr_model.text_search import PageSearch, Place

# From here on two texts are taken for the same text, misread; anywhere on the page.
SIMILAR = 0.8
# Close to its question, a text may be misread so far.
_SIMILAR_NEAR = 0.6
_NEAR = 0.5
# Distances count in text heights; at this one, half of what the other end of the page counts.
_HALF_WAY = 10.0
# What speaks against a place, beside 1 for a question at the other end of the page: a text that is
# 0.8 alike; a place that another answer has; an order unlike the one in which the pairs came.
_UNLIKE = 5.0
_USED = 1.0
_SHARED = 0.25
_UNALIGNED = 1.0
_OUT_OF_ORDER = 0.5
_BACKWARDS = 0.25
_MOST_ROUNDS = 40
# Of the narrower of two boxes: overlapping so far, they stand in one column.
_COLUMN_OVERLAP = 0.3

_Costs = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one pair stands. Null: not on the page, or nothing to look for.

    `similarity` is that of the answer, `nearness` falls from 1 at its question to 0 far away.
    """

    question: Box | None = None
    answer: Box | None = None
    similarity: float | None = None
    nearness: float | None = None


@dataclass(frozen=True, slots=True)
class _Option:
    question: Place | None
    answer: Place | None
    gap: float
    cost: float

    anchor: Box | None


def place_pairs(
    pairs: Sequence[tuple[str, str | None]], words: Sequence[Word], ink: Ink | None = None
) -> list[Standing]:
    """One standing per pair, in their order, which should be about that of the page.

    [("Name:", "Ann"), ("Date", "")] among Name: / Ann / Date ->
        [Standing(question=box of Name:, answer=box of Ann), Standing(question=box of Date)]
    """
    if not words:
        return [Standing() for _ in pairs]
    search = PageSearch(words)
    texts = {text for pair in pairs for text in pair if text}
    found = {text: search.find(text, _SIMILAR_NEAR) for text in texts}
    height = float(np.median([word.box.bottom - word.box.top for word in words])) or 1.0
    options = [
        _options(found.get(question, []), found.get(answer or "", []), height)
        for question, answer in pairs
    ]
    asked = [fold_text(question) for question, _ in pairs]
    return [_standing(option, ink) for option in _decide(options, asked, height)]


def _options(questions: list[Place], answers: list[Place], height: float) -> list[_Option]:
    """Every place of the answer with the question that suits it best; else those of the question.

    Nowhere is an option only where there is no place.
    """
    sure = [place for place in questions if place.similarity >= SIMILAR]
    asked: list[Place | None] = [*sure] or [None]
    if not answers:
        return [_option(question, None, height) for question in asked]
    return [
        min((_option(q, answer, height) for q in asked), key=lambda option: option.cost)
        for answer in answers
    ]


def _option(question: Place | None, answer: Place | None, height: float) -> _Option:
    places = [place for place in (question, answer) if place is not None]
    cost = sum(_UNLIKE * (1 - place.similarity) for place in places)
    gap = 0.0
    if question is not None and answer is not None:
        one, other = question.box, answer.box
        gap = _far(_gap(one, other) / height)
        cost += gap + _UNALIGNED * (not same_line(one, other) and not _in_one_column(one, other))
        cost += _USED * (not question.letters.isdisjoint(answer.letters))
    anchor = places[-1].box if places else None
    return _Option(question, answer, gap, cost, anchor)


def _in_one_column(one: Box, other: Box) -> bool:
    overlap = min(one.right, other.right) - max(one.left, other.left)
    return overlap > _COLUMN_OVERLAP * min(one.right - one.left, other.right - other.left)


def _gap(one: Box, other: Box) -> float:
    """Pixels between two boxes across plus down; 0 where they touch."""
    across = max(one.left - other.right, other.left - one.right, 0.0)
    down = max(one.top - other.bottom, other.top - one.bottom, 0.0)
    return across + down


def _far(distance: float) -> float:
    return distance / (distance + _HALF_WAY)


def _decide(options: list[list[_Option]], asked: Sequence[str], height: float) -> list[_Option]:
    """The cheapest way through all pairs; places claimed twice cost more, and all is weighed anew.

    Whoever stands there best keeps the place; the others stay only if they have nowhere to go.
    """
    steps = [
        _steps(before, after, height) + _USED * (one == other) * _overlaps(before, after)
        for (before, after), (one, other) in zip(pairwise(options), pairwise(asked), strict=True)
    ]
    costs = [np.array([option.cost for option in known]) for known in options]
    chosen: list[int] = []
    for _ in range(_MOST_ROUNDS):
        chosen = _cheapest_way(costs, steps)
        if not _charge_claims(options, asked, chosen, costs):
            break
    return [known[i] for known, i in zip(options, chosen, strict=True)]


def _steps(before: list[_Option], after: list[_Option], height: float) -> _Costs:
    return np.array([[_step(one, other, height) for other in after] for one in before])


def _overlaps(before: list[_Option], after: list[_Option]) -> NDArray[np.bool_]:
    return np.array(
        [[not _letters(one).isdisjoint(_letters(two)) for two in after] for one in before]
    )


def _step(one: _Option, other: _Option, height: float) -> float:
    if one.anchor is None or other.anchor is None:
        return 0.0
    cost = _OUT_OF_ORDER * _far(_gap(one.anchor, other.anchor) / height)
    if other.anchor.bottom <= one.anchor.top:
        cost += _BACKWARDS
    return cost


def _cheapest_way(costs: list[_Costs], steps: list[_Costs]) -> list[int]:
    """Viterbi: one option per pair, so that options and steps cost least together."""
    if not costs:
        return []
    reached, came = costs[0], list[NDArray[np.int64]]()
    for cost, step in zip(costs[1:], steps, strict=True):
        through = reached[:, np.newaxis] + step
        came.append(through.argmin(axis=0))
        reached = through.min(axis=0) + cost
    way = [int(reached.argmin())]
    for back in reversed(came):
        way.append(int(back[way[-1]]))
    return way[::-1]


def _charge_claims(
    options: list[list[_Option]], asked: Sequence[str], chosen: list[int], costs: list[_Costs]
) -> bool:
    """Charge every option that overlaps a place which another pair holds with more right.

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


def _letters(option: _Option) -> frozenset[int]:
    return frozenset() if option.answer is None else option.answer.letters


def _price(pair: int, question: str, holders: list[dict[str, int]]) -> float:
    """What a place costs beyond the option's own cost, by who holds the letters of it."""
    others = [(asked, other) for held in holders for asked, other in held.items() if other != pair]
    return max((_USED if asked == question else _SHARED for asked, _ in others), default=0.0)


def _standing(option: _Option, ink: Ink | None) -> Standing:
    question = None if option.question is None else _box(option.question, ink)
    answer = option.answer
    if answer is None or not _is_believed(option, answer):
        return Standing(question)
    nearness = None if question is None else 1 - option.gap
    return Standing(question, _box(answer, ink), answer.similarity, nearness)


def _box(place: Place, ink: Ink | None) -> Box:
    return place.box if ink is None else around(ink.tighten(around(line)) for line in _lines(place))


def _lines(place: Place) -> list[list[Box]]:
    """The parts of a place, line by line: "mm" alone is not as high as the line it stands in."""
    lines: list[list[Box]] = []
    for part in sorted(place.parts, key=lambda part: part.top + part.bottom):
        if lines and same_line(lines[-1][-1], part):
            lines[-1].append(part)
        else:
            lines.append([part])
    return lines


def _is_believed(option: _Option, answer: Place) -> bool:
    near = option.question is not None and option.gap < _NEAR
    return answer.similarity >= SIMILAR or near
