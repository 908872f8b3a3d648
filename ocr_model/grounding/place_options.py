"""Where a pair may stand, and what speaks against each place of it.

Either where its answer was read, or at a piece of ink that nobody read: an OCR leaves out
handwriting, single signs and ticks, and the same "7" at the other end of the page is another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr_model.grounding.text_search import Place, folded_letters
from ocr_model.ocr import same_line
from ocr_model.schema import Box

# From here on two texts are taken for the same text, misread; anywhere on the page.
SIMILAR = 0.8
# Distances count in text heights; at this one, half of what the other end of the page counts.
_HALF_WAY = 10.0
# What speaks against a place, beside 1 for a question at the other end of the page: a text that is
# 0.8 alike, and no more than that one 0.7 alike; letters out of the middle of a word, by their
# share; each letter's worth of ways to other lines; a question that is neither on the line nor in
# the column, or that is below.
_UNLIKE = 5.0
_MOST_UNLIKE = 1.5
_CUT = 0.5
_HOPPED = 0.25
_UNALIGNED = 1.0
_ABOVE = 0.3
# What a place costs that another answer has, or the question itself.
USED = 1.0
# What speaks against ink that was not read: the longer the text, the likelier an OCR sees it. Twice
# as wide as expected, or half as wide, costs `_UNFIT`.
_UNREAD = 0.7
_UNREAD_LETTER = 0.1
_MOST_UNREAD = 2.0
_UNFIT = 0.4
# In heights of the letters.
_LETTER_WIDTH = 0.85
# Ink that costs more is no option: an answer that is not on the page at all would stand on any. And
# so many pieces are.
_MOST_COST = 1.5
_MOST_PIECES = 8
# Of the higher of two boxes, in text heights: so far may an answer reach into what it is above.
_TOUCHING = 0.2
# Of the narrower of two boxes: overlapping so far, they stand in one column.
_COLUMN_OVERLAP = 0.3


@dataclass(frozen=True, slots=True)
class Option:
    """One way a pair may stand. `gap` rises from 0 at the question to 1 far away."""

    question: Place | None
    answer: Place | None
    gap: float
    cost: float

    @property
    def anchor(self) -> Box | None:
        place = self.answer or self.question
        return None if place is None else place.box

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

    Nowhere is an option only where there is no place.
    """
    asked: list[Place | None] = [*_sure(questions)] or [None]
    if not answers:
        return [_option(question, None, height) for question in asked]
    return [
        min((_option(q, answer, height) for q in asked), key=lambda option: option.cost)
        for answer in answers
    ]


def places_of(pieces: Sequence[Box]) -> list[Place]:
    """Pieces of ink as places, whose letters nobody knows: negative, one for each piece."""
    return [Place((piece,), 0.0, frozenset({-1 - i})) for i, piece in enumerate(pieces)]


def unread_options(
    questions: list[Place],
    answer: str,
    pieces: Sequence[Place],
    height: float,
    letter_height: float,
) -> list[Option]:
    """The pieces of ink near a question that may be the answer."""
    letters, asked = len(folded_letters(answer)), _sure(questions)
    if not letters or not asked:
        return []
    unread = min(_UNREAD + _UNREAD_LETTER * letters, _MOST_UNREAD)
    options = []
    for piece in pieces:
        unfit = _unfit(piece.box, letters, letter_height)
        best = min((_option(q, piece, height) for q in asked), key=lambda option: option.cost)
        cost = best.cost - _MOST_UNLIKE + unread + unfit
        if cost < _MOST_COST:
            options.append(replace(best, cost=cost))
    return sorted(options, key=lambda option: option.cost)[:_MOST_PIECES]


def far(one: Box, other: Box, height: float) -> float:
    """0 where two boxes touch, 1 far away; the pixels between them across plus down."""
    across = max(one.left - other.right, other.left - one.right, 0.0)
    down = max(one.top - other.bottom, other.top - one.bottom, 0.0)
    distance = (across + down) / height
    return distance / (distance + _HALF_WAY)


def _sure(questions: list[Place]) -> list[Place]:
    return [place for place in questions if place.similarity >= SIMILAR]


def _unfit(piece: Box, letters: int, letter_height: float) -> float:
    expected = _LETTER_WIDTH * letters * letter_height
    return float(_UNFIT * abs(np.log2((piece.right - piece.left) / expected)))


def _option(question: Place | None, answer: Place | None, height: float) -> Option:
    cost = sum(_unlike(place) for place in (question, answer) if place is not None)
    gap = 0.0
    if answer is not None:
        cost += _CUT * answer.cuts / len(answer.letters) + _HOPPED * answer.hopped
    if question is not None and answer is not None:
        gap = far(question.box, answer.box, height)
        cost += gap + _UNALIGNED * (not _are_aligned(question.box, answer.box))
        cost += _ABOVE * (answer.box.bottom <= question.box.top + _TOUCHING * height)
        cost += USED * (not question.letters.isdisjoint(answer.letters))
    return Option(question, answer, gap, cost)


def _unlike(place: Place) -> float:
    return min(_UNLIKE * (1 - place.similarity), _MOST_UNLIKE)


def _are_aligned(one: Box, other: Box) -> bool:
    overlap = min(one.right, other.right) - max(one.left, other.left)
    narrower = min(one.right - one.left, other.right - other.left)
    return same_line(one, other) or overlap > _COLUMN_OVERLAP * narrower
