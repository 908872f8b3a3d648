from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel, Field

from ocr_model.fields.content import FieldsError, to_model
from ocr_model.schema import Box, FieldStatus, FieldValue


class Item(BaseModel):
    article: str
    amount: Decimal | None = None


class Invoice(BaseModel):
    issued: date
    total: Decimal = Field(alias="amount_due")
    paid: bool = False
    phones: list[str] = []
    items: list[Item] = []


def found(name: str, value: str, row: int | None = None, column: str | None = None) -> FieldValue:
    return FieldValue(name, FieldStatus.FOUND, value, value, row=row, column=column)


FIELDS = [
    found("issued", "2026-03-01"),
    found("amount_due", "119.00"),
    found("paid", "true"),
    found("phones", "555-0142"),
    found("items", "Bolt", 1, "article"),
    found("items", "9.50", 1, "amount"),
    found("items", "Nut", 2, "article"),
    FieldValue("items", FieldStatus.BLANK, row=2, column="amount"),
]


def as_row(fields: list[FieldValue]) -> dict[str, Any]:
    """As a model gives it, through a frame: numbers are floats, NaN where there is none."""
    names = FieldValue.__dataclass_fields__
    records = [{name: getattr(value, name) for name in names} for value in fields]
    for record in records:
        record["status"] = record["status"].value
        record["row"] = float("nan") if record["row"] is None else float(record["row"])
    return {"outcome": "ok", "fields": records}


@pytest.mark.parametrize("row", [FIELDS, as_row(FIELDS)], ids=["records", "row"])
def test_row_becomes_the_object(row: Any) -> None:
    invoice = to_model(row, Invoice)
    assert invoice.issued == date(2026, 3, 1)
    assert invoice.total == Decimal("119.00")
    assert invoice.paid
    assert invoice.phones == ["555-0142"]
    assert invoice.items == [
        Item(article="Bolt", amount=Decimal("9.50")),
        Item(article="Nut"),
    ]


@pytest.mark.parametrize("through", ["frame", "parquet", "jsonl"])
def test_a_row_that_came_through_a_file_becomes_the_same_object(
    tmp_path: Path, through: str
) -> None:
    names = [*FieldValue.__dataclass_fields__]
    box = Box(1, 2, 3, 4)
    fields = [{name: getattr(value, name) for name in names} for value in FIELDS]
    frame = pd.DataFrame([{"outcome": "ok", "fields": [f | {"box": [*box]} for f in fields]}])
    if through == "parquet":
        frame.to_parquet(tmp_path / "rows")
        frame = pd.read_parquet(tmp_path / "rows")
        assert isinstance(frame["fields"][0], np.ndarray)
    elif through == "jsonl":
        frame.to_json(tmp_path / "rows", orient="records", lines=True)
        frame = pd.read_json(tmp_path / "rows", lines=True)
    expected = to_model(FIELDS, Invoice)
    assert to_model(frame.iloc[0], Invoice) == expected
    assert to_model(frame.to_dict("records")[0], Invoice) == expected


@pytest.mark.parametrize("nothing", [None, float("nan"), []])
def test_a_frame_without_fields_is_named(nothing: Any) -> None:
    row = pd.DataFrame({"outcome": ["ok"], "fields": [nothing], "error": [float("nan")]}).iloc[0]
    with pytest.raises(FieldsError, match="Log the model with `fields=`"):
        to_model(row, Invoice)


def test_absent_field_is_left_to_the_default() -> None:
    assert to_model(FIELDS[:2], Invoice).phones == []


def test_what_is_wrong_is_said_field_by_field() -> None:
    ambiguous = FieldValue("issued", FieldStatus.AMBIGUOUS, reason="'03/04/26' may be two dates")
    with pytest.raises(FieldsError) as caught:
        to_model([ambiguous, found("amount_due", "x")], Invoice)
    lines = str(caught.value).splitlines()
    assert lines[1] == "  issued: ambiguous: '03/04/26' may be two dates"
    assert lines[2].startswith("  amount_due: Input should be a valid decimal, got 'x'")


def test_cell_that_is_wrong_is_named_by_its_row() -> None:
    invalid = FieldValue("items", FieldStatus.MISSING, row=1, column="article")
    with pytest.raises(FieldsError, match=r"items\.1\.article: missing: not on the page"):
        to_model([*FIELDS[:2], invalid, found("items", "9.50", 1, "amount")], Invoice)


def test_several_values_of_one_field_are_refused_where_one_is_wanted() -> None:
    with pytest.raises(FieldsError, match="issued: Input should be a valid date"):
        to_model([*FIELDS[:2], found("issued", "2026-03-02")], Invoice)


def test_row_of_a_model_without_fields_is_named() -> None:
    for row in ({"outcome": "ok"}, {"outcome": "ok", "error": None, "fields": []}):
        with pytest.raises(FieldsError, match="column `fields`, got one without"):
            to_model(row, Invoice)


def test_row_of_a_document_that_was_not_read_says_why() -> None:
    row = {"outcome": "timeout", "error": "page 1: timed out", "fields": []}
    with pytest.raises(FieldsError, match="got none: page 1: timed out"):
        to_model(row, Invoice)
