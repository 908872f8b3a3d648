"""The documents to review: rows of a batch, a folder of scans, or the traces of an experiment.

Knows the pages and the model's reading of each document; knows nothing of who works on it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import mlflow

from ocr_model.bulk import find_documents, read_rows
from ocr_model.errors import ConfigError
from ocr_model.review.record import REVIEWS, Review
from ocr_model.review.work_list.kept_documents import (
    NOT_KEPT,
    DocumentFolder,
    KeptDocument,
    digest_of,
    document_in_trace,
    inputs_of,
    outputs_of,
    pages_in_trace,
)
from ocr_model.review.work_list.model_reading import ModelReading, reading_of, reading_of_trace

Order = Literal["least_sure", "random"]
# Subfolders of a review folder that are not documents.
_LABELS = frozenset({"annotations", "fields", REVIEWS})
_UNFIT = re.compile(r"[\x00-\x1f\x7f/\\]+")
_LONGEST_NAME = 100
_MOST_TRACES = 10_000


@dataclass(frozen=True, slots=True)
class Item:
    """One document of the list. `name` is the name of its files in the review folder.

    Its pages are in the file `path`, or in the trace `kept_in`; else `absent` says why it cannot be
    opened. `reading` is None until the model has read it. `file` is its place in the review folder,
    if it is already stored there as a form's image.
    """

    name: str
    document_id: str
    path: Path | None = None
    kept_in: str | None = None
    absent: str | None = None
    sha256: str | None = None
    file: str | None = None
    reading: ModelReading | None = None

    def document(self) -> KeptDocument:
        """Raises:
        DatasetError: its pages are not where they were.
        OSError: its file cannot be read.
        """
        if self.path is not None:
            return KeptDocument(self.path.read_bytes())
        return document_in_trace(self.kept_in or "")


def items_of_folder(data: Path, reviews: Sequence[Review], into: Path) -> list[Item]:
    """The documents of a folder, each once, without labels and reviews next to them.

    Raises:
        ConfigError: there are none.
    """
    items: dict[str, Item] = {}
    for found in find_documents(str(data)):
        path = Path(found.path)
        inside = path.relative_to(data.absolute())
        if len(inside.parts) > 1 and inside.parts[0] in _LABELS:
            continue
        digest = digest_of(path)
        known = items.setdefault(digest, Item("", str(inside), path=path, sha256=digest))
        if inside.parts[0] == "images" and known.path != path:
            # Kept there when the review of this document was done.
            items[digest] = replace(known, path=path)
    if not items:
        raise ConfigError(f"Expected scans in {data}, got a folder with labels alone.")
    return _named(items.values(), reviews, into)


def items_of_rows(
    rows: Path, documents: Path | None, reviews: Sequence[Review], into: Path
) -> list[Item]:
    """The rows of a batch; pages are searched in `documents`, then in the rows' traces.

    Raises:
        ConfigError: the file has no rows, or the folder has no documents.
    """
    folder = DocumentFolder(documents) if documents is not None else None
    items = []
    for row in read_rows(rows):
        document_id = str(row["document_id"])
        reading = reading_of(row)
        sha256 = row.get("sha256") or None
        path = folder.find(document_id, sha256) if folder is not None else None
        item = Item("", document_id, path=path, sha256=sha256 if path else None, reading=reading)
        items.append(item if path is not None else _looked_for_in_trace(item))
    return _named(items, reviews, into)


def items_of_traces(
    experiment: str, documents: Path | None, reviews: Sequence[Review], into: Path
) -> list[Item]:
    """The documents with traces in an experiment, each with its latest reading.

    Raises:
        ConfigError: there is no such experiment, or no trace of a reading in it.
    """
    found = mlflow.get_experiment_by_name(experiment)
    if found is None:
        raise ConfigError(f"Expected an experiment with traces, got {experiment!r}: there is none.")
    folder = DocumentFolder(documents) if documents is not None else None
    items: dict[str, Item] = {}
    traces = mlflow.search_traces(
        locations=[found.experiment_id],
        max_results=_MOST_TRACES,
        order_by=["timestamp_ms DESC"],
        return_type="list",
    )
    for trace in traces:
        inputs, outputs = inputs_of(trace), outputs_of(trace)
        sha256 = str(inputs.get("sha256"))
        if not inputs or "pairs" not in outputs or sha256 in items:
            continue
        trace_id = trace.info.trace_id
        document_id = str(inputs["document_id"])
        model_id = trace.info.trace_metadata.get("mlflow.modelId")
        model_uri = f"models:/{model_id}" if model_id else None
        read = reading_of_trace(outputs, trace_id, model_uri)
        path = folder.find(document_id, sha256) if folder is not None else None
        kept = trace_id if path is None and pages_in_trace(trace) else None
        absent = None if path or kept else NOT_KEPT
        # With images only, the digest is that of the images, known once they are fetched.
        digest = sha256 if path else None
        items[sha256] = Item("", document_id, path, kept, absent, digest, reading=read)
    if not items:
        raise ConfigError(
            f"Expected traces of documents that were read, got none in {experiment!r}. Extract "
            "with traces=on, or name another experiment."
        )
    return _named(items.values(), reviews, into)


def _looked_for_in_trace(item: Item) -> Item:
    trace_id = item.reading.trace_id if item.reading is not None else None
    trace = mlflow.get_trace(trace_id, silent=True) if trace_id else None
    if trace is not None and pages_in_trace(trace):
        return replace(item, kept_in=trace_id)
    return replace(item, absent=NOT_KEPT)


def _named(items: Iterable[Item], reviews: Sequence[Review], into: Path) -> list[Item]:
    """Give each a unique file name; documents reviewed before keep theirs."""
    by_digest = {review.sha256: review.name for review in reviews if review.sha256}
    by_id = {review.document_id: review.name for review in reviews}
    taken = {review.name.casefold() for review in reviews}
    named = []
    for item in items:
        name = by_digest.get(item.sha256) if item.sha256 else by_id.get(item.document_id)
        if name is None:
            name = _free_name(item, taken)
            taken.add(name.casefold())
        named.append(replace(item, name=name, file=_file_in(into, item, name)))
    return named


def _free_name(item: Item, taken: set[str]) -> str:
    """ "in/scan 7.png" -> "scan 7"; if another document has that name, "scan 7-1f2e3d4c"."""
    stem = _UNFIT.sub("_", Path(item.document_id).stem).strip(" .")[:_LONGEST_NAME] or "document"
    if stem.casefold() not in taken:
        return stem
    digest = item.sha256 or hashlib.sha256(item.document_id.encode()).hexdigest()
    names = (f"{stem}-{digest[:size]}" for size in range(8, len(digest)))
    return next(name for name in names if name.casefold() not in taken)


def _file_in(into: Path, item: Item, name: str) -> str | None:
    images = into.absolute() / "images"
    if item.path is None or item.path.parent != images or item.path.stem != name:
        return None
    return f"images/{item.path.name}"


def in_order(items: Iterable[Item], order: Order, seed: int, n: int = 0) -> list[Item]:
    """Documents that need review first, then by lowest confidence; or a draw. `n` of them, 0: all.

    The draw depends only on the documents: the same seed draws the same ones, whatever was read,
    and adding a document does not move the others.
    """
    ordered = (
        sorted(items, key=_drawn(seed)) if order == "random" else sorted(items, key=_least_sure)
    )
    return ordered[:n] if n else ordered


def _least_sure(item: Item) -> tuple[int, float, str]:
    """Sort key: unread documents come last; an unknown confidence counts as the lowest."""
    reading = item.reading
    if reading is None:
        return 2, 0.0, item.name
    return 0 if reading.doubtful else 1, reading.lowest_confidence or 0.0, item.name


def _drawn(seed: int) -> Callable[[Item], str]:
    def key(item: Item) -> str:
        document = item.sha256 or item.document_id
        return hashlib.sha256(f"{seed} {document}".encode()).hexdigest()

    return key


def with_readings(items: Iterable[Item], readings: Mapping[str, ModelReading]) -> Iterator[Item]:
    """The items with the model's newer readings, by document id."""
    for item in items:
        reading = readings.get(item.document_id)
        yield item if reading is None else replace(item, reading=reading)
