"""Labels that are counted: a name and its number are one phrase, though a gap looks like an answer.

"Line 1: ...", "Line 2: ..."; "Child 1 name", "Child 2 name"; "Account No. 1", "Account No. 2".
"""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np

from ocr_model.linker.boxes import LEFT, RIGHT, Floats, Indices
from ocr_model.linker.page import PageView

# The probability of an edge within a counted label, at least.
_JOINED = 0.95
# Widest blank within a label, in text heights.
_WIDEST = 0.9
_NAME = re.compile(r"\W*([^\W\d_]{2,})\W*")
_NUMBER = re.compile(r"#?(\d{1,3})[:.)]?")


def with_counted_labels(page: PageView, edges: Indices, joined: Floats) -> Floats:
    """The probabilities `joined` of the edges, raised where one joins a name and its number.

    The name stands before two numbers that follow each other. What stands behind both numbers, as
    "name" in "Child 2 name", belongs to the label, too.
    """
    close = edges[_blanks(page, edges) < _WIDEST]
    texts = [word.text.casefold() for word in page.words]
    counted: dict[str, dict[int, int]] = defaultdict(dict)
    for left, right in close.tolist():
        name, number = _NAME.fullmatch(texts[left]), _NUMBER.fullmatch(texts[right])
        if name and number:
            counted[name[1]][int(number[1])] = right
    after = dict(close.tolist())
    raised: set[int] = set()
    for places in counted.values():
        series = [i for n, i in places.items() if n - 1 in places or n + 1 in places]
        raised |= set(series)
        behind = [after[i] for i in series if i in after]
        raised |= {i for i in behind if sum(texts[i] == texts[other] for other in behind) > 1}
    return np.where(np.isin(edges[:, 1], [*raised]), np.maximum(joined, _JOINED), joined)


def _blanks(page: PageView, edges: Indices) -> Floats:
    gaps = page.boxes[edges[:, 1], LEFT] - page.boxes[edges[:, 0], RIGHT]
    return np.asarray(gaps / page.unit)
