"""Characters of a page -> words, segmented like the OCR's, in runs of one line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ocr_model.schema import Box, Character, Word

# In font sizes: with a larger gap or vertical offset, characters belong to two words.
_GAP, _STEP = 0.12, 0.1
# The same at the end of a drawing operation: within a word, the next one continues exactly there.
_GAP_OF_PIECES = 0.03
# Largest letter spacing; estimated from the lower quartile of a line's gaps.
_WIDEST_SPACING, _QUARTER = _GAP, 4
# How far a letter may overlap the previous one.
_BACK = 0.4
# The gap between two runs: blanks in justified lines are up to 0.4 wide.
_RUN_GAP = 0.9
# How far the OCR's line boxes extend above and below the baseline: in font sizes, and relative to
# the ink of the line. Fitted to its readings of rendered pages.
_UP, _UP_OF_INK = 0.476, 0.673
_DOWN, _DOWN_OF_INK = 0.225, 0.453
# In font sizes, margin left and right of the ink of each word.
_ROOM_LEFT, _ROOM_RIGHT = 0.01, 0.08
# The OCR's confidence for clean print; the linker was trained with it.
_CONFIDENCE = 0.99
# Dots and lines to write on are not text, though they may be drawn as text.
_LEADERS = re.compile(r"_{2,}|\.{4,}|…{2,}")


@dataclass(frozen=True, slots=True)
class PrintedWord:
    """Adjacent characters."""

    characters: tuple[Character, ...]

    @property
    def text(self) -> str:
        return "".join(character.text for character in self.characters)

    @property
    def box(self) -> Box:
        """Around the ink."""
        return Box.around(character.box for character in self.characters)


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one line that are close together."""

    words: tuple[PrintedWord, ...]

    @property
    def characters(self) -> Iterator[Character]:
        for word in self.words:
            yield from word.characters

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def size(self) -> float:
        return max(character.size for character in self.characters)

    @property
    def box(self) -> Box:
        """The box with the margin that the OCR gives a line."""
        left, top, right, bottom = Box.around(word.box for word in self.words)
        size, baseline = self.size, _baseline(self.words[0])
        return Box(
            left - _ROOM_LEFT * size,
            baseline - _UP * size - _UP_OF_INK * (baseline - top),
            right + _ROOM_RIGHT * size,
            baseline + _DOWN * size + _DOWN_OF_INK * (bottom - baseline),
        )

    def as_words(self) -> Iterator[Word]:
        """Words in the OCR's format: as high as their line, with a margin."""
        _, top, _, bottom = self.box
        left, right = _ROOM_LEFT * self.size, _ROOM_RIGHT * self.size
        for word in self.words:
            box = Box(word.box.left - left, top, word.box.right + right, bottom)
            yield Word(word.text, box, _CONFIDENCE)


def runs_of(characters: Iterable[Character]) -> list[Run]:
    """The runs of a page from top to bottom, without dots and lines to write on.

    "Name: Ann Lee ........." on one line -> Name: Ann Lee
    """
    words = [
        part for word in _words_of(characters) for part in _without_leaders(word) if part.characters
    ]
    rows: list[list[PrintedWord]] = []
    for word in sorted(words, key=lambda word: (_baseline(word), word.box.left)):
        if rows and _baseline(word) - _baseline(rows[-1][0]) <= _STEP * _size(word):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [run for row in rows for run in _runs_of_row(row)]


def _words_of(characters: Iterable[Character]) -> Iterator[PrintedWord]:
    for line in _lines_of(characters):
        spacing = _spacing(line)
        together: list[Character] = []
        for character in line:
            if together and not _goes_on(together[-1], character, spacing):
                yield PrintedWord(tuple(together))
                together = []
            together.append(character)
        yield PrintedWord(tuple(together))


def _lines_of(characters: Iterable[Character]) -> Iterator[list[Character]]:
    """Characters in a row on one level."""
    line: list[Character] = []
    for character in characters:
        if line and abs(character.baseline - line[-1].baseline) > _STEP * _larger(
            line[-1], character
        ):
            yield line
            line = []
        line.append(character)
    if line:
        yield line


def _spacing(line: Sequence[Character]) -> float:
    """The letter spacing of a line, in font sizes."""
    gaps = sorted(_gap(last, character) for last, character in pairwise(line))
    spacing = gaps[len(gaps) // _QUARTER] if gaps else 0.0
    return spacing if 0 < spacing <= _WIDEST_SPACING else 0.0


def _goes_on(last: Character, character: Character, spacing: float) -> bool:
    gap = _gap(last, character) - spacing
    widest = _GAP if last.piece == character.piece else _GAP_OF_PIECES
    return not last.ends_word and -_BACK - spacing <= gap <= widest


def _gap(last: Character, character: Character) -> float:
    return (character.start - last.end) / _larger(last, character)


def _larger(last: Character, character: Character) -> float:
    return max(last.size, character.size)


def _without_leaders(word: PrintedWord) -> Iterator[PrintedWord]:
    # A character may have several letters.
    starts, text = [], ""
    for character in word.characters:
        starts.append(len(text))
        text += character.text
    end = 0
    for leader in _LEADERS.finditer(text):
        yield PrintedWord(_between(word.characters, starts, end, leader.start()))
        end = leader.end()
    if text[end:] != "_":
        yield PrintedWord(_between(word.characters, starts, end, len(text)))


def _between(
    characters: Sequence[Character], starts: Sequence[int], first: int, end: int
) -> tuple[Character, ...]:
    return tuple(
        character
        for character, start in zip(characters, starts, strict=True)
        if first <= start < end
    )


def _runs_of_row(row: list[PrintedWord]) -> Iterator[Run]:
    together: list[PrintedWord] = []
    for word in sorted(row, key=lambda word: word.box.left):
        size = max(_size(word), _size(together[-1])) if together else 0.0
        if together and word.box.left - together[-1].box.right > _RUN_GAP * size:
            yield Run(tuple(together))
            together = []
        together.append(word)
    if together:
        yield Run(tuple(together))


def _baseline(word: PrintedWord) -> float:
    return word.characters[0].baseline


def _size(word: PrintedWord) -> float:
    return word.characters[0].size
