"""Join a lone "£" or "/" to its word: left alone it would be dropped as a speck."""

from __future__ import annotations

from collections.abc import Sequence

from ocr_model.ocr import around, same_line
from ocr_model.schema import Box, Word

_MONEY = frozenset("£$€¥")
_BETWEEN = frozenset("/&+=")
# In heights of the sign's neighbour.
_WIDEST_GAP = 0.9


def with_lone_signs(words: Sequence[Word]) -> list[Word]:
    """Signs joined to the word they belong to; the other words as they are.

    "£" "4.50" -> "£ 4.50";   "4.50" "€" -> "4.50 €";   "size" "/" "weight" -> "size /" "weight"
    """
    kept = list(words)
    for sign in words:
        if sign.text not in _MONEY | _BETWEEN:
            continue
        before, after = _neighbours(sign.box, [word for word in kept if word is not sign])
        if sign.text in _MONEY and after is not None:
            pair = sign, after
        elif before is not None and (sign.text in _MONEY or after is not None):
            pair = before, sign
        else:
            continue
        kept = [word for word in kept if word not in pair]
        kept.append(_joined(*pair))
    return kept


def _neighbours(sign: Box, words: Sequence[Word]) -> tuple[Word | None, Word | None]:
    """The words just before and after a sign on its line."""
    line = [word for word in words if same_line(sign, word.box)]
    before = [word for word in line if _is_next(word.box, sign)]
    after = [word for word in line if _is_next(sign, word.box)]
    return (
        max(before, key=lambda word: word.box.right, default=None),
        min(after, key=lambda word: word.box.left, default=None),
    )


def _is_next(left: Box, right: Box) -> bool:
    height = max(left.bottom - left.top, right.bottom - right.top)
    return -0.3 * height <= right.left - left.right <= _WIDEST_GAP * height


def _joined(left: Word, right: Word) -> Word:
    box = around((left.box, right.box))
    return Word(f"{left.text} {right.text}", box, min(left.confidence, right.confidence))
