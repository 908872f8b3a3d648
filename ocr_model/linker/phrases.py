"""What a phrase looks like, from its text alone, as numbers. Knows nothing of where it stands.

Shapes, and shares of hand-written lists: nothing here could keep a text that was trained on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from ocr_model.linker.boxes import Floats
from ocr_model.linker.vocabulary import CHOICES, UNITS, label_words, lexicon, other_languages
from ocr_model.ocr import ends_with_colon

LABEL_WORDS = label_words.LABEL_WORDS | other_languages.LABEL_WORDS
FUNCTION_WORDS = lexicon.FUNCTION_WORDS | other_languages.FUNCTION_WORDS
NAMES = lexicon.NAMES | other_languages.NAMES

# The recogniser takes a ticked box for the ideograph U+533A, an empty one for U+53E3.
TICK = re.compile(r"[(\[]?\s*[xX✓✔√☑☒✗\u00d7\u533a]\s*[)\]]?")
_ENUMERATION = re.compile(r"^\(?(?:\d{1,2}|[a-zA-Z])[.)]\s*(?=\D)")
_LETTERS = re.compile(r"[^\W\d_]+")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\b(19|20)\d\d\b")
_NUMBER = re.compile(r"[-+(]?[$£€#]?\s?\d[\d,.\s]*[%)]?")
_CODE = re.compile(r"(?=.*\d)[\w\-/().]+")
_LEADER = re.compile(r"[._\-]{3,}|…")

TEXT_FEATURES = 33
# What is looked at of phrases in the neighbourhood: length, digits, capitals, colon, full stop,
# date, number, tick, the lists and the likeness of a label.
BRIEF = (0, 2, 3, 7, 9, 13, 17, 18, 21, 24, 26, 28, 32)


def phrase_features(texts: Iterable[str]) -> Floats:
    """Shape (texts, TEXT_FEATURES)."""
    return np.array([_features(text) for text in texts]).reshape(-1, TEXT_FEATURES)


# The stages ask for the same phrases of a page again and again; a few pages' worth is kept.
@lru_cache(maxsize=4096)
def _features(text: str) -> tuple[float, ...]:
    tokens = text.split()
    signs = [char for char in text if not char.isspace()]
    letters = [char for char in signs if char.isalpha()]
    words = [word.casefold() for word in _LETTERS.findall(_ENUMERATION.sub("", text))]
    digits = sum(char.isdigit() for char in signs)
    count = max(len(signs), 1)
    shape = (
        min(len(signs), 80.0),
        min(len(tokens), 20.0),
        digits / count,
        sum(char.isupper() for char in letters) / max(len(letters), 1),
        1 - (len(letters) + digits) / count,
        float(text[:1].isupper()),
        float(text[:1].islower()),
        float(len(letters) > 1 and not any(char.islower() for char in letters)),
        sum(token[:1].isupper() for token in tokens) / max(len(tokens), 1),
        float(ends_with_colon(text)),
        float(":" in text[:-1]),
        float(text.endswith(("#", "?", "="))),
        float(text.endswith((",", "-", "&", "/"))),
        float(text.endswith((".", ";"))),
        float(text.startswith("(")),
        float(text.endswith(")")),
        float(any(char in "$%£€" for char in text)),
        float(bool(_DATE.search(text))),
        float(bool(_NUMBER.fullmatch(text))),
        float(bool(_CODE.fullmatch(text))),
        float(bool(_ENUMERATION.match(text))),
        float(bool(TICK.fullmatch(text))),
        float(len(letters) + digits),
        float(bool(_LEADER.search(text))),
    )
    return shape + _lexicon_shares(words, tokens) + (_label_likeness(text, words, digits / count),)


def _lexicon_shares(words: list[str], tokens: list[str]) -> tuple[float, ...]:
    count = max(len(words), 1)
    return (
        sum(word in LABEL_WORDS for word in words) / count,
        float(bool(words) and words[-1] in LABEL_WORDS),
        sum(word in FUNCTION_WORDS for word in words) / count,
        float(bool(words) and words[-1] in FUNCTION_WORDS),
        sum(word in NAMES for word in words) / count,
        sum(word in UNITS for word in words) / count,
        float(" ".join(words) in CHOICES),
        sum(any(char.isdigit() for char in token) for token in tokens) / max(len(tokens), 1),
    )


def _label_likeness(text: str, words: list[str], digit_share: float) -> float:
    """How much a phrase reads like a label, by hand: "Date of birth:" -> 4.0, "$ 58.20" -> -2.0."""
    score = 2.0 * ends_with_colon(text) + 1.0 * text.endswith(("#", "?"))
    score += 1.0 * any(word in LABEL_WORDS for word in words)
    score += 1.0 * (0 < len(words) <= 5)
    score -= 2.0 * (digit_share > 0.3) + 1.0 * (len(words) > 8)
    score -= 1.0 * any(word in NAMES for word in words)
    return score
