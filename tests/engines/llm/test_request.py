"""Requests as strict providers want them."""

from __future__ import annotations

import pytest

from ocr_model.engines.llm.exchange.faults import Fault, Kind
from ocr_model.engines.llm.reply_form import response_schema
from ocr_model.engines.llm.request import Dialect, Rung
from tests.support.endpoint import lint_strict


def test_the_schema_is_that_of_the_pairs_within_the_strict_subset() -> None:
    pair = {
        "type": "object",
        "properties": {
            "key": {"type": "string"},
            "value": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["key", "value"],
        "additionalProperties": False,
    }
    assert response_schema() == {
        "type": "object",
        "properties": {"pairs": {"type": "array", "items": pair}},
        "required": ["pairs"],
        "additionalProperties": False,
    }
    assert lint_strict(response_schema()) == []


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        ({"type": "object", "properties": {}}, "additionalProperties is not false"),
        (
            {"type": "object", "properties": {"a": {"type": "string"}}, "required": []}
            | {"additionalProperties": False},
            "not every property is required",
        ),
        ({"type": "array", "items": {"type": "string", "default": ""}}, r"$[]: default"),
        ({"$ref": "#/$defs/A"}, "$: $ref"),
        ({"type": "integer"}, "type 'integer'"),
    ],
    ids=["open_object", "optional", "default", "reference", "other_type"],
)
def test_the_lint_of_the_test_endpoint_finds_what_leaves_the_subset(
    schema: dict[str, object], fault: str
) -> None:
    assert any(fault in found for found in lint_strict(schema))


@pytest.mark.parametrize(
    ("rung", "kind", "expected"),
    [
        ("json_schema", Kind.RESPONSE_FORMAT, Dialect("json_object")),
        ("json_object", Kind.RESPONSE_FORMAT, Dialect("text")),
        ("text", Kind.RESPONSE_FORMAT, None),
        ("text", Kind.TOKEN_LIMIT_NAME, Dialect("text", renames_limit=True)),
        ("json_schema", Kind.SERVER, None),
    ],
)
def test_a_dialect_learns_one_step_at_a_time(
    rung: Rung, kind: Kind, expected: Dialect | None
) -> None:
    assert Dialect(rung).after(Fault(kind, "refused")) == expected


def test_a_limit_is_renamed_at_most_once() -> None:
    assert Dialect("text", renames_limit=True).after(Fault(Kind.TOKEN_LIMIT_NAME, "no")) is None
