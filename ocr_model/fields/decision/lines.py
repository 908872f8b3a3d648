"""The words of a page as lines, and as runs of words close together on a line. Pure geometry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median

from ocr_model.schema import Box, Word

# In text heights: words closer than this on one line are one run.
_RUN_GAP = 1.0
_SAME_LINE = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """Indices of the words of one run, from left to right, and the box around them."""

    words: tuple[int, ...]
    box: Box


@dataclass(frozen=True)
class PageWords:
    """The words of one page. `unit` is the height of its text in pixels."""

    number: int
    words: Sequence[Word]
    unit: float = field(init=False)

    def __post_init__(self) -> None:
        high = [word.box.bottom - word.box.top for word in self.words]
        object.__setattr__(self, "unit", max(median(high), 1.0) if high else 1.0)

    @cached_property
    def lines(self) -> list[list[int]]:
        """Indices of words line by line, from top to bottom and left to right."""
        order = sorted(
            range(len(self.words)),
            key=lambda i: self.words[i].box.top + self.words[i].box.bottom,
        )
        lines: list[list[int]] = []
        for i in order:
            # Compare with the last close word of a line, so that a skewed line stays together.
            fitting = [
                line for line in lines[-3:] if same_line(self._nearest(line, i), self.words[i].box)
            ]
            if fitting:
                fitting[-1].append(i)
            else:
                lines.append([i])
        return [sorted(line, key=lambda i: self.words[i].box.left) for line in lines]

    def _nearest(self, line: Sequence[int], i: int) -> Box:
        left = self.words[i].box.left
        return min((self.words[j].box for j in line), key=lambda box: abs(box.left - left))

    @cached_property
    def runs(self) -> list[Run]:
        """In reading order."""
        return [run for line in self.lines for run in self._runs_of(line)]

    def _runs_of(self, line: Sequence[int]) -> list[Run]:
        parts: list[list[int]] = []
        for i in line:
            if parts and self.words[i].box.left - self.words[parts[-1][-1]].box.right < (
                _RUN_GAP * self.unit
            ):
                parts[-1].append(i)
            else:
                parts.append([i])
        return [Run(tuple(part), self.around(part)) for part in parts]

    def around(self, indices: Iterable[int]) -> Box:
        return Box.around(self.words[i].box for i in indices)

    def text(self, indices: Iterable[int]) -> str:
        return " ".join(self.words[i].text for i in indices)

    def words_at(self, line: Sequence[int], at: int, length: int) -> tuple[int, ...]:
        """The words that contain a part of a line's text."""
        start, inside = 0, []
        for i in line:
            end = start + len(self.words[i].text)
            if start < at + length and end > at:
                inside.append(i)
            start = end + 1
        return tuple(inside)

    def confidence(self, indices: Iterable[int]) -> float:
        """The lowest confidence of the words."""
        return min((self.words[i].confidence for i in indices), default=0.0)


def overlap_x(a: Box, b: Box) -> float:
    return min(a.right, b.right) - max(a.left, b.left)


def overlap_y(a: Box, b: Box) -> float:
    return min(a.bottom, b.bottom) - max(a.top, b.top)


def same_line(a: Box, b: Box) -> bool:
    return overlap_y(a, b) >= _SAME_LINE * min(a.bottom - a.top, b.bottom - b.top)
