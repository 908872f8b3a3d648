"""Answers and the words of a page -> where each answer stands.

Knows nothing of who gave the answers, and changes none.
"""

from __future__ import annotations

from ocr_model.grounding.ink import Ink, Pen
from ocr_model.grounding.placing import Standing, place_pairs

__all__ = [
    "Ink",
    "Pen",
    "Standing",
    "place_pairs",
]
