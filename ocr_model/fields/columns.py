"""The row of a document -> one column per field. Knows no file format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ocr_model.errors import ConfigError
from ocr_model.fields.content import content_of, field_value
from ocr_model.fields.wanted import Field, WantedFields
from ocr_model.schema import FieldStatus, FieldValue

# Columns before the fields, with their names in the row.
LEADING = ("document_id", "outcome", "needs_review", "error")
_STATUS = "_status"


def column_names(wanted: WantedFields) -> list[str]:
    """The leading columns, one per field, then `<field>_status` for each.

    Raises:
        ConfigError: two would have the same name; warehouses ignore case.
    """
    fields = [field.name for field in wanted.fields]
    names = [*LEADING, *fields, *(name + _STATUS for name in fields)]
    folded = [name.casefold() for name in names]
    twice = next((name for name in names if folded.count(name.casefold()) > 1), None)
    if twice is not None:
        raise ConfigError(
            f"Expected a name of its own for every column, got {twice!r} twice: a field has two "
            f"columns, its name and its name with {_STATUS}, beside {', '.join(LEADING)}. Rename "
            "the field, or write whole rows."
        )
    return names


def in_columns(row: Mapping[str, Any], wanted: WantedFields) -> dict[str, Any]:
    """The row by `column_names`: a field's value as text, None if nothing was found.

    A list is a JSON array of its texts, a table a JSON array of its rows:
    '[{"article":"Bolt","amount":"9.00"}]'. Their status is found if all of it is; blank cells of a
    table do not matter.
    """
    given = row.get("fields")  # a frame's array has no truth value
    values = [field_value(item) for item in (() if given is None else given)]
    content = content_of(values)
    columns = {name: row.get(name) for name in LEADING}
    columns |= {field.name: _cell(content.get(field.name), field) for field in wanted.fields}
    for field in wanted.fields:
        own = [value for value in values if value.name == field.name]
        columns[field.name + _STATUS] = _status(own)
    return columns


def _cell(said: Any, field: Field) -> str | None:
    if said is None or field.type not in ("list", "table"):
        return said  # type: ignore[no-any-return]  # one text, as only lists and tables have more
    several = said if isinstance(said, list) else [said]
    return json.dumps(several, ensure_ascii=False, separators=(",", ":"))


def _status(values: Sequence[FieldValue]) -> str | None:
    """None for a document that was not read."""
    given = [value.status for value in values]
    faulty = [s for s in given if s not in (FieldStatus.FOUND, FieldStatus.BLANK)]
    if faulty:
        return faulty[0].value
    if FieldStatus.FOUND in given:
        return FieldStatus.FOUND.value
    return given[0].value if given else None
