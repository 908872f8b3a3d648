"""The format of an LLM's reply: pairs, or the wanted fields."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ocr_model.fields import Column, Field, WantedFields
from ocr_model.schema import KeyValueList

_PAIRS = '{"pairs": [{"key": "<question>", "value": ["<answer>", ...]}, ...]}'


@dataclass(frozen=True, slots=True)
class ReplyForm:
    """The format as a named JSON schema, and as an example for endpoints without schemas."""

    name: str
    schema: dict[str, Any]
    example: str
    fields: tuple[str, ...] = ()


def form_of_pairs() -> ReplyForm:
    return ReplyForm("key_value_list", response_schema(), _PAIRS)


def form_of_fields(wanted: WantedFields) -> ReplyForm:
    """One member per field, null if the page does not have it.

    total, items with amount -> {"total": text or null, "items": [{"amount": text or null}, ...]}
    """
    members = {field.name: _schema_of_field(field) for field in wanted.fields}
    example = _object((field.name, _example_of_field(field)) for field in wanted.fields)
    return ReplyForm("fields", _closed(members), example, tuple(members))


def response_schema() -> dict[str, Any]:
    """JSON schema of `KeyValueList` within the subset that `strict` allows.

    Inlined and without titles, defaults and $ref: not every server follows references.
    """
    schema = KeyValueList.model_json_schema()
    return _strict(schema, schema.get("$defs", {}))


def _strict(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return _strict(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    kind = schema["type"]
    if kind == "array":
        return {"type": kind, "items": _strict(schema["items"], definitions)}
    if kind != "object":
        return {"type": kind}
    return _closed(
        {name: _strict(part, definitions) for name, part in schema["properties"].items()}
    )


def _closed(members: dict[str, Any]) -> dict[str, Any]:
    """An object with all of these members and no other."""
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def _schema_of_field(field: Field) -> dict[str, Any]:
    if field.type == "list":
        return {"type": "array", "items": {"type": _json_type(field.of_one)}}
    if field.type == "table":
        row = _closed({column.name: _schema_of(column) for column in field.columns})
        return {"type": "array", "items": row}
    return _schema_of(field)


def _schema_of(column: Column) -> dict[str, Any]:
    """Text as it appears on the page, whatever the type; therefore no pattern, either."""
    schema: dict[str, Any] = {"type": [_json_type(column), "null"]}
    return schema | ({"enum": [*column.choices, None]} if column.choices else {})


def _json_type(column: Column) -> str:
    return "boolean" if column.type == "boolean" else "string"


def _example_of_field(field: Field) -> str:
    if field.type == "list":
        return f"[{_example_of(field.of_one)}, ...]"
    if field.type == "table":
        row = _object((column.name, f"{_example_of(column)} or null") for column in field.columns)
        return f"[{row}, ...]"
    return f"{_example_of(field)} or null"


def _example_of(column: Column) -> str:
    if column.type == "boolean":
        return "true or false"
    return '"<one of its choices>"' if column.type == "choice" else '"<text>"'


def _object(members: Iterable[tuple[str, str]]) -> str:
    written = (f"{json.dumps(name, ensure_ascii=False)}: {value}" for name, value in members)
    return f"{{{', '.join(written)}}}"
