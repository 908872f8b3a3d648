"""PDFs with fields; `scripts.stress` draws with the same."""

from __future__ import annotations

from scripts.workshop.drawn_pdf_forms import (
    BLACK,
    NOTHING,
    appearance,
    choice_pdf,
    field_pdf,
    jbig2_pdf,
    layered,
    xfa_pdf,
)

__all__ = [
    "BLACK",
    "NOTHING",
    "appearance",
    "choice_pdf",
    "field_pdf",
    "jbig2_pdf",
    "layered",
    "xfa_pdf",
]
