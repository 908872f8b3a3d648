"""Documents made in memory; `scripts.stress` draws with the same."""

from __future__ import annotations

from scripts.workshop.drawn_files import (
    drawn_pdf,
    encoded,
    frames_tiff,
    locked_pdf,
    paged_pdf,
    pdf_bytes,
    stream,
    tiff_bytes,
)

__all__ = [
    "drawn_pdf",
    "encoded",
    "frames_tiff",
    "locked_pdf",
    "paged_pdf",
    "pdf_bytes",
    "stream",
    "tiff_bytes",
]
