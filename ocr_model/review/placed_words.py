"""Words of the OCR and boxes a person drew -> which words belong to which box, and their places.

Pure. The OCR returns words or runs of words, sometimes misread; a text that a person typed gets its
places from similar letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from ocr_model.schema import Box

_WORD = re.compile(r"\S+")

Placed = tuple[str, Box]


def single_words(text: str, box: Box) -> list[Placed]:
    """Split a run into words, each with its share of the box by the number of letters.

    "Date: 5", (0, 0, 70, 10) -> [("Date:", (0, 0, 50, 10)), ("5", (60, 0, 70, 10))]
    """
    return [
        (found[0], _slice(box, found.start(), found.end(), len(text)))
        for found in _WORD.finditer(text)
    ]


def owners(words: Sequence[Placed], boxes: Sequence[Box]) -> list[int]:
    """For each word the box that contains its centre, of several the smallest; -1 for none."""
    by_size = sorted(range(len(boxes)), key=lambda i: _area(boxes[i]))
    return [next((i for i in by_size if boxes[i].holds_middle(box)), -1) for _, box in words]


def placed_text(text: str, words: Sequence[Placed], box: Box) -> list[Placed]:
    """The words of a true text at the places of the letters that the OCR read for them.

    A letter without a match in `words` is placed next to its neighbours; without any words, in
    `box`.

    "TOTAL 9.00" read as ("TOTA1", a), ("9.00", b) -> [("TOTAL", a), ("9.00", b)]
    """
    if not words:
        return single_words(text, box)
    read = " ".join(word for word, _ in words)
    letters = [
        _slice(place, i, i + 1, len(word)) if i < len(word) else None
        for word, place in words
        for i in range(len(word) + 1)
    ][:-1]
    source = _sources(read, text)
    placed = []
    for found in _WORD.finditer(text):
        own = [letters[source[i]] for i in range(found.start(), found.end())]
        known = [letter for letter in own if letter is not None]
        placed.append((found[0], Box.around(known) if known else box))
    return placed


def _sources(read: str, text: str) -> list[int]:
    """For each letter of the text, the matching letter that was read, or the nearest one."""
    source = [0] * len(text)
    for step in Levenshtein.opcodes(read, text):
        for offset in range(step.dest_end - step.dest_start):
            there = min(step.src_start + offset, max(step.src_end - 1, step.src_start))
            source[step.dest_start + offset] = min(there, len(read) - 1)
    return source


def _slice(box: Box, start: int, end: int, letters: int) -> Box:
    width = (box.right - box.left) / letters
    return Box(box.left + start * width, box.top, box.left + end * width, box.bottom)


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)
