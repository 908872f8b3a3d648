"""Failed checks between the fields of one document. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from ocr_model.fields.wanted import COLUMN_MARK, Check, WantedFields
from ocr_model.normalize import fold_text
from ocr_model.schema import FieldStatus, FieldValue

Comparable = date | Decimal


def broken_checks(values: Sequence[FieldValue], wanted: WantedFields) -> list[str]:
    """Messages for the checks that fail; checks with an unknown value are skipped.

    net 100, tax 19, total 191 -> ["expected net + tax = total, got 119 and 191"]
    """
    said = (
        broken_check(check, [_value_of(n, values, wanted) for n in check.names])
        for check in wanted.checks
    )
    return [text for text in said if text is not None]


def reasons_for_review(values: Sequence[FieldValue], wanted: WantedFields) -> list[str]:
    """Required fields that were not found, and failed checks."""
    reasons = []
    for field in wanted.fields:
        own = [value for value in values if value.name == field.name]
        found = any(value.status is FieldStatus.FOUND for value in own)
        if field.required and not found:
            why = next((value.reason for value in own if value.reason), "nothing was found")
            reasons.append(f"{field.name} is required: {why}")
    return [*reasons, *broken_checks(values, wanted)]


def broken_check(check: Check, values: Sequence[Comparable | None]) -> str | None:
    """The message for the values of `check.names`; None if the check holds or is unknown."""
    if any(value is None for value in values):
        return None
    if check.before is not None:
        return _wrong_order(check.before, [v for v in values if isinstance(v, date)])
    *parts, total = (v for v in values if isinstance(v, Decimal))
    if abs(sum(parts) - total) <= check.tolerance:
        return None
    return f"expected {' + '.join(check.sum)} = {check.equals}, got {sum(parts)} and {total}"


def _wrong_order(names: tuple[str, str], values: Sequence[date]) -> str | None:
    first, second = values
    if first <= second:
        return None
    return f"expected {names[0]} not after {names[1]}, got {first:%Y-%m-%d} and {second:%Y-%m-%d}"


def _value_of(name: str, values: Sequence[FieldValue], wanted: WantedFields) -> Comparable | None:
    """The only value of a field, or the sum of a column whose cells are all known."""
    field = wanted.field(name)
    if field is not None:
        own = [value for value in values if value.name == field.name]
        return typed(own[0], field.type) if len(own) == 1 else None
    table, _, column = name.partition(COLUMN_MARK)
    cells = [
        value
        for value in values
        if fold_text(value.name) == fold_text(table)
        and value.column is not None
        and fold_text(value.column) == fold_text(column)
    ]
    given = [cell for cell in cells if cell.status not in (FieldStatus.BLANK, FieldStatus.MISSING)]
    if not given or any(cell.status is not FieldStatus.FOUND for cell in given):
        return None
    return sum((Decimal(cell.value or 0) for cell in given), Decimal(0))


def typed(value: FieldValue, kind: str) -> Comparable | None:
    """The date or number of a found value."""
    if value.status is not FieldStatus.FOUND or value.value is None:
        return None
    return date.fromisoformat(value.value) if kind == "date" else Decimal(value.value)
