"""Answers and the words of a page -> the box of each answer.

Does not know where the answers come from, and does not change them.
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
