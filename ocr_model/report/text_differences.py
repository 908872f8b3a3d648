"""Show which characters of two texts differ. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import NamedTuple

# Below this share of common characters, marking single characters is unreadable.
_ALIKE = 0.5


class TextPiece(NamedTuple):
    """A piece of a text, and whether the other text has something else there."""

    text: str
    differs: bool


def differences(truth: str, prediction: str) -> tuple[list[TextPiece], list[TextPiece]]:
    """Cut both texts into pieces that agree and pieces that differ.

    "5 May", "6 May" -> [5 differs, " May"], [6 differs, " May"]

    If the texts have little in common, all of the prediction is marked and nothing of the truth.
    """
    matcher = SequenceMatcher(None, truth, prediction, autojunk=False)
    if truth != prediction and matcher.ratio() < _ALIKE:
        return _whole(truth, differs=False), _whole(prediction, differs=True)
    true, predicted = [], []
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        true.append(TextPiece(truth[i:i_end], tag != "equal"))
        predicted.append(TextPiece(prediction[j:j_end], tag != "equal"))
    return [cut for cut in true if cut.text], [cut for cut in predicted if cut.text]


def _whole(text: str, *, differs: bool) -> list[TextPiece]:
    return [TextPiece(text, differs)] if text else []
