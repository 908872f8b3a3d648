"""Find where on a page a text stands, given the words of the page. Pure; made for pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import product

from ocr_model.normalize import fold_text
from ocr_model.report.pair_matching import SIMILAR
from ocr_model.schema import Box, Word

# A misread text is looked for only where its first or last letters are read right.
_SURE_LETTERS = 3


def find_text(text: str, words: Sequence[Word]) -> list[Box]:
    """Boxes around the runs of words that read like `text`, in page order; best reading only.

    "Ann  BERG:" among Name: / Ann / Berg -> [the box around Ann and Berg]

    Case, punctuation and blanks are left out of it: OCR puts blanks where it likes. Where nothing
    is equal, the runs that are most similar count, if they are `SIMILAR`.
    """
    target = _letters(text)
    if not target:
        return []
    readable = [word for word in words if _letters(word.text)]
    runs = list(_runs([_letters(word.text) for word in readable], len(target)))
    found = [run for run in runs if run[0] == target] or _most_similar(target, runs)
    return [_around([word.box for word in readable[start:end]]) for _, start, end in found]


# The letters of a run of words, its first word, and the one behind its last.
_Run = tuple[str, int, int]


def _runs(words: Sequence[str], length: int) -> Iterator[_Run]:
    """Neighbouring words joined, where they are about as long as what is looked for."""
    shortest, longest = length * SIMILAR, length / SIMILAR
    for start in range(len(words)):
        joined = ""
        for end in range(start, len(words)):
            joined += words[end]
            if len(joined) > longest:
                break
            if len(joined) >= shortest:
                yield joined, start, end + 1


def _most_similar(target: str, runs: Sequence[_Run]) -> list[_Run]:
    # One matcher for all runs: it keeps what it has learnt of its second text.
    matcher = SequenceMatcher(None, "", target, autojunk=False)
    head, tail = target[:_SURE_LETTERS], target[-_SURE_LETTERS:]
    best, found = SIMILAR, list[_Run]()
    for run in runs:
        if not run[0].startswith(head) and not run[0].endswith(tail):
            continue
        matcher.set_seq1(run[0])
        share = matcher.ratio() if matcher.quick_ratio() >= best else 0.0
        if share >= best:
            found = [*found, run] if share == best else [run]
            best = share
    return found


@lru_cache(maxsize=65_536)
def _letters(text: str) -> str:
    return fold_text(text).replace(" ", "")


def _around(boxes: Sequence[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def nearest(ones: Sequence[Box], others: Sequence[Box]) -> tuple[Box | None, Box | None]:
    """One box of each list, as close together as there are; the first where a list is alone."""
    if not ones or not others:
        return (ones[0] if ones else None), (others[0] if others else None)
    return min(product(ones, others), key=lambda pair: _gap(*pair))


def _gap(one: Box, other: Box) -> float:
    """Pixels between two boxes across plus down; 0 where they touch."""
    across = max(one.left - other.right, other.left - one.right, 0.0)
    down = max(one.top - other.bottom, other.top - one.bottom, 0.0)
    return across + down
