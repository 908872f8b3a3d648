from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from mlflow.types import ColSpec, DataType, Schema

from ocr_model.bulk.output import arrow_schema, columns_of_rows, refuse_output, write_rows
from ocr_model.errors import ConfigError
from ocr_model.fields import parse_fields
from ocr_model.pyfunc_model import SIGNATURE

READ: dict[str, Any] = {
    "document_id": "a.png",
    "outcome": "ok",
    "error": None,
    "pairs": {"Name:": ["Ann"], "Größe": []},
    "answers": [
        {"question": "Name:", "answer": "Ann", "page": 1, "box": [1.0, 2, 3, 4], "confidence": None}
    ],
    "fields": [
        {
            "name": "items",
            "status": "found",
            "value": "9.00",
            "text": "$9",
            "page": 1,
            "box": [1.0, 2, 3, 4],
            "confidence": 0.5,
            "reason": None,
            "row": 1,
            "column": "amount",
        },
        {
            **dict.fromkeys(("value", "text", "page", "box", "confidence", "row", "column")),
            "name": "total",
            "status": "missing",
            "reason": "nothing on the page asks it",
        },
    ],
    "needs_review": False,
    "pages": 1,
    "quality": [
        {
            "page": 1,
            "text_source": "pixels",
            "letter_height_px": 11.5,
            "skew_deg": None,
            "unsure_share": None,
        }
    ],
    "engine": "llm",
    "llm": "test-llm",
    "prompt_uri": "prompts:/p/1",
    "prompt_tokens": 1200,
    "completion_tokens": None,
    "latency_ms": 7,
    "cached": False,
    "notes": [],
    "trace_id": None,
    "model_uri": None,
    "sha256": "0" * 64,
}
FAILED = READ | {"document_id": "b.png", "outcome": "timeout", "error": "late", "pairs": {}}
ROWS = [READ, FAILED | {"answers": [], "fields": [], "pages": 0}]


def written(tmp_path: Path, name: str) -> Path:
    write_rows(iter(ROWS), tmp_path / name, tmp_path / "unfinished", SIGNATURE.outputs)
    assert [file.name for file in tmp_path.iterdir()] == [name]
    return tmp_path / name


def test_json_lines_hold_the_rows_as_they_are(tmp_path: Path) -> None:
    lines = written(tmp_path, "rows.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(text) for text in lines] == ROWS
    assert "Größe" in lines[0]


def test_parquet_holds_the_rows_in_the_columns_of_the_signature(tmp_path: Path) -> None:
    table = pq.read_table(written(tmp_path, "rows.parquet"))
    assert table.column_names == [*SIGNATURE.outputs.input_names(), "sha256"]
    assert table.schema.equals(columns_of_rows(SIGNATURE.outputs))
    rows = [row | {"pairs": dict(row["pairs"])} for row in table.to_pylist()]
    assert rows == ROWS


def test_rows_of_an_earlier_command_have_no_digest(tmp_path: Path) -> None:
    earlier = {name: said for name, said in READ.items() if name != "sha256"}
    file = tmp_path / "rows.parquet"
    write_rows(iter([earlier]), file, tmp_path / "unfinished", SIGNATURE.outputs)
    assert pq.read_table(file).column("sha256").to_pylist() == [None]


def test_parquet_is_read_by_pandas(tmp_path: Path) -> None:
    frame = pd.read_parquet(written(tmp_path, "rows.parquet"))
    assert frame["outcome"].tolist() == ["ok", "timeout"]
    assert dict(frame["pairs"][0])["Name:"].tolist() == ["Ann"]


WANTED = parse_fields(
    """
fields:
  - {name: total, type: currency}
  - {name: items, type: table, columns: [{name: article}, {name: amount, type: currency}]}
"""
)
BY_FIELD = [
    "document_id,outcome,needs_review,error,total,items,total_status,items_status",
    'a.png,ok,false,,,"[{""amount"":""9.00""}]",missing,found',
    "b.png,timeout,false,late,,,,",
]


def test_csv_has_a_line_per_document_and_a_column_per_field(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    write_rows(iter(ROWS), file, tmp_path / "unfinished", SIGNATURE.outputs, WANTED)
    assert file.read_bytes().decode("utf-8-sig").split("\r\n") == [*BY_FIELD, ""]
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert pd.read_csv(file)["needs_review"].tolist() == [False, False]


def test_parquet_has_the_same_columns_where_they_are_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    write_rows(iter(ROWS), file, tmp_path / "unfinished", SIGNATURE.outputs, WANTED)
    table = pq.read_table(file)
    assert ",".join(table.column_names) == BY_FIELD[0]
    assert table["items"].to_pylist() == ['[{"amount":"9.00"}]', None]


@pytest.mark.parametrize(
    ("said", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-1+cmd", "'-1+cmd"),
        ("@sum", "'@sum"),
        ("\t=1", "'\t=1"),
        ("\uff1d1", "'\uff1d1"),
        ("-12.50", "-12.50"),
        ("-3", "-3"),
        ("a=b", "a=b"),
    ],
)
def test_a_spreadsheet_takes_no_text_for_a_formula_and_no_number_for_a_text(
    said: str, cell: str, tmp_path: Path
) -> None:
    found = [{**READ["fields"][1], "status": "found", "value": said}]
    rows = [READ | {"document_id": said, "fields": found}]
    write_rows(rows, tmp_path / "a.csv", tmp_path / "b", SIGNATURE.outputs, WANTED)
    [line] = csv.DictReader(io.StringIO((tmp_path / "a.csv").read_bytes().decode("utf-8-sig"), ""))
    assert (line["document_id"], line["total"]) == (cell, cell)


def test_a_column_of_another_kind_is_refused() -> None:
    with pytest.raises(ConfigError, match="simple, got binary"):
        arrow_schema(Schema([ColSpec(DataType.binary, "page")]))


def test_output_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").touch()
    with pytest.raises(ConfigError, match="never overwritten"):
        refuse_output(tmp_path / "rows.jsonl")


def test_output_of_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"end in .parquet, .jsonl, .csv, got '.*rows.xlsx'"):
        refuse_output(tmp_path / "rows.xlsx")
