"""What is nearly JSON -> its value: trailing commas, and literals as Python writes them.

Pure. Reads what has one meaning and nothing more: no comma is put in, no quote is closed, two
strings side by side are not joined.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from ocr_model.engines.llm.reply.values import Literal, Members

TRAILING_COMMA, PYTHON = "trailing comma removed", "Python literal read as JSON"

_DEEPEST = 50
_BLANKS = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")
_WORD = re.compile(r"[A-Za-z]+")
_WORDS = {"true": True, "false": False, "null": None, "NaN": None, "nan": None}
_PYTHON_WORDS = {"True": True, "False": False, "None": None}
_STRING = {
    '"': re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL),
    "'": re.compile(r"'((?:[^'\\]++|\\.)*+)'", re.DOTALL),
}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"} | {c: c for c in "\"'\\/"}
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_CLOSING = {"{": "}", "[": "]", "(": ")"}


def decode_prefix(text: str, start: int, notes: Counter[str]) -> tuple[Any, int]:
    """The value that begins at `start`, and where it ends; `notes` say what was unusual.

    "{'a': [1,]}" -> Members([("a", [Literal("1")])]), 11

    Raises:
        ValueError: it is no value, even leniently read, or it breaks off.
    """
    reader = _Reader(text)
    value, end = reader.value(start, 0)
    notes.update(dict.fromkeys(reader.notes, 1))
    return value, end


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self.notes: list[str] = []

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        at = self._skip(at)
        sign = self._text[at : at + 1]
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        if sign in _STRING:
            return self._string(at)
        if sign == "{":
            return self._object(at, depth)
        if sign and sign in "[(":
            return self._list(at, depth)
        if number := _NUMBER.match(self._text, at):
            return Literal(number[0]), number.end()
        return self._word(at)

    def _skip(self, at: int) -> int:
        blanks = _BLANKS.match(self._text, at)
        return blanks.end() if blanks else at

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def _word(self, at: int) -> tuple[Any, int]:
        word = _WORD.match(self._text, at)
        if word and word[0] in _WORDS:
            return _WORDS[word[0]], word.end()
        if word and word[0] in _PYTHON_WORDS:
            self._note(PYTHON)
            return _PYTHON_WORDS[word[0]], word.end()
        raise ValueError(f"Expecting value at character {at}")

    def _string(self, at: int) -> tuple[str, int]:
        quote = self._text[at]
        found = _STRING[quote].match(self._text, at)
        if found is None:
            raise ValueError(f"Unterminated string starting at character {at}")
        if quote == "'":
            self._note(PYTHON)
        text = _ESCAPE.sub(self._unescaped, found[1])
        return _SURROGATES.sub(_joined, text), found.end()

    def _unescaped(self, escape: re.Match[str]) -> str:
        code = escape[1] or escape[2] or escape[3]
        if code:
            if not escape[1]:
                self._note(PYTHON)
            try:
                return chr(int(code, 16))
            except (ValueError, OverflowError) as err:
                raise ValueError(f"No such character: {escape[0]}") from err
        if escape[4] not in _ESCAPED:
            raise ValueError(f"Invalid escape: {escape[0]}")
        return _ESCAPED[escape[4]]

    def _object(self, at: int, depth: int) -> tuple[Members, int]:
        members, at = Members(), at + 1
        while (end := self._end(at, "{", bool(members))) is None:
            key, at = self.value(at, depth + 1)
            if not isinstance(key, str) or isinstance(key, Literal):
                raise ValueError(  # noqa: TRY004 - as json says it
                    f"Expecting a name in quotes before character {at}"
                )
            at = self._skip(at)
            if self._text[at : at + 1] != ":":
                raise ValueError(f"Expecting ':' delimiter at character {at}")
            value, at = self.value(at + 1, depth + 1)
            members.append((key, value))
            at = self._after_item(at, "{")
        return members, end

    def _list(self, at: int, depth: int) -> tuple[Any, int]:
        items: list[Any] = []
        opening, had_comma, at = self._text[at], False, at + 1
        while (end := self._end(at, opening, bool(items))) is None:
            item, at = self.value(at, depth + 1)
            items.append(item)
            at = self._after_item(at, opening)
            had_comma = had_comma or self._text[at - 1] == ","
        if opening == "(":
            self._note(PYTHON)
            if len(items) == 1 and not had_comma:
                return items[0], end
        return items, end

    def _end(self, at: int, opening: str, has_items: bool) -> int | None:
        """Behind the closing bracket, if it stands here; after an item, behind a comma."""
        at = self._skip(at)
        if self._text[at : at + 1] != _CLOSING[opening]:
            return None
        if has_items and self._comma_before(at) and opening != "(":
            self._note(TRAILING_COMMA)
        return at + 1

    def _comma_before(self, at: int) -> bool:
        while at and self._text[at - 1] in " \t\r\n":
            at -= 1
        return self._text[at - 1 : at] == ","

    def _after_item(self, at: int, opening: str) -> int:
        """Behind the comma that follows an item, or before the bracket that closes."""
        at = self._skip(at)
        sign = self._text[at : at + 1]
        if sign == ",":
            return at + 1
        if sign and sign == _CLOSING[opening]:
            return at
        raise ValueError(f"Expecting ',' delimiter at character {at}")


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")
