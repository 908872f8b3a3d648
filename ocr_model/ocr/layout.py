"""Words with boxes -> segments: words of one line that belong together, in reading order.

By geometry alone, for the text of a page and for finding strings on it; questions and answers are
found by `linker`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ocr_model.schema import Box, Word

# In heights of the lower of two word boxes: a typewriter's blank is narrower, the gap between two
# fields is wider.
JOIN_GAP = 0.65
# Least overlap of boxes on one line, as a share of the smaller height.
LINE_OVERLAP = 0.5

# "No.:123" is a label and its value; "9:30" and "http://" are not.
_INNER_COLON = re.compile(r"(?<=[^\W\d]|[.)#])[:\uff1a](?=[^\s:/])")
# Characters that mean something alone; other lone marks are specks and pieces of rules.
_SIGN = re.compile(r"[^\W_]|[-\u2013\u2014%#√✓✔☑☒✗\u00d7]")


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one line, or of several that were put together, read as one phrase."""

    text: str
    box: Box


def segments_of(words: Iterable[Word]) -> list[Segment]:
    """Join the words of one line that are close together; in reading order.

    "Name:" "Ann" "Lee"   "Age:" "7" -> [Name:] [Ann Lee] [Age:] [7]
    """
    upright = [part for word in words if is_upright(word) for part in split_at_colon(word)]
    segments = [
        Segment(" ".join(word.text for word in chain), around(word.box for word in chain))
        for chain in chains_of(upright, _continues)
    ]
    return reading_order(segment for segment in segments if has_sign(segment.text))


def chains_of(words: Iterable[Word], continues: Callable[[Word, Word], bool]) -> list[list[Word]]:
    """Append each word to the chain it continues, from left to right; the most level of several."""
    chains: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.box.left):
        before = [chain for chain in chains if continues(chain[-1], word)]
        if before:
            max(before, key=lambda chain: overlap_y(chain[-1].box, word.box)).append(word)
        else:
            chains.append([word])
    return chains


def is_upright(word: Word) -> bool:
    """False for text that runs up or down the margin, such as archive numbers."""
    width, height = word.box.right - word.box.left, word.box.bottom - word.box.top
    return not (len(word.text) > 2 and height > 1.5 * width)


def has_sign(text: str) -> bool:
    """False for specks and pieces of rules."""
    return _SIGN.search(text) is not None


def split_at_colon(word: Word) -> list[Word]:
    """Cut "Date:12/4" after its colons, in proportion to the characters."""
    cuts = [0, *(hit.end() for hit in _INNER_COLON.finditer(word.text)), len(word.text)]
    left, top, right, bottom = word.box
    step = (right - left) / max(len(word.text), 1)
    return [
        Word(word.text[a:b], Box(left + a * step, top, left + b * step, bottom), word.confidence)
        for a, b in pairwise(cuts)
    ]


def ends_with_colon(text: str) -> bool:
    """True for "Date:", also with a star or dot after the colon, or a Chinese colon."""
    return text.rstrip(" *.").endswith((":", "\uff1a"))


def _continues(last: Word, word: Word) -> bool:
    if ends_with_colon(last.text):
        return word.text in {":", "*"}
    return is_next(last, word)


def is_next(last: Word, word: Word) -> bool:
    """Whether a word stands close behind another on its line."""
    height = min(last.box.bottom - last.box.top, word.box.bottom - word.box.top)
    gap = word.box.left - last.box.right
    return -height < gap < JOIN_GAP * height and same_line(last.box, word.box)


def join(segments: Sequence[Segment]) -> Segment:
    return Segment(" ".join(s.text for s in segments), around(s.box for s in segments))


def reading_order(segments: Iterable[Segment]) -> list[Segment]:
    """Lines from top to bottom, each from left to right."""
    return [segment for row in rows_of(segments) for segment in row]


def rows_of(segments: Iterable[Segment]) -> list[list[Segment]]:
    """The lines of a page from top to bottom, each from left to right."""
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda segment: segment.box.top + segment.box.bottom):
        # Compared with the last one only, so that a skewed line holds together.
        if rows and same_line(rows[-1][-1].box, segment.box):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return [sorted(row, key=lambda s: s.box.left) for row in rows]


def text_height(segments: Sequence[Segment]) -> float:
    """The unit in which distances on this page are measured, in pixels."""
    return median(segment.box.bottom - segment.box.top for segment in segments)


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of them."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def overlap_y(a: Box, b: Box) -> float:
    return min(a.bottom, b.bottom) - max(a.top, b.top)


def same_line(a: Box, b: Box) -> bool:
    return overlap_y(a, b) >= LINE_OVERLAP * min(a.bottom - a.top, b.bottom - b.top)
