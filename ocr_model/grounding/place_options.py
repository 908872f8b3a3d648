"""Candidate places of a pair on its page, and what each costs.

An answer is where the OCR read it, or at a piece of ink that the OCR did not read: it misses
handwriting, single characters and ticks, and the same "7" across the page is a different one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr_model.grounding.text_search import Place, folded_letters
from ocr_model.grounding.unread_ink import LETTER_WIDTH
from ocr_model.ocr import same_line
from ocr_model.schema import Box

# From this similarity on, two texts are the same text misread, anywhere on the page.
SIMILAR = 0.8

# Costs, in the unit of `gap`: a question at the other end of the page costs 1.
# Dissimilarity of the text that was read there: per unit, and at most.
_DISSIMILAR = 5.0
_MOST_DISSIMILAR = 1.5
# Each end within a word, divided by the letters of the place.
_CUT = 0.5
# Each hop to another line, in letters.
_HOP = 0.25
# The answer is neither on the line of its question nor in its column.
_UNALIGNED = 1.0
# The answer is above its question.
_ABOVE = 0.3
# Another answer has the place, or the question itself.
USED = 1.0
# The answer is unread ink: a base, per letter, and at most. The longer a text, the less likely the
# OCR misses it.
_UNREAD = 0.7
_UNREAD_LETTER = 0.1
_MOST_UNREAD = 2.0
# Ink twice as wide as the answer should be, or half as wide.
_TWICE_AS_WIDE = 0.4
# Dearer ink is not an option: an answer that is not on the page must not be placed on any ink.
_MOST_INK_COST = 1.5

# Pieces of ink that are options of one pair.
_MOST_PIECES = 8
# In heights of a word box: the distance at which `gap` is 0.5; and how far the box of an answer
# above may reach into its question's.
_HALF_WAY = 10.0
_TOUCHING = 0.2
# Boxes that overlap by this share of the narrower one are in one column.
_COLUMN_OVERLAP = 0.3


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate. `gap` rises from 0 where the answer touches its question to 1 far away."""

    question: Place | None
    answer: Place | None
    gap: float
    cost: float

    @property
    def boxes(self) -> tuple[Box, Box] | None:
        """Of the question and of the answer; where one is not found, the other one's twice."""
        question, answer = self.question or self.answer, self.answer or self.question
        return None if question is None or answer is None else (question.box, answer.box)

    @property
    def is_read(self) -> bool:
        return self.answer is not None and self.answer.similarity > 0

    @property
    def is_aligned(self) -> bool:
        """Whether the answer is on the line of its question, or in its column."""
        if self.question is None or self.answer is None:
            return False
        return _are_aligned(self.question.box, self.answer.box)


def read_options(questions: list[Place], answers: list[Place], height: float) -> list[Option]:
    """Every place of the answer with the question that suits it best; else those of the question.

    Having no place is an option only where there is none.
    """
    asked: list[Place | None] = [*questions] or [None]
    if not answers:
        return [_option(question, None, height) for question in asked]
    return [
        min((_option(q, answer, height) for q in asked), key=lambda option: option.cost)
        for answer in answers
    ]


def places_of(pieces: Sequence[Box]) -> list[Place]:
    """Pieces of ink as places; each has one made-up letter, numbered from -1 down."""
    return [Place((piece,), 0.0, frozenset({-1 - i})) for i, piece in enumerate(pieces)]


def unread_options(
    questions: list[Place],
    answer: str,
    pieces: Sequence[Place],
    height: float,
    letter_height: float,
) -> list[Option]:
    """The pieces of ink near a question that may be the answer."""
    letters = len(folded_letters(answer))
    if not letters or not questions:
        return []
    unread = min(_UNREAD + _UNREAD_LETTER * letters, _MOST_UNREAD)
    options = []
    for piece in pieces:
        misfit = _width_cost(piece.box, letters, letter_height)
        best = min((_option(q, piece, height) for q in questions), key=lambda option: option.cost)
        cost = best.cost - _MOST_DISSIMILAR + unread + misfit
        if cost < _MOST_INK_COST:
            options.append(replace(best, cost=cost))
    return sorted(options, key=lambda option: option.cost)[:_MOST_PIECES]


def far(one: Box, other: Box, height: float) -> float:
    """0 where two boxes touch, 1 far away; the pixels between them across plus down."""
    across = max(one.left - other.right, other.left - one.right, 0.0)
    down = max(one.top - other.bottom, other.top - one.bottom, 0.0)
    distance = (across + down) / height
    return distance / (distance + _HALF_WAY)


def _width_cost(piece: Box, letters: int, letter_height: float) -> float:
    expected = LETTER_WIDTH * letters * letter_height
    return float(_TWICE_AS_WIDE * abs(np.log2((piece.right - piece.left) / expected)))


def _option(question: Place | None, answer: Place | None, height: float) -> Option:
    cost = sum(_dissimilarity_cost(place) for place in (question, answer) if place is not None)
    gap = 0.0
    if answer is not None:
        cost += _CUT * answer.cuts / len(answer.letters) + _HOP * answer.hopped
    if question is not None and answer is not None:
        gap = far(question.box, answer.box, height)
        cost += gap + _UNALIGNED * (not _are_aligned(question.box, answer.box))
        cost += _ABOVE * (answer.box.bottom <= question.box.top + _TOUCHING * height)
        cost += USED * (not question.letters.isdisjoint(answer.letters))
    return Option(question, answer, gap, cost)


def _dissimilarity_cost(place: Place) -> float:
    return min(_DISSIMILAR * (1 - place.similarity), _MOST_DISSIMILAR)


def _are_aligned(one: Box, other: Box) -> bool:
    overlap = min(one.right, other.right) - max(one.left, other.left)
    narrower = min(one.right - one.left, other.right - other.left)
    return same_line(one, other) or overlap > _COLUMN_OVERLAP * narrower
