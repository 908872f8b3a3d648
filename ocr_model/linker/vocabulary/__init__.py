"""Words that forms are labelled with, in English and other languages.

Lists only: what is counted in them is decided in `linker.phrases`.
"""

from __future__ import annotations

from ocr_model.linker.vocabulary.lexicon import CHOICES, UNITS

__all__ = [
    "CHOICES",
    "UNITS",
]
