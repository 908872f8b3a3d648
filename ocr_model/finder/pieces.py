"""The words of a page cut where values may begin and end, in the two orders they may be read in.

"Date:25/12/2018" is one word of the OCR and two pieces; "RM9.00" is two, as a total may be wanted
with its currency or without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ocr_model.fields import PageWords, dates_within, money_within
from ocr_model.schema import Box

_COLON = re.compile(r"(?<=[^\W\d_]):(?=\w)")
_FIRST_DIGIT = re.compile(r"\d")
# In heights of the text: a line so near below goes on with the column.
_COLUMN_PITCH = 1.6


@dataclass(frozen=True)
class PagePieces:
    """Pieces of a page, line by line. `words` are indices into the words of the page."""

    page: PageWords
    texts: list[str] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    lines: list[list[int]] = field(default_factory=list)
    # For each piece whether it is part of a date or an amount of money.
    kinds: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for line in self.page.lines:
            own: list[int] = []
            for word, text, kind in _cut(self.page, line):
                own.append(len(self.texts))
                self.texts.append(text)
                self.words.append(word)
                self.kinds.append(kind)
            if own:
                self.lines.append(own)

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """Left, top, right, bottom of each piece; a part of a word has its share of the width."""
        boxes = np.array([self.page.words[i].box for i in self.words], dtype=np.float64)
        boxes = boxes.reshape(-1, 4)
        done = 0
        for i, word in enumerate(self.words):
            if i and self.words[i - 1] != word:
                done = 0
            whole = len(self.page.words[word].text)
            left, _, right, _ = self.page.words[word].box
            each = (right - left) / max(whole, 1)
            boxes[i, 0] = left + done * each
            done += len(self.texts[i])
            boxes[i, 2] = left + min(done, whole) * each
        return boxes

    @cached_property
    def line_of(self) -> NDArray[np.int64]:
        found = np.zeros(len(self), dtype=np.int64)
        for number, line in enumerate(self.lines):
            found[line] = number
        return found

    @cached_property
    def run_of(self) -> NDArray[np.int64]:
        """The number of the run of words that stand close together on the line."""
        of_word = {w: number for number, run in enumerate(self.page.runs) for w in run.words}
        return np.array([of_word[word] for word in self.words], dtype=np.int64)

    @cached_property
    def following(self) -> list[tuple[int, ...]]:
        """Which pieces may be read after each: the next of its line, or of its column."""
        below = self._below()
        first = {int(run): i for i, run in reversed(list(enumerate(self.run_of)))}
        after: list[tuple[int, ...]] = []
        for i in range(len(self)):
            following = [i + 1] if i + 1 < len(self) else []
            ends = not following or self.run_of[i + 1] != self.run_of[i]
            if ends and (run := below[int(self.run_of[i])]) is not None and first[run] != i + 1:
                following.append(first[run])
            after.append(tuple(following))
        return after

    def _below(self) -> list[int | None]:
        """The run under each run: the nearest that is near, and shares most of its width."""
        runs = self.page.runs
        if not runs:
            return []
        boxes = np.array([run.box for run in runs])
        found: list[int | None] = []
        for number, run in enumerate(runs):
            left, _, right, bottom = run.box
            overlap = np.minimum(boxes[:, 2], right) - np.maximum(boxes[:, 0], left)
            gap = boxes[:, 1] - bottom
            middle = (boxes[:, 1] + boxes[:, 3]) / 2
            fits = (middle > bottom) & (gap < _COLUMN_PITCH * self.page.unit)
            fits &= overlap > 0.3 * np.minimum(boxes[:, 2] - boxes[:, 0], right - left)
            fits[number] = False
            near = np.flatnonzero(fits)
            best = int(near[np.argmin(boxes[near, 1])]) if len(near) else None
            found.append(best)
        return found

    def paths(self, start: int, longest: int) -> Iterator[tuple[int, ...]]:
        """All runs of pieces that begin there: along the lines, and down the column."""
        for way in (0, -1):
            path = [start]
            branched = way == 0
            while True:
                if branched:
                    yield tuple(path)
                after = self.following[path[-1]]
                if not after or len(path) >= longest:
                    break
                branched |= len(after) > 1
                path.append(after[way])

    def within(self, box: Box) -> NDArray[np.bool_]:
        """Which pieces have their middle in a box."""
        boxes = self.boxes
        x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        inside = (box.left <= x) & (x <= box.right) & (box.top <= y) & (y <= box.bottom)
        return np.asarray(inside)

    def text(self, path: Sequence[int]) -> str:
        parts: list[str] = []
        for before, i in zip((None, *path), path, strict=False):
            glued = before is not None and self.words[before] == self.words[i] and i == before + 1
            parts.append(self.texts[i] if glued or not parts else " " + self.texts[i])
        return "".join(parts)

    def word_indices(self, path: Sequence[int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self.words[i] for i in path))


def _cut(page: PageWords, line: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """Word, text and kind of each piece of a line."""
    text = page.text(line)
    cuts, kinds = set[int](), [""] * len(text)
    for kind, within in (("date", dates_within), ("money", money_within)):
        start = 0
        for written in within(text):
            at = text.find(written, start)
            if at < 0:
                continue
            start = at + len(written)
            cuts |= {at, start}
            if kind == "money" and (digit := _FIRST_DIGIT.search(written)) is not None:
                cuts.add(at + digit.start())
            kinds[at:start] = [kind] * len(written)
    cuts |= {hit.end() for hit in _COLON.finditer(text)}
    at = 0
    for word in line:
        own = page.words[word].text
        bounds = [0, *sorted(c - at for c in cuts if at < c < at + len(own)), len(own)]
        for left, right in pairwise(bounds):
            part = own[left:right]
            if part.strip():
                yield word, part, kinds[at + left]
        at += len(own) + 1
