"""Where the pages of a document are stored: a folder of files, or its trace in MLflow."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import mlflow
from mlflow.entities import Span, Trace
from mlflow.exceptions import MlflowException
from mlflow.tracing.client import TracingClient
from PIL import Image

from ocr_model.bulk import find_documents
from ocr_model.errors import DatasetError

NOT_KEPT = "page not kept"
# A server names a document without an id by the start of its digest.
_DIGEST_START = re.compile(r"[0-9a-f]{16}")
_PAGE_SPAN = re.compile(r"page \d+")
_IMAGE = re.compile(r"mlflow-attachment://([0-9a-f-]{36})\?content_type=image")


class DocumentFolder:
    """The files of a folder, found by content, then by name.

    A row may name any path; only files below the folder are ever opened.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths = [Path(found.path) for found in find_documents(str(folder))]

    def find(self, document_id: str, sha256: str | None) -> Path | None:
        """The file of a document; None if there is none, or two with its name."""
        if sha256 is not None:
            # By name first: a digest requires reading the file, and searching requires reading all.
            named = self._by_name(document_id)
            known = named is not None and digest_of(named) == sha256
            return named if known else self._by_digest.get(sha256)
        if _DIGEST_START.fullmatch(document_id):
            return self._by_digest_start.get(document_id)
        return self._by_name(document_id)

    def _by_name(self, document_id: str) -> Path | None:
        """The file whose path ends the id: for "in/a/scan.png", a/scan.png or scan.png.

        An id may also be shorter than the file's path below the folder.
        """
        asked = Path(document_id).parts[::-1]
        found = self._by_file_name.get(asked[0] if asked else "", [])
        shared = {path: _shared(asked, path.parts[::-1]) for path in found}
        best = [path for path in found if shared[path] == max(shared.values())]
        return best[0] if len(best) == 1 else None

    @cached_property
    def _by_file_name(self) -> dict[str, list[Path]]:
        by_name: dict[str, list[Path]] = {}
        for path in self._paths:
            by_name.setdefault(path.name, []).append(path)
        return by_name

    @cached_property
    def _by_digest(self) -> dict[str, Path]:
        return {digest_of(path): path for path in self._paths}

    @cached_property
    def _by_digest_start(self) -> dict[str, Path]:
        return {digest[:16]: path for digest, path in self._by_digest.items()}


def _shared(asked: tuple[str, ...], path: tuple[str, ...]) -> int:
    """How many parts two reversed paths share, starting with the file name."""
    count = 0
    for one, other in zip(asked, path, strict=False):
        if one != other:
            break
        count += 1
    return count


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class KeptPage:
    """The image of a page in a trace; boxes refer to its `width` and `height`."""

    attachment_id: str
    width: int
    height: int


def pages_in_trace(trace: Trace) -> list[KeptPage]:
    """The images of all pages in a trace, in order; none unless it has all.

    The embedded engine attaches them to the page's span, an LLM engine to the request's.
    """
    parents = {span.span_id: span.parent_id for span in trace.data.spans}
    pages = {s.span_id: s for s in trace.data.spans if _PAGE_SPAN.fullmatch(s.name)}
    kept: dict[int, KeptPage] = {}
    for span in trace.data.spans:
        found = _IMAGE.search(json.dumps(span.inputs, default=str))
        page = _page_above(span.span_id, parents, pages) if found else None
        if found and page is not None and isinstance(page.inputs, dict):
            width, height = page.inputs.get("width"), page.inputs.get("height")
            number = int(page.name.removeprefix("page "))
            if isinstance(width, int) and isinstance(height, int):
                kept.setdefault(number, KeptPage(found[1], width, height))
    complete = sorted(kept) == list(range(1, len(pages) + 1))
    return [kept[number] for number in sorted(kept)] if complete else []


def _page_above(
    span_id: str | None, parents: Mapping[str, str | None], pages: Mapping[str, Span]
) -> Span | None:
    while span_id is not None and span_id not in pages:
        span_id = parents.get(span_id)
    return pages.get(span_id or "")


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """Its bytes; `sizes` are the page sizes that boxes refer to, if they may differ."""

    data: bytes
    sizes: tuple[tuple[int, int], ...] = ()


def document_in_trace(trace_id: str) -> KeptDocument:
    """The images of a trace as one document.

    Raises:
        DatasetError: the trace is gone, or has no images.
    """
    try:
        trace = mlflow.get_trace(trace_id)
        pages = [] if trace is None else pages_in_trace(trace)
        if trace is None or not pages:
            raise DatasetError(f"Expected pictures of the pages in {trace_id}: {NOT_KEPT}.")
        # MLflow's own judges call this: there is no public API for attachments yet.
        kept = TracingClient()._get_artifact_repo_for_trace(trace.info)
        pictures = [bytes(kept.download_trace_attachment(page.attachment_id)) for page in pages]
    except (MlflowException, OSError) as err:
        raise DatasetError(
            f"Expected pictures of the pages in {trace_id}, got: {err}. {NOT_KEPT.capitalize()}."
        ) from err
    data = pictures[0] if len(pictures) == 1 else _bound(pictures)
    return KeptDocument(data, tuple((page.width, page.height) for page in pages))


def _bound(pictures: list[bytes]) -> bytes:
    """Several images as the pages of one TIFF."""
    first, *others = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]
    buffer = io.BytesIO()
    first.save(buffer, "TIFF", save_all=True, append_images=others, compression="jpeg", quality=90)
    return buffer.getvalue()


def inputs_of(trace: Trace) -> dict[str, Any]:
    """The inputs of a document's trace: its id, size and SHA-256; empty for other traces."""
    for span in trace.data.spans:
        if span.name == "extract" and isinstance(span.inputs, dict) and "sha256" in span.inputs:
            return dict(span.inputs)
    return {}


def outputs_of(trace: Trace) -> dict[str, Any]:
    """The outputs of a document's trace: outcome, pairs, statuses of fields."""
    for span in trace.data.spans:
        if span.name == "extract" and isinstance(span.outputs, dict):
            return dict(span.outputs)
    return {}
