from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from ocr_model.errors import ConfigError
from ocr_model.fields.file.conversion import fields_of_model, fields_of_schema, load_pydantic_model
from ocr_model.fields.file.field_file import parse_fields


class Terms(Enum):
    NET_30 = "Net 30"
    CASH = "Cash"


class Item(BaseModel):
    article: str
    amount: Decimal | None = None


class Invoice(BaseModel):
    """What we want of an invoice."""

    invoice_number: str = Field(pattern=r"INV-\d{4}", description="Printed top right")
    issued: date
    due: date | None = None
    total: Decimal = Field(title="Amount due")
    pages: int | None = None
    paid: bool = False
    terms: Terms | None = None
    shipping: Literal["Post", "Courier"]
    phones: list[str] = []
    items: list[Item]


class Nested(BaseModel):
    name: str
    sender: Item


class Timed(BaseModel):
    at: datetime


class Measured(BaseModel):
    weight: float = Field(gt=0)


class Defaulted(BaseModel):
    unit: str = "kg"


def test_model_becomes_a_file_that_says_the_same() -> None:
    wanted = parse_fields(fields_of_model(InvoiceWithoutDefault))
    types = {field.name: field.type for field in wanted.fields}
    assert types == {
        "invoice_number": "text",
        "issued": "date",
        "due": "date",
        "total": "currency",
        "pages": "number",
        "paid": "boolean",
        "terms": "choice",
        "shipping": "choice",
        "phones": "list",
        "items": "table",
    }
    number, *_, items = wanted.fields
    assert (number.pattern, number.description) == (r"INV-\d{4}", "Printed top right")
    assert number.labels == ("Invoice Number",)
    assert [field.name for field in wanted.fields if field.required] == [
        "invoice_number",
        "issued",
        "total",
        "shipping",
        "items",
    ]
    assert [(column.name, column.type) for column in items.columns] == [
        ("article", "text"),
        ("amount", "currency"),
    ]
    assert wanted.field("total").labels == ("Amount due",)  # type: ignore[union-attr]
    assert wanted.field("terms").choices == ("Net 30", "Cash")  # type: ignore[union-attr]


class InvoiceWithoutDefault(Invoice):
    paid: bool | None = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("model", "match"),
    [
        (Nested, r"test_conversion:Nested, line \d+, properties\.sender: expected a text"),
        (Timed, r"test_conversion:Timed, line \d+, properties\.at\.format: .*got 'date-time'"),
        (Measured, r"line \d+, properties\.weight\.exclusiveMinimum: .*got `exclusiveMinimum`"),
        (Defaulted, r"properties\.unit\.default: .*got `default`"),
        (Invoice, r"properties\.paid\.default"),
    ],
)
def test_what_a_file_cannot_say_is_refused_by_name_and_line(
    model: type[BaseModel], match: str
) -> None:
    with pytest.raises(ConfigError, match=match):
        fields_of_model(model)


def test_line_is_that_of_the_field_in_the_class() -> None:
    with pytest.raises(ConfigError) as caught:
        fields_of_model(Timed)
    line = int(str(caught.value).split("line ")[1].split(",")[0])
    assert "at: datetime" in __import__("pathlib").Path(__file__).read_text().splitlines()[line - 1]


def schema(**properties: object) -> str:
    return json.dumps({"type": "object", "properties": properties}, indent=1)


def test_schema_becomes_a_file_that_says_the_same() -> None:
    text = schema(
        total={"type": ["number", "null"], "format": "currency", "labels": ["Total", "Summe"]},
        size={"enum": ["S", "M"]},
        rows={
            "type": "array",
            "items": {"type": "object", "properties": {"a": {"type": "string"}}},
        },
        days={
            "type": "array",
            "items": {"type": "string", "format": "date"},
            "formats": ["%d.%m.%y"],
        },
    )
    total, size, rows, days = parse_fields(fields_of_schema(text)).fields
    assert (total.type, total.labels) == ("currency", ("Total", "Summe"))
    assert (size.type, size.choices) == ("choice", ("S", "M"))
    assert (rows.type, rows.columns[0].name) == ("table", "a")
    assert (days.type, days.items, days.formats) == ("list", "date", ("%d.%m.%y",))


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("{", "got no JSON"),
        ("[]", "Expected a JSON Schema"),
        ('{"type": "array"}', "expected an object with `properties`, got 'array'"),
        (schema(a={"type": "string", "minLength": 3}), r"line 6, properties\.a\.minLength"),
        (schema(a={"type": "object"}), r"s\.json, line 4, properties\.a: expected a text"),
        (
            schema(a={"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]}),
            "anyOf",
        ),
        (schema(a={"type": ["string", "number"]}), r"properties\.a\.type: expected one type"),
        (schema(a={"enum": [1, 2]}), r"properties\.a\.enum: expected texts"),
        (schema(a={"$ref": "other.json"}), r"\$ref: expected a definition"),
        (schema(a={"type": "array"}), r"properties\.a\.items: expected `items`"),
        (schema(a={}), r"properties\.a: expected a text"),
        (schema(a=True), r"properties\.a: expected a schema, got True"),
        (
            '{"type": "object", "properties": {"a": {"type": "string"}}, "oneOf": []}',
            r"oneOf: .*got `oneOf`",
        ),
        (
            schema(a={"type": "array", "items": {"type": "array", "items": {"type": "string"}}}),
            r"properties\.a\.items: expected a text",
        ),
    ],
)
def test_schema_beyond_the_subset_is_refused(text: str, match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        fields_of_schema(text, "s.json")


def test_model_is_found_by_module_and_class() -> None:
    assert load_pydantic_model(f"{__name__}:Item") is Item


@pytest.mark.parametrize(
    ("reference", "match"),
    [
        ("Invoice", "as module:Class"),
        ("no_such_module:Invoice", "module 'no_such_module'"),
        (f"{__name__}:Missing", "Pydantic model 'Missing'"),
        (f"{__name__}:Terms", "Pydantic model 'Terms'"),
    ],
)
def test_what_is_no_model_is_refused(reference: str, match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        load_pydantic_model(reference)
