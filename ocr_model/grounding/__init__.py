"""Answers and the words of a page -> the box of each answer.

Knows nothing of who gave the answers, and changes none.
"""

from __future__ import annotations

from ocr_model.grounding.ink import Ink, Pen
from ocr_model.grounding.placing import Grounding, place_pairs

__all__ = [
    "Grounding",
    "Ink",
    "Pen",
    "place_pairs",
]
