"""The rows of a batch and the reviews of a folder -> the same rows with the corrections.

Rows keep their columns and their order, and get four more: `reviewed`, `reviewed_by`, `reviewed_at`
and `before`. Reviews stay in their folder: if the rows are extracted again, the same export
corrects them again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyarrow as pa

from ocr_model.bulk import (
    Row,
    as_texts,
    columns_in,
    read_rows,
    refuse_output,
    schema_by_field,
    write_table,
)
from ocr_model.errors import ConfigError
from ocr_model.fields import WantedFields, column_names, in_columns
from ocr_model.lifecycle import (
    config_of_model,
    find_champion,
    has_versions,
    uri_of,
    wanted_of_model,
)
from ocr_model.review.corrected_rows import ADDED, corrected_columns, corrected_row, untouched
from ocr_model.review.record import Review, ReviewState, load_reviews

__all__ = ["ExportCounts", "export_rows"]


@dataclass(slots=True)
class ExportCounts:
    """`corrected` counts reviewed rows that were changed; `elsewhere` names reviewed documents
    without a row here.
    """

    rows: int = 0
    reviewed: int = 0
    corrected: int = 0
    elsewhere: list[str] = field(default_factory=list)


def export_rows(rows: Path, folder: Path, output: Path, model_uri: str = "") -> ExportCounts:
    """Write the rows of one file to another, corrected if their review is done.

    A row's review is found by SHA-256 if both have it, else by document id. A CSV file has one
    column per field. `model_uri` names the model with these fields if neither review nor row names
    it; the default is the champion, if its fields match the columns.

    Raises:
        ConfigError: the output exists, the rows cannot be read, or the model of the fields is not
            available; nothing is written.
        DatasetError: a review cannot be read.
    """
    refuse_output(output)
    columns = columns_in(rows)
    reviews = _Reviews([r for r in load_reviews(folder) if r.state is ReviewState.DONE])
    by_field = "answers" not in columns.names
    fields = _Fields(model_uri, columns.names if by_field else None)
    wanted = None if by_field or output.suffix != ".csv" else fields.of_any(rows)
    written = schema_by_field(wanted) if wanted is not None else columns
    counts = ExportCounts()
    unfinished = output.with_name(f".{output.name}.part")
    try:
        corrected = _corrected(rows, reviews, fields, counts)
        if wanted is not None:
            corrected = (
                in_columns(row, wanted) | {name: row[name] for name in ADDED} for row in corrected
            )
        write_table(corrected, output, unfinished, _with_added(written))
    finally:
        unfinished.unlink(missing_ok=True)
    counts.elsewhere = reviews.unused()
    return counts


def _with_added(columns: pa.Schema) -> pa.Schema:
    taken = {name.casefold() for name in columns.names} & set(ADDED)
    if taken:
        raise ConfigError(
            f"Expected rows without a column {', '.join(sorted(taken))}, which the export adds; "
            "these are exported already, or have a field of that name. Export the rows that "
            "extract wrote."
        )
    return pa.schema([*columns, *as_texts(ADDED)])


def _corrected(
    rows: Path, reviews: _Reviews, fields: _Fields, counts: ExportCounts
) -> Iterator[Row]:
    for row in read_rows(rows):
        counts.rows += 1
        review = reviews.of(row)
        if review is None:
            yield untouched(row)
            continue
        if fields.columns is not None:
            right = corrected_columns(row, review, fields.of(review, row))
        else:
            wanted = fields.of(review, row) if review.kind == "fields" else None
            right = corrected_row(row, review, wanted)
        counts.reviewed += 1
        counts.corrected += right["before"] is not None
        yield right


@dataclass(slots=True)
class _Fields:
    """The fields of the models that read the documents; `columns` if rows have one per field.

    Raises:
        ConfigError: the model is unknown, or has no fields.
    """

    model_uri: str
    columns: list[str] | None

    def of(self, review: Review, row: Row) -> WantedFields:
        if self.columns is not None and review.kind != "fields":
            raise ConfigError(
                f"Expected a review of fields for rows with a column per field, got {review.name}, "
                "which is of pairs. Export the rows that were reviewed."
            )
        named = (review.model_uri, row.get("model_uri"), self.model_uri)
        uri = next((uri for uri in named if uri and ":/" in uri), None)
        wanted = self._of_champion() if uri is None else _wanted_of_model(uri)
        if wanted is None:
            raise ConfigError(
                f"Expected the fields of the model that read {review.document_id}, which say how "
                f"its values are read, got {uri or 'no model'} with such fields. Name it, or set "
                "MLFLOW_TRACKING_URI to the store it is in."
            )
        return wanted

    def of_any(self, rows: Path) -> WantedFields:
        """The fields of all of them, for a table that has a column for each."""
        uris = (row.get("model_uri") for row in read_rows(rows) if row.get("fields"))
        uri = self.model_uri or next((uri for uri in uris if uri and ":/" in uri), "")
        wanted = _wanted_of_model(uri) if uri else None
        if wanted is None:
            raise ConfigError(
                f"Expected rows with fields in {rows} and their model at hand, as a CSV file has a "
                "column per field. Export to a file that ends in .jsonl or .parquet."
            )
        return wanted

    def _of_champion(self) -> WantedFields | None:
        if self.columns is None or not has_versions():
            return None
        wanted = _wanted_of_model(uri_of(find_champion()))
        same = wanted is not None and set(column_names(wanted)) == set(self.columns)
        return wanted if same else None


@cache
def _wanted_of_model(model_uri: str) -> WantedFields | None:
    return wanted_of_model(model_uri, config_of_model(model_uri).fields)


class _Reviews:
    """Finished reviews, found by the document's bytes or its id."""

    def __init__(self, done: list[Review]) -> None:
        self._done = done
        self._by_sha256 = {review.sha256: review for review in done if review.sha256}
        self._by_id = {review.document_id: review for review in done}
        self._used: set[str] = set()

    def of(self, row: Row) -> Review | None:
        sha256 = row.get("sha256")
        found = self._by_sha256.get(sha256) if sha256 else None
        if found is None:
            found = self._by_id.get(row["document_id"])
            if found is not None and sha256 and found.sha256:
                return None  # another document with that name
        if found is not None:
            self._used.add(found.name)
        return found

    def unused(self) -> list[str]:
        return [review.document_id for review in self._done if review.name not in self._used]
