"""Decoded JSON -> the reply for each requested field, in every unambiguous shape.

Pure. Knows names, not types: a text is kept unchanged. Content that was not requested, or has no
place, is reported, never dropped; an unreadable row or value loses only that row or value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from ocr_model.engines.llm.reply.answers import AnswerReader
from ocr_model.engines.llm.reply.find_json import out_of_string
from ocr_model.engines.llm.reply.names import PAIRS, VALUES, folded, roles
from ocr_model.engines.llm.reply.shapes import ShapeReader
from ocr_model.engines.llm.reply.values import Literal, Members, is_array, is_empty, shown
from ocr_model.errors import ParseError
from ocr_model.fields import Column, Field, WantedFields
from ocr_model.normalize import fold_text
from ocr_model.schema import FieldKey

_VALUES = VALUES | {"text"}


class SaidText(NamedTuple):
    """The reply for a field or cell; None if it says that nothing is written there."""

    key: FieldKey
    text: str | None


class FieldShapeReader:
    """Reads replies for fields and counts adaptations.

    `said` has the order of the reply. `left_out` lists unreadable content, `not_asked` other
    members of the reply; both grow during reading.
    """

    def __init__(self, wanted: WantedFields, text: str, notes: Counter[str]) -> None:
        self.said: list[SaidText] = []
        self.left_out: list[str] = []
        self.not_asked: list[str] = []
        self._wanted = wanted
        self._names = _by_name(wanted.fields)
        self._text = text
        self._notes = notes
        self._answers = AnswerReader(notes)
        self._rows = Counter[str]()

    def read(self, value: Any) -> None:
        """Read a whole reply.

        Raises:
            ParseError: it has none of the fields, or none of them can be read.
        """
        given = set()
        for name, item in self._members(value):
            field = self._named(name, self._names)
            if field is None:
                self._report(name, item)
                continue
            given.add(field.name)
            self._field(field, item)
        absent = [field.name for field in self._wanted.fields if field.name not in given]
        if absent:
            self._notes[f"not in the reply: {', '.join(absent)}"] += 1
        if self.left_out and not self.said:
            raise ParseError(self.left_out[0], text=self._text)

    def _members(self, value: Any) -> Members:
        """The object whose members are fields, wherever it is."""
        if (pairs := self._pairs(value)) is not None:
            return pairs
        if is_array(value) and sum(not is_empty(item) for item in value) == 1:
            self._notes["list around the object removed"] += 1
            value = next(item for item in value if not is_empty(item))
        if not isinstance(value, Members):
            self._refuse(value)
        if not value or self._has_fields(value):
            return value
        inside = [(name, self._inside(item)) for name, item in value]
        wrapping = [(name, item) for name, item in inside if item is not None]
        if len(wrapping) != 1:
            self._refuse(value)
        name, inner = wrapping[0]
        out_of_string(dict(value)[name], self._notes)
        self._notes[f"object around the fields removed: {shown(name)}"] += 1
        for other, item in value:
            if other != name:
                self._report(other, item)
        return self._members(inner)

    def _inside(self, value: Any) -> Any:
        """The value of a member, if that is the object with the fields."""
        inner = out_of_string(value, Counter())
        alone = inner[0] if is_array(inner) and len(inner) == 1 else inner
        is_it = isinstance(alone, Members) and self._has_fields(alone)
        return inner if is_it or self._is_pairs(inner) else None

    def _pairs(self, value: Any) -> Members | None:
        """Questions and answers whose questions are the fields."""
        items = value
        if isinstance(value, Members) and not self._has_fields(value):
            items = next((item for name, item in value if folded(name) in PAIRS), None)
        if not self._is_pairs(items):
            return None
        notes = Counter[str]()
        reader = ShapeReader(self._text, notes)
        # A question without an answer was left blank.
        members = Members((pair.key, pair.value or "") for pair in reader.read(value))
        if not self._has_fields(members):
            return None
        self._notes.update(notes + Counter({"pairs read as fields": 1}))
        self.left_out += reader.left_out
        self.not_asked += reader.unread
        return members

    def _is_pairs(self, value: Any) -> bool:
        if not is_array(value) or not value:
            return False
        return all(
            isinstance(item, Members) and "key" in (roles(item) or {}).values() for item in value
        )

    def _has_fields(self, members: Members) -> bool:
        return any(fold_text(name) in self._names for name in members.names)

    def _named(self, name: str, known: Mapping[str, Column]) -> Any:
        """The field or column of a member, by its name, else by a unique label."""
        found = known.get(fold_text(name))
        if found is not None and found.name != name:
            self._notes[f"`{name}` read as `{found.name}`"] += 1
        return found

    def _field(self, field: Field, value: Any) -> None:
        if field.type == "table":
            self._table(field, value)
        elif field.type == "list" and value is not None and not is_array(value):
            self._notes["single answer read as a list"] += 1
            self._value(FieldKey(field.name), value)
        else:
            several = is_array(value) and len(value) > 1
            if several and field.type != "list":
                self._notes[f"several values of `{field.name}`"] += 1
            for item in value if is_array(value) else [value]:
                self._value(FieldKey(field.name), item)

    def _table(self, field: Field, value: Any) -> None:
        columns = _by_name(field.columns)
        for item in self._rows_of(field, columns, out_of_string(value, self._notes)):
            row = out_of_string(item, self._notes)
            if is_empty(row):
                self._notes["empty row dropped"] += 1
            elif isinstance(row, Members) and _has_cells(row, columns):
                self._row(field, columns, row)
            else:
                expected = f"an object with {', '.join(column.name for column in field.columns)}"
                self._leave_out(f"row of {shown(field.name)}", expected, row)

    def _rows_of(self, field: Field, columns: Mapping[str, Column], value: Any) -> Sequence[Any]:
        if is_empty(value):
            return ()
        if is_array(value):
            return list(value)
        if isinstance(value, Members):
            if _has_cells(value, columns):
                self._notes["single row without a list around it"] += 1
                return [value]
            lists = [item for _, item in value if is_array(item)]
            if len(value) == len(lists) == 1:
                self._notes["object around the rows removed"] += 1
                return list(lists[0])
        self._leave_out(shown(field.name), "a list of rows", value)
        return ()

    def _row(self, field: Field, columns: Mapping[str, Column], row: Members) -> None:
        self._rows[field.name] += 1
        given = set()
        for name, cell in row:
            column = self._named(name, columns)
            if column is None:
                self._report(name, cell, f" in row {self._rows[field.name]} of {field.name}")
            else:
                given.add(column.name)
                self._value(FieldKey(field.name, self._rows[field.name], column.name), cell)
        for column in field.columns:
            if column.name not in given:
                self._notes[f"not in a row of {field.name}: {column.name}"] += 1

    def _value(self, key: FieldKey, value: Any) -> None:
        if isinstance(value, Members):
            value = self._bare(key, value)
        if is_array(value) and len(value) == 1:
            self._notes["list around a single value removed"] += 1
            value = value[0]
        if value is None:
            return
        if isinstance(value, bool):
            value = "true" if value else "false"
        if not isinstance(value, str):
            self._leave_out(shown(key.column or key.name), "a text", value)
            return
        if isinstance(value, Literal):
            self._notes["number kept as written"] += 1
        text = self._answers.clean(value)
        self.said.append(SaidText(key, text if text.strip() else None))

    def _bare(self, key: FieldKey, value: Members) -> Any:
        """{"value": "9.00"} -> "9.00"; any other object unchanged."""
        if is_empty(value):
            return None
        found = [item for name, item in value if folded(name) in _VALUES]
        if len(found) != 1:
            return value
        self._notes["object around a value removed"] += 1
        for name, item in value:
            if folded(name) not in _VALUES:
                self._report(name, item, f" in {key.column or key.name}")
        return found[0]

    def _report(self, name: str, value: Any, where: str = "") -> None:
        if is_empty(value):
            self._notes["empty unknown member dropped"] += 1
        else:
            self.not_asked.append(f"not asked for: {shown(name)}: {shown(value)}{where}")

    def _leave_out(self, what: str, expected: str, received: Any) -> None:
        self.left_out.append(f"{what} left out: Expected {expected}, got {shown(received)}.")

    def _refuse(self, value: Any) -> NoReturn:
        raise ParseError(
            f"Expected an object with the fields, got {shown(value)}.", text=self._text
        )


def _has_cells(row: Members, columns: Mapping[str, Column]) -> bool:
    return any(fold_text(name) in columns and not is_empty(cell) for name, cell in row)


def _by_name(columns: Iterable[Column]) -> dict[str, Column]:
    """By name and by label, folded; names take precedence, and a shared label is ignored."""
    known = {fold_text(column.name): column for column in columns}
    labels = [(label, c) for c in known.values() for label in {*map(fold_text, c.labels)}]
    count = Counter(label for label, _ in labels)
    return {label: column for label, column in labels if count[label] == 1} | known
