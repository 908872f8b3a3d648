"""A description of the wanted fields, for an LLM."""

from __future__ import annotations

import json

from ocr_model.fields.wanted import Column, Field, ScalarType, WantedFields

_ONLY_THESE = (
    "Only the fields listed here are wanted of the page. Whatever else is said about what to "
    "return: no other question and no list of pairs, but one JSON object with one member for each "
    "of these fields, under its name as it stands here."
)
_AS_WRITTEN = (
    "Copy every text letter by letter as it stands on the page: same spelling, same signs, dates "
    "and amounts as they are written there. Compute, complete and translate nothing. A field that "
    'the page does not have is null, and one that it asks for and that was left blank is "". A '
    "list or a table of which the page has nothing is an empty list."
)
_TYPES: dict[ScalarType, str] = {
    "text": "text",
    "number": "a number",
    "currency": "an amount of money",
    "date": "a date",
    "boolean": "true where it is ticked or answered with yes, false where it is not",
}


def described(wanted: WantedFields | None) -> str | None:
    """The text for the LLM: names, labels, descriptions and choices of the fields."""
    if wanted is None:
        return None
    lines = [line for field in wanted.fields for line in _lines(field)]
    return "\n".join([_ONLY_THESE, "", *lines, "", _AS_WRITTEN])


def _lines(field: Field) -> list[str]:
    if field.type == "list":
        return [_line(field, f"a list; each of it {_type_of(field.of_one)}")]
    if field.type == "table":
        head = _line(field, "a table; a list with one object for each row, with the members below")
        return [head, *(f"  {_line(column, _type_of(column))}" for column in field.columns)]
    return [_line(field, _type_of(field))]


def _line(column: Column, kind: str) -> str:
    parts = [f"- {_quoted(column.name)}: {kind}"]
    if column.labels:
        parts.append(f"Asked for as {', '.join(map(_quoted, column.labels))}")
    parts += [column.description] if column.description else []
    return ". ".join(parts)


def _type_of(column: Column) -> str:
    if column.type == "choice":
        return f"one of {', '.join(map(_quoted, column.choices))}"
    return _TYPES[column.type]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
