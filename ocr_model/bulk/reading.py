"""A file of rows written by `extract` -> its columns, and its rows one at a time."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ocr_model.bulk.output import Row, as_read_from_csv, as_texts, columns_of_rows
from ocr_model.errors import ConfigError, excerpt, where_looked
from ocr_model.pyfunc_model import SIGNATURE

_ID = "document_id"
_GROUP = 500


def columns_in(file: Path) -> pa.Schema:
    """The columns of a file of rows, as an Arrow schema.

    JSON Lines have no types: those of the model's signature are used, other columns are texts.

    Raises:
        ConfigError: there is no such file, or it has no rows.
    """
    if not file.is_file():
        raise ConfigError(f"Expected a file of rows, got {str(file)!r}.{where_looked(file)}")
    try:
        columns = _columns_in(file)
    except (pa.ArrowException, csv.Error, ValueError, OSError) as err:
        raise ConfigError(_no_rows(file, err)) from err
    if _ID not in columns.names:
        raise ConfigError(
            f"Expected rows with {_ID} in {file}, as extract writes them, got the columns "
            f"{excerpt(columns.names)}."
        )
    return columns


def read_rows(file: Path) -> Iterator[Row]:
    """The rows in order; a map is a dictionary, an empty CSV cell is None.

    Raises:
        ConfigError: as `columns_in`, or a row cannot be read.
    """
    columns_in(file)
    try:
        yield from _READERS[file.suffix](file)
    except (pa.ArrowException, csv.Error, ValueError, OSError) as err:
        raise ConfigError(_no_rows(file, err)) from err


def _columns_in(file: Path) -> pa.Schema:
    if file.suffix == ".parquet":
        return pq.read_schema(file).remove_metadata()
    if file.suffix not in _READERS:
        raise ValueError(f"its name does not end in {', '.join(_READERS)}")
    first = next(_READERS[file.suffix](file), {_ID: ""})
    if "answers" not in first:
        return as_texts(first)
    known = columns_of_rows(SIGNATURE.outputs)
    typed = {name: known.field(name).type for name in known.names}
    return pa.schema([(name, typed.get(name, pa.string())) for name in first])


def _no_rows(file: Path, err: Exception) -> str:
    return f"Expected rows in {file}, as extract writes them, got: {err}."


def _read_parquet(file: Path) -> Iterator[Row]:
    with pq.ParquetFile(file) as rows:
        maps = [field.name for field in rows.schema_arrow if pa.types.is_map(field.type)]
        for group in rows.iter_batches(_GROUP):
            for row in group.to_pylist():
                yield row | {name: dict(row[name] or ()) for name in maps}


def _read_jsonl(file: Path) -> Iterator[Row]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise ValueError(f"a line that is no object: {excerpt(row)}")
                yield row


def _read_csv(file: Path) -> Iterator[Row]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines)
        names = [as_read_from_csv("", name) or "" for name in next(rows, [])]
        for cells in rows:
            yield {
                str(name): as_read_from_csv(str(name), cell)
                for name, cell in zip(names, cells, strict=True)
            }


_READERS = {".parquet": _read_parquet, ".jsonl": _read_jsonl, ".csv": _read_csv}
