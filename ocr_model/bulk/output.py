"""Rows -> one Parquet or JSON Lines file, which appears complete or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from mlflow.types import DataType, Schema
from mlflow.types.schema import Array, Map, Object

from ocr_model.errors import ConfigError

Row = dict[str, Any]

# Rows of a row group: a few kilobytes each, and only so many are held at once.
_GROUP = 2000
_ARROW = {
    DataType.string: pa.string(),
    DataType.long: pa.int64(),
    DataType.double: pa.float64(),
    DataType.boolean: pa.bool_(),
}


def refuse_output(output: Path) -> None:
    """Refuse an output that cannot be written, before anything is read.

    Raises:
        ConfigError: the suffix is of no format we write, or the file is there already.
    """
    if output.suffix not in _WRITERS:
        raise ConfigError(
            f"Expected output to end in {' or '.join(_WRITERS)}, got {str(output)!r}."
        )
    if output.exists():
        raise ConfigError(
            f"Expected no file at {output}, got one; a finished batch is never overwritten. "
            "Name another output, or remove the file."
        )


def write_rows(rows: Iterable[Row], output: Path, unfinished: Path, schema: Schema) -> None:
    """Write all rows to `unfinished`, on the same disk, then let it appear as `output`."""
    _WRITERS[output.suffix](rows, unfinished, schema)
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(output)


def arrow_schema(schema: Schema) -> pa.Schema:
    """The columns of a model's signature as Parquet has them; every one may be null."""
    return pa.schema([(column.name, _arrow_type(column.type)) for column in schema])


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


def _write_parquet(rows: Iterable[Row], file: Path, schema: Schema) -> None:
    columns = arrow_schema(schema)
    maps = [field.name for field in columns if pa.types.is_map(field.type)]
    remaining = iter(rows)
    with pq.ParquetWriter(file, columns) as writer:
        while group := list(islice(_with_entries(remaining, maps), _GROUP)):
            writer.write_table(pa.Table.from_pylist(group, columns))


def _with_entries(rows: Iterator[Row], maps: list[str]) -> Iterator[Row]:
    """Arrow takes a map as a list of entries."""
    for row in rows:
        yield row | {name: list(row[name].items()) for name in maps}


def _write_jsonl(rows: Iterable[Row], file: Path, schema: Schema) -> None:  # noqa: ARG001
    with file.open("w", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")


_WRITERS: dict[str, Callable[[Iterable[Row], Path, Schema], None]] = {
    ".parquet": _write_parquet,
    ".jsonl": _write_jsonl,
}
