"""How much of a page was read surely, from its lines alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ocr_model.ocr.detection import Crop
from ocr_model.ocr.text_lines import Line

# Lines of the sample pages are read with a confidence of 0.98 to 1.00; of Cyrillic, Greek, Hebrew,
# Arabic, Georgian and Armenian print, which the recogniser was not taught, half and more with less.
_SURE = 0.9
# In heights of a line, how much of it a sign takes: letters about a half, also in spaced print. Of
# scripts it does not know, the recogniser leaves out most signs, and is sure of the colons.
_WIDEST_SIGN = 2.5
# Lines that are shorter may be a tick or a number in a wide box.
_SHORTEST_LINE = 4.0


def unsure_share(lines: Sequence[Line], crops: Sequence[Crop]) -> float:
    """The share of all lines, by length, that were read unsurely or hardly at all; 0 without lines.

    ("Name", 0.99) of length 3 and (":", 0.95) of length 6 -> 0.67
    """
    lengths = _lengths(crops)
    unsure = sum(
        length for line, length in zip(lines, lengths, strict=True) if _is_unsure(line, length)
    )
    return unsure / sum(lengths) if lengths else 0.0


def length_of(crops: Sequence[Crop]) -> float:
    """Of all lines together, in their heights."""
    return sum(_lengths(crops))


def _lengths(crops: Sequence[Crop]) -> list[float]:
    return [crop.shape[1] / crop.shape[0] for crop in crops]


def _is_unsure(line: Line, length: float) -> bool:
    signs = len("".join(line.text.split()))
    is_long = length >= _SHORTEST_LINE
    return line.confidence < _SURE or (is_long and signs * _WIDEST_SIGN < length)
