"""The invoices of data/invoices are complete, and add up."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from ocr_model.fields import load_fields
from ocr_model.forms import load_field_truth

FOLDER = Path(__file__).parents[2] / "data" / "invoices"
NAMES = sorted(path.stem for path in (FOLDER / "fields").iterdir())


def test_every_invoice_has_its_image_and_its_truth() -> None:
    assert len(NAMES) == 12
    assert sorted(path.stem for path in (FOLDER / "images").iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_truth_adds_up_and_names_the_fields_of_the_file(name: str) -> None:
    truth = load_field_truth(FOLDER, name)
    assert truth is not None
    assert set(truth) == {field.name for field in load_fields(FOLDER / "fields.yaml").fields}
    items, said = json.loads((FOLDER / "fields" / f"{name}.json").read_text())["items"], truth
    for item in items:
        assert Decimal(item["quantity"]) * Decimal(item["price"]) == Decimal(item["amount"])
    net, tax, total = (Decimal(str(said[key])) for key in ("net", "tax", "total"))
    assert sum(Decimal(item["amount"]) for item in items) == net
    assert net + tax == total


def test_the_long_invoice_has_two_pages() -> None:
    with Image.open(FOLDER / "images" / "brandis_3.tif") as pages:
        assert pages.n_frames == 2  # type: ignore[attr-defined]
