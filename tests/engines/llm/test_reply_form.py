from __future__ import annotations

from typing import Any

import pytest

from ocr_model.engines.llm.reply_form import form_of_fields, form_of_pairs
from ocr_model.fields import described, parse_fields
from tests.support.endpoint import lint_strict

TEXT = {"type": ["string", "null"]}


@pytest.mark.parametrize(
    ("field", "schema", "example", "told"),
    [
        ("name: n", TEXT, '"<text>" or null', '- "n": text. Asked for as "n"'),
        ("name: n, type: date", TEXT, '"<text>" or null', '- "n": a date. Asked for as "n"'),
        ("name: n, labels: []", TEXT, '"<text>" or null', '- "n": text'),
        (
            "name: n, type: boolean",
            {"type": ["boolean", "null"]},
            "true or false or null",
            '- "n": true where it is ticked or answered with yes, false where it is not. '
            'Asked for as "n"',
        ),
        (
            "name: n, labels: [Vía], type: choice, choices: [Aérea, 'No']",
            TEXT | {"enum": ["Aérea", "No", None]},
            '"<one of its choices>" or null',
            '- "n": one of "Aérea", "No". Asked for as "Vía"',
        ),
        (
            "name: n, type: list, items: boolean, description: From the left",
            {"type": "array", "items": {"type": "boolean"}},
            "[true or false, ...]",
            '- "n": a list; each of it true where it is ticked or answered with yes, false where '
            'it is not. Asked for as "n". From the left',
        ),
        (
            "name: n, type: table, columns: [{name: a, type: number}]",
            {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"a": TEXT},
                    "required": ["a"],
                    "additionalProperties": False,
                },
            },
            '[{"a": "<text>" or null}, ...]',
            '- "n": a table; a list with one object for each row, with the members below. '
            'Asked for as "n"\n  - "a": a number. Asked for as "a"',
        ),
    ],
    ids=["text", "typed", "unlabelled", "boolean", "choice", "list", "table"],
)
def test_field_has_a_schema_an_example_and_a_line(
    field: str, schema: dict[str, Any], example: str, told: str
) -> None:
    wanted = parse_fields(f"fields: [{{{field}}}]")
    form = form_of_fields(wanted)
    assert form.schema["properties"] == {"n": schema}
    assert form.schema["required"] == list(form.fields) == ["n"]
    assert lint_strict(form.schema) == []
    assert form.example == f'{{"n": {example}}}'
    assert told in str(described(wanted)).split("\n\n")


def test_without_fields_nothing_is_described_and_pairs_are_asked_for() -> None:
    assert described(None) is None
    assert form_of_pairs().name == "key_value_list"
