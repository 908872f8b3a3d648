from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ocr_model.extraction.frame import NullableLongs, NullableTexts, _field_row, _whole_pixels
from ocr_model.schema import Box, FieldStatus, FieldValue


def test_nulls_outlive_the_types_that_spark_udf_asks_for() -> None:
    longs = pd.DataFrame({"tokens": NullableLongs.of([1200, None])})["tokens"]
    texts = pd.DataFrame({"error": NullableTexts.of(["late", None])})["error"]
    assert longs.astype(np.int64).isna().tolist() == [False, True]
    assert longs.iloc[:1].astype(np.int64).dtype == "int64"
    assert longs.astype(float).fillna(-1).tolist() == [1200, -1]
    assert texts.astype(np.str_).isna().tolist() == [False, True]
    assert pa.array(texts.astype(np.str_), from_pandas=True).to_pylist() == ["late", None]
    assert json.loads(texts.to_json()) == {"0": "late", "1": None}


def test_a_frame_without_rows_has_its_columns() -> None:
    longs, texts = NullableLongs.of([]), NullableTexts.of([])
    assert (longs.dtype, texts.dtype) == ("Int64", "string")


@pytest.mark.parametrize(
    ("box", "pixels"),
    [
        (Box(165.6, 164.6, 341.4, 193.4), [166, 165, 341, 193]),
        (Box(10.0, 20.0, 30.0, 40.0), [10, 20, 30, 40]),
        (Box(10.2, 20.2, 10.4, 20.4), [10, 20, 11, 21]),
    ],
    ids=["nearest", "as it is", "one pixel at least"],
)
def test_boxes_are_whole_pixels(box: Box, pixels: list[int]) -> None:
    assert _whole_pixels(box) == pixels


def test_field_of_a_row_has_plain_values() -> None:
    box = Box(1.2, 2.2, 10.0, 20.0)
    value = FieldValue("items", FieldStatus.FOUND, "9.00", "$9", 2, box, 0.5, None, 3, "amount")
    assert _field_row(value) == {
        "name": "items",
        "status": "found",
        "value": "9.00",
        "text": "$9",
        "page": 2,
        "box": [1, 2, 10, 20],
        "confidence": 0.5,
        "reason": None,
        "row": 3,
        "column": "amount",
    }
    assert type(_field_row(value)["status"]) is str
    assert _field_row(FieldValue("total", FieldStatus.MISSING))["box"] is None
