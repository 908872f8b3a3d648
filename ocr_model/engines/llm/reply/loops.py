"""Detect an LLM that repeats itself endlessly: in truncated text, and in parsed pairs.

Pure. A table with forty equal rows is not a loop: repetitions are compared with the words of the
page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ocr_model.engines.llm.reply import values
from ocr_model.engines.llm.reply.names import roles
from ocr_model.engines.llm.reply.values import Members
from ocr_model.normalize import fold_text
from ocr_model.schema import KeyValueList

_LONGEST_PERIOD = 5  # values or pairs
_IN_A_ROW = 20
# At the token limit fewer are enough: more would have followed.
_IN_A_ROW_AT_LIMIT = 5
# Within one answer, letters and dots may repeat.
_CHARS_WITHIN_TEXT = 200

_TAIL_CHARS = 20_000
_LONGEST_UNIT_CHARS = 4_000
_BETWEEN_VALUES = re.compile(r"[\"'{}\[\],]")
_MEMBER = re.compile(r"[\"']\s*:")
_OBJECT = re.compile(r"\{[^{}]*\}")
_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)"')

# No page has more equal answers than this, readable or not.
_MOST_UNREADABLE = 100
# How an LLM writes a tick, which the words of the page do not have.
_TICKS = frozenset({"", "x", "yes", "no", "true", "false", "on", "off"}) | {
    *("checked", "unchecked", "ticked", "selected", "unselected", "v", "o", "n a", "na", "none")
}


@dataclass(frozen=True, slots=True)
class Loop:
    """The repeated unit, and how often; `at_limit` if only the token limit ended it."""

    texts: tuple[str, ...]
    times: int
    at_limit: bool = False

    def fits(self, words: Sequence[str] | None) -> bool:
        """Whether the page can contain it this often; `words` are the OCR's, if there is one.

        With "1" eighteen times on the page, twenty in a row fit, and sixty do not.
        """
        if not self.texts:
            return False
        if not words:
            return not self.at_limit and self.times <= _MOST_UNREADABLE
        page = f" {fold_text(' '.join(words))} "
        folded = [fold_text(text) for text in self.texts]
        if all(text in _TICKS for text in folded):
            return not self.at_limit and self.times <= min(_MOST_UNREADABLE, len(words))
        seen = min(page.count(text) for text in folded if text not in _TICKS)
        # The OCR misses some cells of a table, too.
        return self.times <= seen + seen // 2 + (_IN_A_ROW_AT_LIMIT if seen > 1 else 0)


def loop_in(text: str, *, at_limit: bool) -> Loop | None:
    """The loop at the end of an unfinished text.

    '{"pairs": [{"key": "A", "value": ["1", "1", "1", "1", "1", "1", "' -> "1", 6 times
    """
    if at_limit and len(text) - len(text.rstrip()) >= _CHARS_WITHIN_TEXT:
        return Loop((), len(text) - len(text.rstrip()), at_limit)
    tail = text[-_TAIL_CHARS:]
    same = _matches_with_itself(tail[::-1])
    for period in range(1, min(_LONGEST_UNIT_CHARS, len(tail) // 2) + 1):
        covered = same[period] + period
        times = covered // period
        if times < _IN_A_ROW_AT_LIMIT:
            continue
        unit = tail[-period:]
        if _BETWEEN_VALUES.search(unit):
            enough = times >= (_IN_A_ROW_AT_LIMIT if at_limit else _IN_A_ROW)
            if enough and _length_of(unit) <= _LONGEST_PERIOD:
                return Loop(_texts_of(tail[-covered:], period), times, at_limit)
        elif at_limit and times >= _IN_A_ROW and covered >= _CHARS_WITHIN_TEXT:
            return Loop((), times, at_limit)
    return None


def loop_among(pairs: KeyValueList) -> Loop | None:
    """A loop in parsed pairs: the same few pairs, or values of a pair, repeated."""
    items = [(pair.key, *pair.value) for pair in pairs.pairs]
    if found := _run(items):
        texts = [text for item in found[0] for text in (item[1:] or item)]
        return Loop(tuple(texts), found[1])
    for pair in pairs.pairs:
        if found := _run(pair.value):
            return Loop(tuple(found[0]), found[1])
    return None


def _run(items: Sequence[Any]) -> tuple[Sequence[Any], int] | None:
    """The unit that repeats with a short period, and how often, if often enough."""
    for period in range(1, _LONGEST_PERIOD + 1):
        length = longest = end = 0
        for i in range(period, len(items)):
            length = length + 1 if items[i] == items[i - period] else 0
            if length > longest:
                longest, end = length, i
        times = longest // period + 1
        if times >= _IN_A_ROW:
            return items[end - period + 1 : end + 1], times
    return None


def _matches_with_itself(text: str) -> list[int]:
    """The Z-function: for every shift, how many characters from there equal the text's start."""
    length = len(text)
    same = [length] + [0] * (length - 1) if length else []
    left = right = 0
    for i in range(1, length):
        size = min(right - i, same[i - left]) if i < right else 0
        while i + size < length and text[size] == text[i + size]:
            size += 1
        same[i] = size
        if i + size > right:
            left, right = i, i + size
    return same


def _length_of(unit: str) -> int:
    """The number of pairs in a unit, wherever it is cut; of values, if it has no objects."""
    if braces := max(unit.count("{"), unit.count("}")):
        return braces
    quotes = unit.count('"') or unit.count("'")
    strings = quotes // 2 if quotes else unit.count(",")
    return -(-strings // 2) if _MEMBER.search(unit + unit) else strings


def _texts_of(region: str, period: int) -> tuple[str, ...]:
    """The answers in one repeated unit."""
    twice = region[-2 * period :] if len(region) >= 2 * period else region
    if objects := _OBJECT.findall(region[: 2 * period + 1]) or _OBJECT.findall(twice):
        count = max(1, region[-period:].count("{"))
        return tuple(text for item in objects[:count] for text in _answers_in(item))
    first = twice.find('"')
    for start in (first, twice.find('"', first + 1)):
        # If it starts at a closing quote, the strings are the text between answers.
        wanted = [text for text in _STRING.findall(twice[start:]) if text.strip(" ,:[]\r\n")]
        if first >= 0 and wanted:
            return tuple(dict.fromkeys(wanted))
    return ()


def _answers_in(item: str) -> list[str]:
    try:
        value = values.decode(item)
    except ValueError:
        return []
    if not isinstance(value, Members):
        return []
    found = roles(value)
    wanted = [m[1] for i, m in enumerate(value) if found is None or found.get(i) == "value"]
    keys = [m[1] for i, m in enumerate(value) if found is not None and found.get(i) == "key"]
    texts = [text for item in wanted for text in (item if isinstance(item, list) else [item])]
    given = [text for text in texts if isinstance(text, str) and text]
    return given or [key for key in keys if isinstance(key, str)]
