"""Bytes of a document -> its pages, decoded when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Protocol

from ocr_model.documents.images import ImagePages
from ocr_model.documents.limits import Limits
from ocr_model.documents.pdf import PdfPages
from ocr_model.documents.recognition import recognise
from ocr_model.errors import DocumentError
from ocr_model.schema import Outcome, Page


class PageSource(Protocol):
    """An opened document. Pages are decoded when they are asked for, by any thread."""

    format: str
    page_count: int
    # Frames that are not pages, by number; the pages after them keep their numbers.
    left_out: Mapping[int, str]
    notes: tuple[str, ...]

    def read(self, number: int) -> Page:
        """Raises DocumentError when this page is damaged or over a limit."""
        ...

    def pixels(self, number: int) -> int:
        """Pixels of a page, known or estimated before it is decoded."""
        ...

    def close(self) -> None: ...


def open_document(data: bytes, limits: Limits) -> PageSource:
    """Open a document, recognised by content, without decoding its pages.

    An animation counts as its first frame; every frame of a TIFF is a page, except thumbnails and
    masks.

    Raises:
        DocumentError: not a document we read (`bad_input`), or over a limit (`too_large`).
    """
    if len(data) > limits.max_bytes:
        raise DocumentError(
            f"Expected at most {limits.max_bytes:,} bytes per document, got {len(data):,}. "
            "Send a smaller scan or raise max_document_bytes.",
            Outcome.TOO_LARGE,
        )
    file_format = recognise(data)
    if file_format == "PDF":
        return PdfPages(data, limits)
    return ImagePages(data, file_format, limits)


def decode_pages(data: bytes, max_bytes: int, max_page_pixels: int) -> list[Page]:
    """Decode all pages of a document at once, for documents known to be small.

    Pixels that are not square stay so: annotated boxes are in the pixels of the file.

    Raises:
        DocumentError: not a document we read (`bad_input`), or over a limit (`too_large`).
    """
    with closing(open_document(data, Limits(max_bytes, max_page_pixels))) as pages:
        return [
            pages.read(number)
            for number in range(1, pages.page_count + 1)
            if number not in pages.left_out
        ]
