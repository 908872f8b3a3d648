"""Compare the fields that were found with the true ones. Pure; counts per document.

Precision is over found values, recall over true values. Exact: the text or the value equals the
truth character for character. Normalized: the same, folded. Typed: the values are equal in any
notation, 9.00 and 9 or 25/12/2018 and 2018-12-25.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from decimal import Decimal
from typing import Literal, get_args

import numpy as np
from scipy.optimize import linear_sum_assignment

from ocr_model.fields import Column, Field, WantedFields, read_value
from ocr_model.forms import FieldTruth
from ocr_model.normalize import fold_text
from ocr_model.schema import FieldStatus, FieldValue

FieldEquality = Literal["exact", "normalized", "typed"]
FIELD_EQUALITIES: tuple[FieldEquality, ...] = get_args(FieldEquality)
_NONE = frozenset[FieldEquality]()


@dataclass(frozen=True, slots=True)
class FieldCounts:
    """How many values were found, how many are true, how many are equal by each equality."""

    predicted: float = 0
    reference: float = 0
    exact: float = 0
    normalized: float = 0
    typed: float = 0

    def __add__(self, other: FieldCounts) -> FieldCounts:
        both = zip(astuple(self), astuple(other), strict=True)
        return FieldCounts(*(mine + theirs for mine, theirs in both))

    def times(self, weight: float) -> FieldCounts:
        return FieldCounts(*(weight * count for count in astuple(self)))

    def equal(self, equality: FieldEquality) -> float:
        return float(getattr(self, equality))

    def all_equal(self, equality: FieldEquality) -> bool:
        """Whether nothing is wrong, missed or invented."""
        return self.equal(equality) == self.predicted == self.reference

    def precision(self, equality: FieldEquality) -> float:
        return self.equal(equality) / self.predicted if self.predicted else float("nan")

    def recall(self, equality: FieldEquality) -> float:
        return self.equal(equality) / self.reference if self.reference else float("nan")

    def f1(self, equality: FieldEquality) -> float:
        """2 tp / (predicted + reference); NaN if both are 0."""
        both = self.predicted + self.reference
        return 2 * self.equal(equality) / both if both else float("nan")


@dataclass(frozen=True, slots=True)
class Compared:
    """A found value and the true one; either may be missing.

    `value` exists even if nothing was found: its status says why.
    """

    name: str
    value: FieldValue | None
    true: str | None
    column: str | None = None
    equal: frozenset[FieldEquality] = frozenset()

    @property
    def found(self) -> bool:
        return self.value is not None and self.value.status is FieldStatus.FOUND

    @property
    def path(self) -> str:
        """`total`, for a cell `items.amount`."""
        return self.name if self.column is None else f"{self.name}.{self.column}"

    @property
    def text(self) -> str | None:
        """The found text, as it appears on the page."""
        if self.value is None or not self.found:
            return None
        return self.value.text or self.value.value

    @property
    def counts(self) -> FieldCounts:
        return FieldCounts(
            int(self.found),
            int(self.true is not None),
            *(int(equality in self.equal) for equality in FIELD_EQUALITIES),
        )


@dataclass(frozen=True, slots=True)
class FieldScores:
    """For one document: counts of values by field, for a table by cell and by row; and every value
    with its truth.
    """

    fields: Mapping[str, FieldCounts]
    rows: Mapping[str, FieldCounts] = field(default_factory=dict)
    compared: tuple[Compared, ...] = ()


def score_fields(
    values: Sequence[FieldValue], truth: FieldTruth, wanted: WantedFields
) -> FieldScores:
    """Count the fields of one document; fields missing in its truth are left out.

    total found 9.00, due found x; {"total": "9", "due": None}
        -> total: 1 found, 1 there, 1 typed; due: 1 found, 0 there
    """
    fields: dict[str, FieldCounts] = {}
    rows: dict[str, FieldCounts] = {}
    compared: list[Compared] = []
    for one in wanted.fields:
        if one.name not in truth:
            continue
        own = [value for value in values if value.name == one.name]
        true = truth[one.name]
        if one.type == "table":
            each, rows[one.name] = _table(own, true, one)
        else:
            texts = true if isinstance(true, list) else [true]
            given = [text for text in texts if isinstance(text, str)]
            each = _beside(one.name, own, given, one.of_one)
        fields[one.name] = _counted(each)
        compared += each
    return FieldScores(fields, rows, tuple(compared))


def overall(
    fields: Mapping[str, FieldCounts], weights: Mapping[str, float] | None = None
) -> FieldCounts:
    """Weighted counts over all fields of a document, or of several."""
    weighed = (counts.times((weights or {}).get(name, 1)) for name, counts in fields.items())
    return sum(weighed, FieldCounts())


def _counted(compared: Iterable[Compared]) -> FieldCounts:
    return sum((one.counts for one in compared), FieldCounts())


def _beside(
    name: str, values: Sequence[FieldValue], true: Sequence[str], wanted: Column
) -> list[Compared]:
    """Match one to one, equal ones first, ignoring the order of a list's items."""
    found = [value for value in values if value.status is FieldStatus.FOUND]
    absent = [value for value in values if value.status is not FieldStatus.FOUND]
    left = list(true)
    beside: list[tuple[FieldValue, str | None]] = []
    for equality in FIELD_EQUALITIES:
        for value in list(found):
            same = next((text for text in left if equality in _equal(value, text, wanted)), None)
            if same is not None:
                found.remove(value)
                left.remove(same)
                beside.append((value, same))
    while found:
        beside.append((found.pop(0), left.pop(0) if left else None))
    compared = [
        Compared(name, value, text, equal=_equal(value, text, wanted) if text else _NONE)
        for value, text in beside
    ]
    why = absent[0] if absent else None
    if not compared and not left:
        return [Compared(name, why, None)]
    return [*compared, *(Compared(name, why, text) for text in left)]


def _table(
    cells: Sequence[FieldValue], true: object, table: Field
) -> tuple[list[Compared], FieldCounts]:
    """Cells and rows; rows are matched so that as many cells as possible are equal."""
    given = [
        {fold_text(column): text for column, text in row.items()}
        for row in (true if isinstance(true, list) else [])
        if isinstance(row, Mapping)
    ]
    by_row: dict[int, dict[str, FieldValue]] = {}
    for cell in cells:
        if cell.row is not None and cell.column is not None:
            by_row.setdefault(cell.row, {})[cell.column] = cell
    rows = [
        row
        for row in by_row.values()
        if any(cell.status is FieldStatus.FOUND for cell in row.values())
    ]
    why = next((cell for cell in cells if cell.row is None), None)
    each = [[_row(row, expected, table) for expected in given] for row in rows]
    typed = np.array([[_counted(cells).typed for cells in row] for row in each])
    matched = list(zip(*linear_sum_assignment(-typed.reshape(len(rows), len(given))), strict=True))
    together = [each[i][j] for i, j in matched]
    ours, theirs = {i for i, _ in matched}, {j for _, j in matched}
    alone = [
        *(_row(row, {}, table) for i, row in enumerate(rows) if i not in ours),
        *(_row({}, row, table, why) for j, row in enumerate(given) if j not in theirs),
    ]
    compared = [cell for row in (*together, *alone) for cell in row]
    right = (
        sum(_counted(row).all_equal(equality) for row in together) for equality in FIELD_EQUALITIES
    )
    counts = FieldCounts(len(rows), len(given), *right)
    return compared or [Compared(table.name, why, None)], counts


def _row(
    row: Mapping[str, FieldValue],
    true: Mapping[str, object],
    table: Field,
    why: FieldValue | None = None,
) -> list[Compared]:
    """The cells that have a value on either side."""
    compared = []
    for column in table.columns:
        cell, text = row.get(column.name, why), true.get(fold_text(column.name))
        if isinstance(text, str):
            equal = _NONE if cell is None else _equal(cell, text, column)
            compared.append(Compared(table.name, cell, text, column.name, equal))
        elif cell is not None and cell.status is FieldStatus.FOUND:
            compared.append(Compared(table.name, cell, None, column.name))
    return compared


def _equal(value: FieldValue, true: str, wanted: Column) -> frozenset[FieldEquality]:
    """The equalities by which a value is the true one; none if it was not found."""
    if value.status is not FieldStatus.FOUND:
        return _NONE
    folded = fold_text(true) in {fold_text(said) for said in (value.value, value.text) if said}
    ways: dict[FieldEquality, bool] = {
        "exact": true in (value.value, value.text),
        "normalized": folded,
        "typed": _equal_typed(value, true, wanted, folded),
    }
    return frozenset(name for name, equal in ways.items() if equal)


def _equal_typed(value: FieldValue, true: str, wanted: Column, folded: bool) -> bool:
    """A truth that does not match the type is compared as text, folded."""
    read = read_value(true, wanted.model_copy(update={"pattern": None}))
    if not read.found or read.value is None or value.value is None:
        return folded
    if wanted.type in ("number", "currency"):
        return Decimal(value.value) == Decimal(read.value)
    if wanted.type == "text":
        return fold_text(value.value) == fold_text(read.value)
    return value.value == read.value
