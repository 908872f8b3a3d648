"""A page of very many words -> parts of the size of a page, each to be linked by itself. Pure.

The stages compare every word with every other: on a sheet of 35,000 words that takes gigabytes and
hours. Parts overlap by more than the distance between a question and its answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ocr_model.linker.boxes import Floats, Indices, heights
from ocr_model.schema import Box

# Most words of a page that is linked as a whole: A4 full of small print.
MOST_WORDS = 2000
# Time grows with the words of a part, and with how much of it is overlap.
_WORDS_IN_PART = 800
# In heights of the text, how far a part looks beyond its own words: lines stand 1.3 apart, and a
# word is some 4 long.
_ACROSS, _DOWN = 30.0, 16.0
# A cut is looked for between these percentiles of the words.
_MIDDLE = (35.0, 65.0)
_PLACES = 200


@dataclass(frozen=True, slots=True)
class Part:
    """A part gives the questions that begin in `core`, from all of its `words`."""

    core: Box
    words: Indices

    def has(self, box: Box) -> bool:
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        core = self.core
        return bool(core.left <= x < core.right and core.top <= y < core.bottom)


def parts_of(boxes: Floats) -> Iterator[Part]:
    """The parts of a page by the boxes of its words, in reading order; each word is in one core."""
    unit = max(float(np.median(heights(boxes))), 1.0)
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    reach = np.array([_ACROSS, _DOWN]) * unit
    everywhere = Box(-np.inf, -np.inf, np.inf, np.inf)
    for core in _cores(boxes, everywhere, np.arange(len(boxes))):
        near = (x > core.left - reach[0]) & (x < core.right + reach[0])
        near &= (y > core.top - reach[1]) & (y < core.bottom + reach[1])
        yield Part(core, np.flatnonzero(near))


def _cores(boxes: Floats, core: Box, inside: Indices) -> Iterator[Box]:
    """Halve an area with too many words across its longer side, at the widest gap."""
    if len(inside) <= _WORDS_IN_PART:
        yield core
        return
    own = boxes[inside]
    extent = own[:, 2:].max(axis=0) - own[:, :2].min(axis=0)
    is_wide = extent[0] > extent[1]
    starts, ends = own[:, [0, 2] if is_wide else [1, 3]].T
    place = _gap(starts, ends)
    first = (starts + ends) / 2 < place
    if first.all() or not first.any():  # all words at one place
        yield core
        return
    if is_wide:
        halves = core._replace(right=place), core._replace(left=place)
    else:
        halves = core._replace(bottom=place), core._replace(top=place)
    yield from _cores(boxes, halves[0], inside[first])
    yield from _cores(boxes, halves[1], inside[~first])


def _gap(starts: Floats, ends: Floats) -> float:
    """Near the middle, in the middle of the widest stretch that the fewest words reach across."""
    low, high = np.percentile((starts + ends) / 2, _MIDDLE).tolist()
    places = np.linspace(low, high, _PLACES)
    # As many have begun and not ended.
    crossed = np.searchsorted(np.sort(starts), places) - np.searchsorted(np.sort(ends), places)
    emptiest = crossed == crossed.min()
    edges = np.flatnonzero(np.diff(emptiest.astype(int), prepend=0, append=0))
    runs = edges.reshape(-1, 2)
    first, behind = runs[np.argmax(runs[:, 1] - runs[:, 0])]
    return float((places[first] + places[behind - 1]) / 2)
