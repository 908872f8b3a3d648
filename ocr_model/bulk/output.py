"""Rows -> one Parquet, JSON Lines or CSV file, which appears complete or not at all."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from mlflow.types import DataType, Schema
from mlflow.types.schema import Array, Map, Object

from ocr_model.errors import ConfigError
from ocr_model.fields import WantedFields, column_names, in_columns

Row = dict[str, Any]

# Rows per row group: a few kilobytes each, and only this many are held at once.
_GROUP = 2000
_ARROW = {
    DataType.string: pa.string(),
    DataType.long: pa.int64(),
    DataType.double: pa.float64(),
    DataType.boolean: pa.bool_(),
}
DOCUMENT_SHA256 = "sha256"
# For a table of texts.
BOOLEANS = frozenset({"needs_review", "reviewed"})
# A spreadsheet takes a text that starts like this for a formula, unless it is a number.
_FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def refuse_output(output: Path) -> None:
    """Refuse an output that cannot be written, before anything is read.

    Raises:
        ConfigError: the suffix is not of a format we write, or the file exists.
    """
    if output.suffix not in _WRITERS:
        raise ConfigError(f"Expected output to end in {', '.join(_WRITERS)}, got {str(output)!r}.")
    if output.exists():
        raise ConfigError(
            f"Expected no file at {output}, got one; a finished batch is never overwritten. "
            "Name another output, or remove the file."
        )


def write_rows(
    rows: Iterable[Row],
    output: Path,
    unfinished: Path,
    schema: Schema,
    wanted: WantedFields | None = None,
) -> None:
    """Write all rows to `unfinished`, on the same disk, then rename it to `output`.

    The columns are those of the model's signature and the SHA-256 of the document, or, with
    `wanted`, one per field.
    """
    if wanted is None:
        write_table(rows, output, unfinished, columns_of_rows(schema))
    else:
        by_field = (in_columns(row, wanted) for row in rows)
        write_table(by_field, output, unfinished, schema_by_field(wanted))


def write_table(rows: Iterable[Row], output: Path, unfinished: Path, columns: pa.Schema) -> None:
    """The same with any columns; a CSV file takes only texts and booleans."""
    _WRITERS[output.suffix](rows, unfinished, columns)
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(output)


def columns_of_rows(schema: Schema) -> pa.Schema:
    """The model's columns, and the digest of the bytes: later a name may mean other bytes."""
    return arrow_schema(schema).append(pa.field(DOCUMENT_SHA256, pa.string()))


def arrow_schema(schema: Schema) -> pa.Schema:
    """The columns of a model's signature as an Arrow schema; all are nullable."""
    return pa.schema([(column.name, _arrow_type(column.type)) for column in schema])


def schema_by_field(wanted: WantedFields) -> pa.Schema:
    """One column per field, and the leading columns."""
    return as_texts(column_names(wanted))


def as_texts(names: Iterable[str]) -> pa.Schema:
    """Columns of texts, except for known booleans."""
    return pa.schema([(name, pa.bool_() if name in BOOLEANS else pa.string()) for name in names])


def _arrow_type(kind: object) -> pa.DataType:
    if isinstance(kind, Array):
        return pa.list_(_arrow_type(kind.dtype))
    if isinstance(kind, Map):
        return pa.map_(pa.string(), _arrow_type(kind.value_type))
    if isinstance(kind, Object):
        members = sorted(kind.properties, key=lambda member: member.name)
        return pa.struct([(member.name, _arrow_type(member.dtype)) for member in members])
    if isinstance(kind, DataType) and kind in _ARROW:
        return _ARROW[kind]
    raise ConfigError(f"Expected a column of the model's output to be simple, got {kind!r}.")


def _write_parquet(rows: Iterable[Row], file: Path, columns: pa.Schema) -> None:
    maps = [field.name for field in columns if pa.types.is_map(field.type)]
    remaining = iter(rows)
    with pq.ParquetWriter(file, columns) as writer:
        while group := list(islice(_with_entries(remaining, maps), _GROUP)):
            writer.write_table(pa.Table.from_pylist(group, columns))


def _with_entries(rows: Iterator[Row], maps: list[str]) -> Iterator[Row]:
    """Convert maps for Arrow, which takes a list of entries."""
    for row in rows:
        yield row | {name: list(row[name].items()) for name in maps}


def _write_jsonl(rows: Iterable[Row], file: Path, columns: pa.Schema) -> None:  # noqa: ARG001
    with file.open("w", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def _write_csv(rows: Iterable[Row], file: Path, columns: pa.Schema) -> None:
    # With a byte order mark: without it, Excel does not recognise UTF-8.
    with file.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(map(_csv_cell, columns.names))
        writer.writerows([_csv_cell(row[name]) for name in columns.names] for row in rows)


def as_read_from_csv(name: str, cell: str) -> str | bool | None:
    """The inverse of the encoding of cells in `write_rows`."""
    if name in BOOLEANS:
        return cell == "true"
    bare = cell.removeprefix("'")
    return (bare if bare != cell and _csv_cell(bare) == cell else cell) or None


def _csv_cell(said: str | bool | None) -> str:
    """`=1+1` -> `'=1+1`, which spreadsheets show as text; -12.50 stays a number."""
    if said is None or isinstance(said, bool):
        return {True: "true", False: "false", None: ""}[said]
    return f"'{said}" if _FORMULA.match(said) and not _NUMBER.fullmatch(said) else said


_WRITERS: dict[str, Callable[[Iterable[Row], Path, pa.Schema], None]] = {
    ".parquet": _write_parquet,
    ".jsonl": _write_jsonl,
    ".csv": _write_csv,
}
