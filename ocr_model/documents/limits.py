"""Limits on the cost of a document, and how its pages are rendered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one document; the extractor fills them from its settings of the same names."""

    max_bytes: int = 20_000_000
    max_page_pixels: int = 50_000_000
    pdf_dpi: int = 200
    pdf_page_timeout_s: float = 30.0
    # Whether the text that a PDF draws is extracted.
    read_text: bool = False
