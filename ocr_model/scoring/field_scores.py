"""Hold the fields that were found against the true ones. Pure; counts per document.

Precision is of what was found, recall of what is there. Exact: the text as it stands or the value
is the truth, sign for sign. Normalized: the same, folded. Typed: the values are equal, whatever way
they are written, 9.00 and 9 or 25/12/2018 and 2018-12-25.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from ocr_model.fields import Column, Field, WantedFields, read_value
from ocr_model.forms import FieldTruth
from ocr_model.normalize import fold_text
from ocr_model.schema import FieldStatus, FieldValue

FieldEquality = Literal["exact", "normalized", "typed"]


@dataclass(frozen=True, slots=True)
class FieldCounts:
    """How many values were found, how many there are, how many are equal in each way."""

    predicted: int = 0
    reference: int = 0
    exact: int = 0
    normalized: int = 0
    typed: int = 0

    def __add__(self, other: FieldCounts) -> FieldCounts:
        return FieldCounts(
            self.predicted + other.predicted,
            self.reference + other.reference,
            self.exact + other.exact,
            self.normalized + other.normalized,
            self.typed + other.typed,
        )

    def equal(self, equality: FieldEquality) -> int:
        return int(getattr(self, equality))

    def precision(self, equality: FieldEquality) -> float:
        return self.equal(equality) / self.predicted if self.predicted else float("nan")

    def recall(self, equality: FieldEquality) -> float:
        return self.equal(equality) / self.reference if self.reference else float("nan")

    def f1(self, equality: FieldEquality) -> float:
        """2 tp / (predicted + reference); nan where there is neither."""
        both = self.predicted + self.reference
        return 2 * self.equal(equality) / both if both else float("nan")


@dataclass(frozen=True, slots=True)
class FieldScores:
    """Of one document: counts of values by field, a table's by cell; and a table's by row."""

    fields: Mapping[str, FieldCounts]
    rows: Mapping[str, FieldCounts] = field(default_factory=dict)


def score_fields(
    values: Sequence[FieldValue], truth: FieldTruth, wanted: WantedFields
) -> FieldScores:
    """Count the fields of one document; those that its truth does not name are left out.

    total found 9.00, due found x; {"total": "9", "due": None}
        -> total: 1 found, 1 there, 1 typed; due: 1 found, 0 there
    """
    fields: dict[str, FieldCounts] = {}
    rows: dict[str, FieldCounts] = {}
    for one in wanted.fields:
        if one.name not in truth:
            continue
        own = [value for value in values if value.name == one.name]
        true = truth[one.name]
        if one.type == "table":
            fields[one.name], rows[one.name] = _table(own, true, one)
        else:
            texts = true if isinstance(true, list) else [true]
            given = [text for text in texts if isinstance(text, str)]
            fields[one.name] = _values(own, given, one.of_one)
    return FieldScores(fields, rows)


def overall(fields: Mapping[str, FieldCounts]) -> FieldCounts:
    """All fields of a document, or of several, together."""
    return sum(fields.values(), FieldCounts())


def _values(values: Sequence[FieldValue], true: Sequence[str], wanted: Column) -> FieldCounts:
    """One to one; the order of a list's items does not count."""
    found = [value for value in values if value.status is FieldStatus.FOUND]
    return FieldCounts(
        len(found),
        len(true),
        *(_matched(found, true, wanted, equal) for equal in (_exact, _normalized, _typed)),
    )


Equal = Callable[[FieldValue, str, Column], bool]


def _matched(found: Sequence[FieldValue], true: Sequence[str], wanted: Column, equal: Equal) -> int:
    left = list(true)
    count = 0
    for value in found:
        same = next((text for text in left if equal(value, text, wanted)), None)
        if same is not None:
            left.remove(same)
            count += 1
    return count


def _exact(value: FieldValue, true: str, wanted: Column) -> bool:  # noqa: ARG001 - as the others
    return true in (value.value, value.text)


def _normalized(value: FieldValue, true: str, wanted: Column) -> bool:  # noqa: ARG001
    return fold_text(true) in {fold_text(said) for said in (value.value, value.text) if said}


def _typed(value: FieldValue, true: str, wanted: Column) -> bool:
    """A truth that is no value of the type is compared as text."""
    read = read_value(true, wanted.model_copy(update={"pattern": None}))
    if not read.found or read.value is None or value.value is None:
        return _normalized(value, true, wanted)
    if wanted.type in ("number", "currency"):
        return Decimal(value.value) == Decimal(read.value)
    if wanted.type == "text":
        return fold_text(value.value) == fold_text(read.value)
    return value.value == read.value


def _table(
    cells: Sequence[FieldValue], true: object, table: Field
) -> tuple[FieldCounts, FieldCounts]:
    """Cells and rows; rows belong together so that most of their cells are equal."""
    given = [row for row in true if isinstance(row, Mapping)] if isinstance(true, list) else []
    by_row: dict[int, dict[str, FieldValue]] = {}
    for cell in cells:
        if cell.row is not None and cell.column is not None:
            by_row.setdefault(cell.row, {})[cell.column] = cell
    found = [row for row in by_row.values() if any(_is_found(cell) for cell in row.values())]
    each = [[_row(row, expected, table) for expected in given] for row in found]
    equal = np.array([[c.typed for c in row] for row in each]).reshape(len(found), len(given))
    matched = [each[i][j] for i, j in zip(*linear_sum_assignment(-equal), strict=True)]
    together = sum(matched, FieldCounts())
    predicted = sum(_is_found(cell) for row in found for cell in row.values())
    reference = sum(text is not None for row in given for text in row.values())
    rights = {
        name: sum(counts.equal(name) == counts.reference == counts.predicted for counts in matched)
        for name in ("exact", "normalized", "typed")
    }
    return (
        FieldCounts(predicted, reference, together.exact, together.normalized, together.typed),
        FieldCounts(len(found), len(given), **rights),
    )


def _row(row: Mapping[str, FieldValue], true: Mapping[str, object], table: Field) -> FieldCounts:
    counts = FieldCounts()
    for column in table.columns:
        cell, text = row.get(column.name), true.get(column.name)
        given = [text] if isinstance(text, str) else []
        counts += _values([cell] if cell is not None else [], given, column)
    return counts


def _is_found(cell: FieldValue) -> bool:
    return cell.status is FieldStatus.FOUND
