"""Words with boxes -> segments: what a reader takes together, and what stands beside and above it.

Does not know which answer belongs to which question.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ocr_model.labels import Kind, ends_with_colon, kind_of
from ocr_model.schema import Box, Word

# In heights of the lower of two word boxes, which are about 1.5 times as high as the letters: a
# blank of a typewriter is narrower, the gap between two fields is wider.
JOIN_GAP = 0.65
# Shares of the smaller of two extents: overlapping so far, boxes are on one line or in one column.
LINE_OVERLAP = 0.5
COLUMN_OVERLAP = 0.3
# In text heights of the page, between lines that belong together, and between their left edges.
LINE_GAP = 0.5
INDENT = 2.0
# A line of so many words is running text.
WRAPPING_WORDS = 5

# A label that ends with one of these goes on in the next line.
_CONNECTIVES = frozenset(
    "a an and as at by for from in is of on or per the to with & - /".split()  # noqa: SIM905
)

# "No.:123" is a label and its value; "9:30" and "http://" are not.
_INNER_COLON = re.compile(r"(?<=[^\W\d]|[.)#])[:\uff1a](?=[^\s:/])")
# Signs that mean something alone; of others nothing is left but specks and pieces of rules.
_SIGN = re.compile(r"[^\W_]|[-\u2013\u2014%#√✓✔☑☒✗\u00d7]")


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one line, or of several that were put together, read as one phrase."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each segment the index of the nearest one on that side; None where there is none."""

    left: list[int | None]
    right: list[int | None]
    above: list[int | None]


def segments_of(words: Iterable[Word]) -> list[Segment]:
    """Join the words of one line that stand close together; in reading order.

    "Name:" "Ann" "Lee"   "Age:" "7" -> [Name:] [Ann Lee] [Age:] [7]
    """
    upright = [part for word in words if is_upright(word) for part in _split_at_colon(word)]
    chains: list[list[Word]] = []
    for word in sorted(upright, key=lambda word: word.box.left):
        before = [chain for chain in chains if _continues(chain[-1], word)]
        if before:
            max(before, key=lambda chain: overlap_y(chain[-1].box, word.box)).append(word)
        else:
            chains.append([word])
    segments = [
        Segment(" ".join(word.text for word in chain), around(word.box for word in chain))
        for chain in chains
    ]
    return reading_order(segment for segment in segments if _SIGN.search(segment.text))


def is_upright(word: Word) -> bool:
    """False for text that runs up or down the margin, such as archive numbers."""
    width, height = word.box.right - word.box.left, word.box.bottom - word.box.top
    return not (len(word.text) > 2 and height > 1.5 * width)


def _split_at_colon(word: Word) -> list[Word]:
    """Cut "Date:12/4" behind its colons; the widths follow the number of characters."""
    cuts = [0, *(hit.end() for hit in _INNER_COLON.finditer(word.text)), len(word.text)]
    left, top, right, bottom = word.box
    step = (right - left) / max(len(word.text), 1)
    return [
        Word(word.text[a:b], Box(left + a * step, top, left + b * step, bottom), word.confidence)
        for a, b in pairwise(cuts)
    ]


def _continues(last: Word, word: Word) -> bool:
    if ends_with_colon(last.text):
        return word.text in {":", "*"}
    height = min(last.box.bottom - last.box.top, word.box.bottom - word.box.top)
    gap = word.box.left - last.box.right
    return -height < gap < JOIN_GAP * height and same_line(last.box, word.box)


def join_wrapped(segments: Sequence[Segment]) -> list[Segment]:
    """Put the lines of a paragraph, and of a label that takes several, into one segment."""
    if not segments:
        return []
    height, near = text_height(segments), neighbours_of(segments)
    first_line = list(range(len(segments)))
    continued: set[int] = set()
    for i, segment in enumerate(segments):
        j = near.above[i]
        if j is None or near.right[j] is not None:
            continue
        upper = segments[j]
        close = segment.box.top - upper.box.bottom < LINE_GAP * height
        aligned = abs(segment.box.left - upper.box.left) <= INDENT * height
        if close and aligned and j not in continued and _goes_on(upper.text, segment.text):
            continued.add(j)
            first_line[i] = first_line[j]
    lines: dict[int, list[Segment]] = defaultdict(list)
    for i, first in enumerate(first_line):
        lines[first].append(segments[i])
    return reading_order(join(group) for group in lines.values())


def join(segments: Sequence[Segment]) -> Segment:
    return Segment(" ".join(s.text for s in segments), around(s.box for s in segments))


def _goes_on(upper: str, lower: str) -> bool:
    """Whether the line below is more of the same phrase.

    "Date of", "birth" -> True; "This change", "(from budget)" -> True; "Name", "Date" -> False
    """
    kinds = kind_of(upper), kind_of(lower)
    if kinds[0] in (Kind.TICK, Kind.VALUE, Kind.LABEL):
        return False
    if len(upper.split()) >= WRAPPING_WORDS and kinds[1] != Kind.LABEL:
        return True
    opened = lower[0].islower() or lower[0] == "(" or upper.split()[-1].lower() in _CONNECTIVES
    return opened and max(kinds) >= Kind.LIKELY and kinds[1] > Kind.VALUE


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


def neighbours_of(segments: Sequence[Segment]) -> Neighbours:
    count = len(segments)
    left: list[int | None] = [None] * count
    right: list[int | None] = [None] * count
    above: list[int | None] = [None] * count
    height = text_height(segments) if segments else 0.0
    for i, segment in enumerate(segments):
        others = [(j, other.box) for j, other in enumerate(segments) if j != i]
        left[i] = _nearest_left(segment.box, others, height)
        above[i] = _nearest_above(segment.box, others, height)
    for i, j in enumerate(left):
        if j is not None:
            known = right[j]
            if known is None or segments[i].box.left < segments[known].box.left:
                right[j] = i
    return Neighbours(left, right, above)


def _nearest_left(box: Box, others: Iterable[tuple[int, Box]], height: float) -> int | None:
    found = (
        (box.left - other.right, j)
        for j, other in others
        if other.left < box.left and other.right <= box.left + height / 2 and same_line(box, other)
    )
    return min(found, default=(0.0, None))[1]


def _nearest_above(box: Box, others: Iterable[tuple[int, Box]], height: float) -> int | None:
    found = (
        (box.top - other.bottom, j)
        for j, other in others
        if box.top + box.bottom - other.top - other.bottom > height
        and same_column(box, other)
        and not same_line(box, other)
    )
    return min(found, default=(0.0, None))[1]


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of them."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def overlap_y(a: Box, b: Box) -> float:
    return min(a.bottom, b.bottom) - max(a.top, b.top)


def same_line(a: Box, b: Box) -> bool:
    return overlap_y(a, b) >= LINE_OVERLAP * min(a.bottom - a.top, b.bottom - b.top)


def same_column(a: Box, b: Box) -> bool:
    overlap = min(a.right, b.right) - max(a.left, b.left)
    return overlap > COLUMN_OVERLAP * min(a.right - a.left, b.right - b.left)
