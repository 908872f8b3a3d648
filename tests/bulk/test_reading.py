"""Rows are read as they were written, whatever the format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ocr_model.bulk.output import columns_of_rows, write_rows
from ocr_model.bulk.reading import columns_in, read_rows
from ocr_model.fields import in_columns
from ocr_model.pyfunc_model import SIGNATURE
from tests.bulk.test_output import ROWS, WANTED


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl"])
def test_whole_rows(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"rows{suffix}"
    write_rows(iter(ROWS), file, tmp_path / "unfinished", SIGNATURE.outputs)
    assert list(read_rows(file)) == ROWS
    known = columns_of_rows(SIGNATURE.outputs)
    assert {f.name: f.type for f in columns_in(file)} == {f.name: f.type for f in known}


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".csv"])
def test_rows_with_a_column_per_field(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"rows{suffix}"
    write_rows(iter(ROWS), file, tmp_path / "unfinished", SIGNATURE.outputs, WANTED)
    assert list(read_rows(file)) == [in_columns(row, WANTED) for row in ROWS]
    types = {field.type for field in columns_in(file) if field.name != "needs_review"}
    assert types == {pa.string()}


def test_a_file_without_rows_has_columns(tmp_path: Path) -> None:
    none: list[dict[str, Any]] = []
    file = tmp_path / "rows.parquet"
    write_rows(iter(none), file, tmp_path / "unfinished", SIGNATURE.outputs)
    assert list(read_rows(file)) == []
    assert "answers" in columns_in(file).names
