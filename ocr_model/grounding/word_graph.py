"""Words of a page -> phrases, and the hops by which a text goes on from word to word.

A text goes on with the next word of its phrase, the word to the right, or on the line below.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from ocr_model.ocr import LINE_OVERLAP, around, chains_of, is_next, is_upright
from ocr_model.schema import Box, Word

# Costs in letters, multiples of 0.25: to go on in the phrase to the right, to go on on the line
# below, to leave or enter a phrase in its middle, and to go on below in a column further left.
RIGHT = 0.25
DOWN = 0.5
CUT_IN = 0.5
_FURTHER_LEFT = 1.0
# In heights of a line, from its lower edge to the line it may continue on.
_LINE_STEP = 1.0

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hops:
    """From the last letter of one word to the first of another, by target.

    `groups` are the positions at which a new target begins, `into` the hops by target again.
    """

    sources: NDArray[np.int64]
    costs: _Floats
    groups: NDArray[np.int64]
    into: dict[int, list[tuple[int, float]]]

    @classmethod
    def between(cls, phrases: Sequence[Sequence[Word]], spans: list[tuple[int, int]]) -> Hops:
        into: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for u, v, cost in _hops_between_words(phrases):
            if spans[u][0] < spans[u][1] and spans[v][0] < spans[v][1]:
                into[spans[v][0]].append((spans[u][1] - 1, cost))
        known = [hop for hops in into.values() for hop in hops]
        groups = list(accumulate(map(len, into.values()), initial=0))[:-1]
        sources, costs = np.array(known, dtype=np.float64).reshape(-1, 2).T
        return cls(sources.astype(np.int64), costs, np.array(groups, dtype=np.int64), into)

    def relax(self, before: _Floats, came: _Floats) -> None:
        if len(self.groups):
            best = np.minimum.reduceat(before[self.sources] + self.costs, self.groups)
            reached = list(self.into)
            came[reached] = np.minimum(came[reached], best)

    def taken(self, target: int, before: _Floats, came: float) -> tuple[int, float] | None:
        """The hop into `target` that explains the cost `came`: its source and what it cost."""
        hops = self.into.get(target, [])
        return next((hop for hop in hops if before[hop[0]] + hop[1] == came), None)


def phrases_of(words: Iterable[Word]) -> list[list[Word]]:
    """Words of a line that are close together; text that runs up the margin stays single."""
    known = list(words)
    return [
        *chains_of(filter(is_upright, known), is_next),
        *([word] for word in known if not is_upright(word)),
    ]


def _hops_between_words(phrases: Sequence[Sequence[Word]]) -> Iterator[tuple[int, int, float]]:
    """From word to word (by their numbers on the page): to the right, and to the line below."""
    boxes = [word.box for phrase in phrases for word in phrase]
    if not boxes:
        return
    sides = np.array(boxes, dtype=np.float64)
    firsts = {0, *accumulate(map(len, phrases))}
    lines = [around(word.box for word in phrase) for phrase in phrases for _ in phrase]
    for u, box in enumerate(boxes):
        ends = u + 1 in firsts
        right = np.flatnonzero(_are_right_of(box, sides)) if ends else np.array([], dtype=np.int64)
        if len(right):
            yield u, int(right[sides[right, 0].argmin()]), RIGHT
        for v in np.flatnonzero(_are_line_below(box, sides)).tolist():
            cost = DOWN + CUT_IN * (not ends) + CUT_IN * (v not in firsts)
            yield u, v, cost + _FURTHER_LEFT * (lines[v].right <= lines[u].left)


def _are_right_of(box: Box, sides: _Floats) -> NDArray[np.bool_]:
    left, top, _, bottom = sides.T
    height = box.bottom - box.top
    overlap = np.minimum(bottom, box.bottom) - np.maximum(top, box.top)
    on_line = overlap >= LINE_OVERLAP * np.minimum(bottom - top, height)
    return np.asarray((left >= box.right - height / 2) & (left > box.left) & on_line)


def _are_line_below(box: Box, sides: _Floats) -> NDArray[np.bool_]:
    """The next line of a text never begins right of the end of the last one."""
    left, top, _, bottom = sides.T
    height = box.bottom - box.top
    lower = top + bottom > box.top + box.bottom + height
    return np.asarray((left < box.right) & lower & (top - box.bottom < _LINE_STEP * height))
