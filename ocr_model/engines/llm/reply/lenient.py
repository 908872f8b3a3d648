"""Almost-JSON -> its value: trailing commas, and Python literals.

Pure. Rewrites tokens and leaves the rest to the strict decoder: inserts no comma, closes no quote,
joins no adjacent strings. Ours, because libraries that repair JSON guess, and Python's own parser
joins strings.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from ocr_model.engines.llm.reply import values

TRAILING_COMMA, PYTHON = "trailing comma removed", "Python literal read as JSON"

_TOKEN = re.compile(
    r"""\s+|"(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+'|[A-Za-z]+|[^\s"'A-Za-z]""", re.DOTALL
)
_WORDS = {"True": "true", "False": "false", "None": "null", "nan": "NaN"}
_DEEPEST = 50
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|U([0-9a-fA-F]{8})|(.))|\"", re.DOTALL)
_CLOSING = {"{": "}", "[": "]", "(": ")"}


def decode_prefix(text: str, start: int, notes: Counter[str]) -> tuple[Any, int]:
    """The value that starts with the bracket at `start`, and where it ends.

    "{'a': [1,]}" -> Members([("a", [Literal("1")])]), 11; `notes` say what was unusual

    Raises:
        ValueError: it is not a value, even leniently read, or it is cut off.
    """
    rewriter = _Rewriter()
    at = start
    while token := _TOKEN.match(text, at):
        rewriter.add(token[0])
        at = token.end()
        if rewriter.is_complete:
            value = values.decode("".join(rewriter.written))
            notes.update(dict.fromkeys(rewriter.notes, 1))
            return value, at
    raise ValueError(f"Unterminated value starting at character {start}")


class _Rewriter:
    """Tokens -> tokens of JSON."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.notes: dict[str, None] = {}
        # For each open bracket: its character, its position, and whether a comma followed.
        self._open: list[tuple[str, int, bool]] = []
        # Positions of the last two non-blank tokens.
        self._previous = self._last = 0

    @property
    def is_complete(self) -> bool:
        return not self._open

    def add(self, sign: str) -> None:
        if sign[0] in "\"'":
            sign = self._string(sign)
        elif sign in _WORDS:
            self.notes |= {} if sign == "nan" else {PYTHON: None}
            sign = _WORDS[sign]
        elif sign in _CLOSING:
            if len(self._open) >= _DEEPEST:
                raise ValueError("nested too deeply")
            self._open.append((sign, len(self.written), False))
            sign = "[" if sign == "(" else sign
        elif sign == "," and self._open:
            self._open[-1] = (*self._open[-1][:2], True)
        elif sign in _CLOSING.values():
            sign = self._close(sign)
        if not sign.isspace():
            self._previous, self._last = self._last, len(self.written)
        self.written.append(sign)

    def _string(self, sign: str) -> str:
        if sign[0] == "'":
            self.notes[PYTHON] = None
        return f'"{_ESCAPE.sub(self._escape, sign[1:-1])}"'

    def _escape(self, escape: re.Match[str]) -> str:
        """A Python escape in JSON's notation; a bare quote gets its backslash."""
        if code := escape[1] or escape[2]:
            self.notes[PYTHON] = None
            return json.dumps(chr(int(code, 16)))[1:-1]
        return {'"': '\\"', "\\'": "'"}.get(escape[0], escape[0])

    def _close(self, sign: str) -> str:
        opening, at, has_comma = self._open.pop()
        if sign != _CLOSING[opening]:
            raise ValueError(f"Expecting {_CLOSING[opening]!r} delimiter, got {sign!r}")
        if self.written[self._last] == "," and self._previous > at:
            self.written[self._last] = ""
            if opening != "(":
                self.notes[TRAILING_COMMA] = None
        if opening != "(":
            return sign
        self.notes[PYTHON] = None
        is_tuple = has_comma or self._last == at
        self.written[at] = "[" if is_tuple else " "
        return "]" if is_tuple else " "
