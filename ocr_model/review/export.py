"""The rows of a batch and the reviews of a folder -> the same rows, right where a person said so.

Rows keep their columns and their order, and have four more: `reviewed`, `reviewed_by`,
`reviewed_at` and `before`. Reviews stay in their folder: rows that are extracted again are
corrected again, by the same export.
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
from ocr_model.fields import WantedFields, in_columns
from ocr_model.lifecycle import config_of_model, wanted_of_model
from ocr_model.review.corrected_rows import ADDED, corrected_columns, corrected_row, untouched
from ocr_model.review.record import Review, ReviewState, load_reviews

__all__ = ["ExportCounts", "export_rows"]


@dataclass(slots=True)
class ExportCounts:
    """`corrected` of the reviewed rows were changed; `elsewhere` names documents that are reviewed
    and have no row here.
    """

    rows: int = 0
    reviewed: int = 0
    corrected: int = 0
    elsewhere: list[str] = field(default_factory=list)


def export_rows(rows: Path, folder: Path, output: Path) -> ExportCounts:
    """Write the rows of one file to another, corrected where a review of them is done.

    A row's review is the one of the same bytes, where both say their SHA-256, else of the same
    document id. A CSV file has one column per field.

    Raises:
        ConfigError: the output is there already, or the rows cannot be read, or fields are to be
            written of a model that is not at hand; nothing is written.
        DatasetError: a review cannot be read.
    """
    refuse_output(output)
    columns = columns_in(rows)
    reviews = _Reviews([r for r in load_reviews(folder) if r.state is ReviewState.DONE])
    by_field = "answers" not in columns.names
    wanted = None if by_field or output.suffix != ".csv" else reviews.any_wanted(rows)
    written = schema_by_field(wanted) if wanted is not None else columns
    counts = ExportCounts()
    unfinished = output.with_name(f".{output.name}.part")
    try:
        corrected = _corrected(rows, reviews, by_field, counts)
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
    rows: Path, reviews: _Reviews, by_field: bool, counts: ExportCounts
) -> Iterator[Row]:
    for row in read_rows(rows):
        counts.rows += 1
        review = reviews.of(row)
        if review is None:
            yield untouched(row)
            continue
        wanted = _wanted_of(review, row) if review.kind == "fields" else None
        if by_field:
            right = corrected_columns(row, review, _needed(wanted, review))
        else:
            right = corrected_row(row, review, wanted)
        counts.reviewed += 1
        counts.corrected += right["before"] is not None
        yield right


def _needed(wanted: WantedFields | None, review: Review) -> WantedFields:
    if wanted is None:
        raise ConfigError(
            f"Expected a review of fields for rows with a column per field, got {review.name}, "
            "which is of pairs. Export the rows that were reviewed."
        )
    return wanted


def _wanted_of(review: Review, row: Row) -> WantedFields:
    """The fields of the model that read the document.

    Raises:
        ConfigError: the review does not name one that is at hand.
    """
    named = (review.model_uri, row.get("model_uri"))
    uri = next((uri for uri in named if uri and ":/" in uri), None)
    wanted = None if uri is None else _wanted_of_model(uri)
    if wanted is None:
        raise ConfigError(
            f"Expected the review of {review.document_id} to name a model with fields, which say "
            f"how its values are read, got {uri or review.model_uri!r}. Set MLFLOW_TRACKING_URI to "
            "the store of the model that was reviewed."
        )
    return wanted


@cache
def _wanted_of_model(model_uri: str) -> WantedFields | None:
    return wanted_of_model(model_uri, config_of_model(model_uri).fields)


class _Reviews:
    """Done ones, found by the document's bytes or its id."""

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
                return None  # another document of that name
        if found is not None:
            self._used.add(found.name)
        return found

    def unused(self) -> list[str]:
        return [review.document_id for review in self._done if review.name not in self._used]

    def any_wanted(self, rows: Path) -> WantedFields:
        """The fields of all of them, for a table that has a column for each."""
        for row in read_rows(rows):
            if row.get("fields") and (uri := row.get("model_uri")) and ":/" in uri:
                if (wanted := _wanted_of_model(uri)) is not None:
                    return wanted
                break
        raise ConfigError(
            f"Expected rows with fields in {rows} and their model at hand, as a CSV file has a "
            "column per field. Export to a file that ends in .jsonl or .parquet."
        )
