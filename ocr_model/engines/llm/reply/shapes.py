"""Decoded JSON -> pairs, in every unambiguous shape.

Pure. Content that is not a pair is reported, never dropped; an unreadable pair loses only that
pair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NoReturn

from ocr_model.engines.llm.reply.answers import AnswerReader, NotAnswerError
from ocr_model.engines.llm.reply.find_json import out_of_string
from ocr_model.engines.llm.reply.names import (
    KEYS,
    PAIRS,
    WRAPPERS,
    folded,
    is_bare_pair,
    is_message,
    roles,
)
from ocr_model.engines.llm.reply.values import Members, is_array, is_empty, shown
from ocr_model.errors import ParseError
from ocr_model.schema import KeyValueModel

_MAPPING = "mapping of questions to answers read as pairs"
_JOINED = "lists of a repeated member joined"
_LEFT_OUT = "pair left out: "


class ShapeReader:
    """Turns decoded JSON into pairs and counts adaptations.

    `left_out` and `unread` grow during reading; they are those of `Parsed`.
    """

    def __init__(self, text: str, notes: Counter[str]) -> None:
        self.left_out: list[str] = []
        self.unread: list[str] = []
        self._text = text
        self._notes = notes
        self._answers = AnswerReader(notes)

    def read(self, value: Any) -> list[KeyValueModel]:
        """The pairs of a whole reply.

        Raises:
            ParseError: it is not a list of pairs, or none of its pairs can be read.
        """
        if isinstance(value, Members):
            pairs = self._of_object(value)
        elif isinstance(value, list):
            self._notes["list of pairs without an object around it"] += 1
            pairs = self._of_list(value)
        else:
            self._refuse("an object with pairs", value)
        if self.left_out and not pairs:
            raise ParseError(self.left_out[0].removeprefix(_LEFT_OUT), text=self._text)
        return pairs

    def _of_object(self, members: Members) -> list[KeyValueModel]:
        if (lists := self._lists_of_pairs(members)) is not None:
            return lists
        if is_bare_pair(members):
            self._notes["single pair without a list around it"] += 1
            return self._pair(members)
        if not members:
            self._notes["object without `pairs` read as none"] += 1
            return []
        if (inner := self._inside(members)) is not None:
            return inner
        if is_message(members):
            self._refuse("an object with pairs", members)
        if any(folded(name) in KEYS for name in members.names) and roles(members):
            # A pair with extra content.
            self._notes["single pair without a list around it"] += 1
            return self._pair(members)
        # Weaker LLMs write {"Name": "Ann"} whatever the schema says.
        return self._of_mapping(members)

    def _lists_of_pairs(self, members: Members) -> list[KeyValueModel] | None:
        """The value of `pairs`; None if it is not a list of pairs, or is a field of the form."""
        found, others = Members(), Members()
        for name, value in members:
            value = out_of_string(value, self._notes) if folded(name) in PAIRS else value
            (found if folded(name) in PAIRS else others).append((name, value))
        if not found:
            return None
        if others and not all(_may_be_pairs(value, others) for _, value in found):
            return None
        self._note_names(found.names, "pairs")
        self._report_unread(others)
        if len(found) > 1:
            self._notes[_JOINED] += 1
        return [pair for _, value in found for pair in self._of_pairs(value)]

    def _of_pairs(self, value: Any) -> list[KeyValueModel]:
        if value is None:
            self._notes["null read as an empty list"] += 1
            return []
        if isinstance(value, Members):
            if is_bare_pair(value):
                self._notes["single pair without a list around it"] += 1
                return self._pair(value)
            return self._of_mapping(value)
        if isinstance(value, list):
            return self._of_list(value)
        return self._refuse("a list in `pairs`", value)

    def _of_list(self, items: Sequence[Any]) -> list[KeyValueModel]:
        return [pair for item in items for pair in self._of_item(item, alone=len(items) == 1)]

    def _of_item(self, item: Any, *, alone: bool) -> list[KeyValueModel]:
        """The pairs of one item of a list: a pair, or a mapping instead."""
        item = out_of_string(item, self._notes)
        if not isinstance(item, Members):
            return self._leave_out("a pair with `key` and `value`", item)
        if roles(item) is not None:
            return self._pair(item)
        if (pairs := self._lists_of_pairs(item)) is not None:
            self._notes["list around the object removed"] += 1
            return pairs
        if not item:
            self._notes["empty object dropped"] += 1
            return []
        if len(item) == 1 or alone:
            return self._of_mapping(item)
        return self._leave_out("a pair with `key` and `value`", item)

    def _inside(self, members: Members) -> list[KeyValueModel] | None:
        """The pairs inside one object around them."""
        filled = [(name, value) for name, value in members if not is_empty(value)]
        inner = [(name, out_of_string(value, Counter())) for name, value in filled]
        wrapping = [(name, value) for name, value in inner if _wraps(name, value)]
        if len(wrapping) != 1:
            return None
        name, value = wrapping[0]
        others = Members((n, v) for n, v in members if n != name)
        if not _holds_pairs(value) and any(not is_empty(other) for _, other in others):
            return None
        out_of_string(dict(filled)[name], self._notes)
        self._notes[f"object around the pairs removed: {shown(name)}"] += 1
        self._report_unread(others)
        if isinstance(value, Members):
            return self._of_object(value)
        return self._of_list(value)

    def _of_mapping(self, members: Members) -> list[KeyValueModel]:
        self._notes[_MAPPING] += 1
        return [pair for name, value in members for pair in self._model(name, [value])]

    def _pair(self, item: Members) -> list[KeyValueModel]:
        found = roles(item) or {}
        self._report_unread(
            Members(member for i, member in enumerate(item) if i not in found), of=item
        )
        by_role: dict[str, list[tuple[str, Any]]] = {"key": [], "value": []}
        for i, role in found.items():
            by_role[role].append(item[i])
        keys = {text for _, text in by_role["key"] if isinstance(text, str)}
        if len(keys) != 1:
            return self._leave_out("a pair with one `key` of text", item)
        for role, members in by_role.items():
            self._note_names([name for name, _ in members], role)
        if not by_role["value"]:
            self._notes["missing `value` read as an empty list"] += 1
        return self._model(keys.pop(), self._joined(by_role["value"]))

    def _joined(self, members: Sequence[tuple[str, Any]]) -> list[Any]:
        """The values of a pair; equal values under two names count once."""
        if len(members) > 1:
            if len({name for name, _ in members}) == len(members) and all(
                value == members[0][1] for _, value in members
            ):
                self._notes["the same value under two names read once"] += 1
                return [members[0][1]]
            self._notes[_JOINED] += 1
        return [value for _, value in members]

    def _model(self, key: str, values: Sequence[Any]) -> list[KeyValueModel]:
        try:
            answers = [text for value in values for text in self._answers.read(value)]
        except NotAnswerError:
            received = values[0] if len(values) == 1 else list(values)
            return self._leave_out(f"answers of text for {shown(key)}", received)
        return [KeyValueModel(key=self._answers.clean(key), value=answers)]

    def _note_names(self, names: Sequence[str], role: str) -> None:
        for name in names:
            if name != role:
                self._notes[f"`{name}` read as `{role}`"] += 1

    def _report_unread(self, members: Members, of: Members | None = None) -> None:
        """Drop empty members with a note, report others with their content."""
        for name, value in members:
            if is_empty(value):
                self._notes["empty unknown member dropped"] += 1
            else:
                where = "" if of is None else f" in {shown(of)}"
                self.unread.append(f"{shown(name)}: {shown(value)}{where}")

    def _leave_out(self, expected: str, received: Any) -> list[KeyValueModel]:
        self.left_out.append(f"{_LEFT_OUT}Expected {expected}, got {shown(received)}.")
        return []

    def _refuse(self, expected: str, value: Any) -> NoReturn:
        raise ParseError(f"Expected {expected}, got {shown(value)}.", text=self._text)


def _may_be_pairs(value: Any, others: Members) -> bool:
    """Whether `pairs` has the pairs, and is not a field of a form with other fields.

    {"pairs": ["2"], "Size": ["42"]} -> False; {"pairs": [], "note": "blank page"} -> True
    """
    if is_empty(value):
        return not all(is_array(other) for _, other in others)
    if isinstance(value, Members):
        return True
    return isinstance(value, list) and any(isinstance(item, Members) for item in value)


def _wraps(name: str, value: Any) -> bool:
    """Whether a member is an object around the pairs: by its content, else by its name."""
    if _holds_pairs(value):
        return True
    if is_array(value):
        return folded(name) in WRAPPERS and all(isinstance(item, Members) for item in value)
    return isinstance(value, Members) and folded(name) in WRAPPERS


def _holds_pairs(value: Any) -> bool:
    if isinstance(value, Members):
        return any(folded(name) in PAIRS and is_array(inner) for name, inner in value)
    if not isinstance(value, list):
        return False
    return any(
        isinstance(item, Members) and "key" in (roles(item) or {}).values() for item in value
    )
