"""Check boxes -> answers: the option beside a tick answers the question above it, others do not.

The stages take an option as a question and its mark as the answer, as forms with typed marks are
annotated ("Urgent" -> "X"). A drawn tick is not text, so the option itself is the answer:
"Handling:" -> "Urgent". An option whose box is empty was not chosen, and is no question left blank.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ocr_model.linker.boxes import heights, overlap_x, same_line
from ocr_model.linker.drawing import TICKED
from ocr_model.linker.page import PageView
from ocr_model.linker.stages import HEADER, QUESTION, Groups, Link, Linked
from ocr_model.ocr import ends_with_colon

_ASKS = re.compile(r"\?\s*(\([^()]*\))?$")
# Farthest an option may be below its question, in text heights.
_FARTHEST_ABOVE = 16.0
# Farthest an option may begin left of the question above it, in text heights.
_OUTDENT = 1.0
# Widest gap between a box and its option, in text heights.
_BESIDE = 1.5
# A box alone may be one to write into.
_FEWEST_BOXES = 2


def unticked_options(view: PageView, groups: Groups) -> frozenset[int]:
    """The groups beside an empty check box, on a page that has more of them."""
    boxes, options = view.empty_boxes, groups.boxes
    if len(boxes) < _FEWEST_BOXES or not len(options):
        return frozenset()
    level = (boxes[:, 1] + boxes[:, 3]) / 2
    on_line = (options[:, None, 1] < level) & (level < options[:, None, 3])
    near = -overlap_x(options, boxes) <= _BESIDE * view.unit
    return frozenset(np.flatnonzero((on_line & near).any(axis=1)).tolist())


def with_ticked_options(linked: Linked, links: Sequence[Link]) -> list[Link]:
    """Replace links from an option to its drawn tick by links from a question to the option.

    Keeps the order. Where no question is found, the tick stays the answer of its option.
    """
    texts = linked.groups.texts
    ticked = {link.question for link in links if texts[link.answer] == TICKED}
    if not ticked:
        return list(links)
    answered = {link.question for link in links if texts[link.answer] != TICKED}
    asking = _asking(linked, ticked)
    found = {option: _asked(option, asking, answered, linked) for option in ticked}
    return [_changed(link, found) if texts[link.answer] == TICKED else link for link in links]


def _changed(link: Link, asked: dict[int, int | None]) -> Link:
    question = asked[link.question]
    return link if question is None else replace(link, question=question, answer=link.question)


def _asking(linked: Linked, taken: set[int]) -> list[int]:
    """Headings, and questions that end in a colon or question mark; never options."""
    labels = linked.groups.labels.argmax(axis=1)
    return [
        i
        for i, text in enumerate(linked.groups.texts)
        if i not in taken
        and (
            labels[i] == HEADER
            or (labels[i] == QUESTION and (ends_with_colon(text) or _ASKS.search(text)))
        )
    ]


def _asked(option: int, asking: Sequence[int], answered: set[int], linked: Linked) -> int | None:
    """The nearest on the option's line, else the nearest above that begins no further right.

    A question above must have no other answer; one on the line may, as an unticked option looks
    like an answer.
    """
    boxes = linked.groups.boxes
    unit = float(np.median(heights(boxes)))
    left, top, _, _ = boxes[option]
    line = same_line(boxes)[option]
    beside = [i for i in asking if line[i] and boxes[i, 0] < left]
    if beside:
        return max(beside, key=lambda i: float(boxes[i, 2]))
    above = [
        i
        for i in asking
        if i not in answered
        and boxes[i, 3] < top + unit / 2
        and top - boxes[i, 3] < _FARTHEST_ABOVE * unit
        and boxes[i, 0] < left + _OUTDENT * unit
    ]
    return max(above, key=lambda i: float(boxes[i, 3]), default=None)
