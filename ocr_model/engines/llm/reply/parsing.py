"""Completion text -> pairs, with a note for every repair.

Pure. Repairs lose nothing that was written; where a repair would have to guess, the text is
refused. Knows neither requests nor why a completion ended.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, NoReturn

from ocr_model.engines.llm.reply.loose_json import Literal, Members, load_json
from ocr_model.errors import ParseError, excerpt
from ocr_model.schema import KeyValueList, KeyValueModel

_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
# A reply about the page instead of its pairs, in the shape of a mapping.
_NOT_QUESTIONS = frozenset({"error", "message", "detail", "refusal", "status"})


@dataclass(frozen=True, slots=True)
class Parsed:
    """The pairs of a completion and the repairs it took to read them."""

    pairs: KeyValueList
    notes: tuple[str, ...]


def parse_pairs(text: str, *, unwrap: bool = True) -> Parsed:
    """Read the pairs a completion holds.

    '{"pairs": [{"key": "Name", "value": ["Ann"]}]}' -> Name: [Ann]

    Args:
        unwrap: look for the JSON inside fences, think tags and prose, too.

    Raises:
        ParseError: there is no JSON, more than one candidate, it breaks off, or is no list of
            pairs.
    """
    notes: Counter[str] = Counter()
    value = load_json(text, unwrap, notes)
    reader = _Reader(text, notes)
    pairs = KeyValueList(pairs=reader.pairs_of(value))
    return Parsed(pairs, tuple(f"{note}: {n}" if n > 1 else note for note, n in notes.items()))


class _Reader:
    """Turns decoded JSON into pairs and counts what had to be adapted."""

    def __init__(self, text: str, notes: Counter[str]) -> None:
        self._text = text
        self._notes = notes

    def pairs_of(self, value: Any) -> list[KeyValueModel]:
        if isinstance(value, Members):
            return self._of_object(value)
        if isinstance(value, list):
            self._notes["list of pairs without an object around it"] += 1
            return [self._pair(item) for item in value]
        return self._refuse("an object with pairs", value)

    def _of_object(self, members: Members) -> list[KeyValueModel]:
        names = [name for name, _ in members]
        if "pairs" in names:
            self._note_unknown(names, {"pairs"})
            lists = [self._list("pairs", value) for name, value in members if name == "pairs"]
            if len(lists) > 1:
                self._notes["lists of a repeated member joined"] += 1
            return [self._pair(item) for items in lists for item in items]
        if "key" in names and set(names) <= {"key", "value"}:
            self._notes["single pair without a list around it"] += 1
            return [self._pair(members)]
        if not members:
            self._notes["object without `pairs` read as none"] += 1
            return []
        if set(names) <= _NOT_QUESTIONS:
            return self._refuse("an object with pairs", members)
        # Weaker LLMs write {"Name": "Ann"} whatever the schema says.
        self._notes["mapping of questions to answers read as pairs"] += 1
        return [self._model(name, self._answers(value)) for name, value in members]

    def _list(self, name: str, value: Any) -> list[Any]:
        if value is None:
            self._notes["null read as an empty list"] += 1
            return []
        if isinstance(value, list) and not isinstance(value, Members):
            return value
        return self._refuse(f"a list in `{name}`", value)

    def _pair(self, item: Any) -> KeyValueModel:
        if not isinstance(item, Members):
            return self._refuse("a pair with `key` and `value`", item)
        names = [name for name, _ in item]
        self._note_unknown(names, {"key", "value"})
        keys = {value for name, value in item if name == "key" and isinstance(value, str)}
        if len(keys) != 1:
            return self._refuse("a pair with one `key` of text", item)
        values = [value for name, value in item if name == "value"]
        if not values:
            self._notes["missing `value` read as an empty list"] += 1
        if len(values) > 1:
            self._notes["lists of a repeated member joined"] += 1
        return self._model(keys.pop(), [text for value in values for text in self._answers(value)])

    def _model(self, key: str, answers: list[str]) -> KeyValueModel:
        return KeyValueModel(key=self._clean(key), value=answers)

    def _answers(self, value: Any) -> list[str]:
        if isinstance(value, Members) or not isinstance(value, list):
            if value is None:
                self._notes["null read as an empty list"] += 1
                return []
            if isinstance(value, str | bool):
                self._notes["single answer read as a list"] += 1
            value = [value]
        texts = [self._answer(item) for item in value]
        return [text for text in texts if text is not None]

    def _answer(self, item: Any) -> str | None:
        if isinstance(item, bool):
            item = Literal("true" if item else "false")
        if item is None or (isinstance(item, str) and not item.strip()):
            self._notes["blank answer dropped"] += 1
            return None
        if not isinstance(item, str):
            return self._refuse("answers of text", item)
        if isinstance(item, Literal):
            self._notes["number or truth value kept as written"] += 1
        return self._clean(item)

    def _clean(self, text: str) -> str:
        cleaned = _NOT_TEXT.sub("", text)
        if cleaned != text:
            self._notes["characters that are no text removed"] += 1
        return str(cleaned)

    def _note_unknown(self, names: list[str], known: set[str]) -> None:
        for name in names:
            if name not in known:
                self._notes["unknown member dropped"] += 1

    def _refuse(self, expected: str, value: Any) -> NoReturn:
        raise ParseError(f"Expected {expected}, got {excerpt(value)}.", text=self._text)
