"""The similarity of a question on a page to a label in the file, tolerant of misread letters and
lost blanks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from ocr_model.fields.values import without_accents

# Characters that OCR confuses are equal; so are letters with and without accents.
_CONFUSED = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "!": "l", "5": "s", "8": "b"})
_NOT_IN_LABEL = re.compile(r"[\W_]+")
# "VAT 20 %" asks for the same as "VAT 19 %" and "VAT".
_RATE = re.compile(r"\d{1,2}(?:[.,]\d{1,2})?\s?%")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


@lru_cache(maxsize=8192)
def skeleton(text: str) -> str:
    """A label without blanks and punctuation, with easily confused characters unified.

    "Invoice No. :" -> "lnvolceno"; "DATE OF B1RTH" -> "dateofblrth"
    """
    plain = without_accents(unicodedata.normalize("NFKC", text)).casefold()
    # Some labels are only a number sign or per cent.
    return _NOT_IN_LABEL.sub("", plain).translate(_CONFUSED) or plain.strip()


def without_rate(label: str) -> str:
    """ "VAT 20 %" -> "VAT"; a label that is only a rate stays."""
    bare = _RATE.sub(" ", label)
    return bare if skeleton(bare) else label


def is_rate(text: str) -> bool:
    return _RATE.fullmatch(text.strip(" ()[]:@")) is not None


# Words that change the meaning of a label: the number of a thing is not the thing.
_TURNING_WORDS = """
no nr num number nummer numero id code date datum fecha time qty quantity reg registration type typ
rate total fax phone tel
"""
_TURNING = frozenset(_TURNING_WORDS.split())
_DIFFERENT = 0.6


def likeness(asked: str, labels: Iterable[str]) -> float:
    """The similarity of a question to the nearest label, from 0 to 1.

    "lnvoice N0:", ["Invoice No", "Number"] -> 1.0; "Total (RM)", ["Total"] -> 0.95
    """
    return max((_alike(asked, label) for label in labels), default=0.0)


@lru_cache(maxsize=65536)
def _alike(asked: str, label: str) -> float:
    best = _similar(skeleton(asked), skeleton(label))
    if best < 1 and _turned(asked, label):
        return min(best, _DIFFERENT)
    for left, right in ((asked, label), (label, asked)):
        bare = _BRACKETED.sub(" ", left)
        if bare != left and skeleton(bare):
            best = max(best, 0.95 * _similar(skeleton(bare), skeleton(right)))
    bare_asked, bare_label = without_rate(asked), without_rate(label)
    if (bare_asked, bare_label) != (asked, label):
        best = max(best, 0.95 * _similar(skeleton(bare_asked), skeleton(bare_label)))
    return best


def _turned(asked: str, label: str) -> bool:
    """Whether they differ by a word that changes the meaning: "Company", "Company No." """
    these, those = (set(_NOT_IN_LABEL.sub(" ", text.casefold()).split()) for text in (asked, label))
    more = these ^ those
    return bool(more) and bool(these & those) and more <= _TURNING


def _similar(one: str, other: str) -> float:
    return float(Levenshtein.normalized_similarity(one, other)) if one and other else 0.0
