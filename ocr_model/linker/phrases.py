"""The text of a phrase -> features: its shape, and the kinds of its words.

Only shapes and shares of hand-written word lists, so that weights cannot memorise training texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ocr_model.linker.boxes import Floats
from ocr_model.linker.vocabulary import CHOICES, UNITS, label_words, lexicon, other_languages
from ocr_model.ocr import ends_with_colon

LABEL_WORDS = label_words.LABEL_WORDS | other_languages.LABEL_WORDS
FUNCTION_WORDS = lexicon.FUNCTION_WORDS | other_languages.FUNCTION_WORDS
NAMES = lexicon.NAMES | other_languages.NAMES

# The OCR reads a ticked box as the ideograph U+533A, an empty one as U+53E3.
TICK = re.compile(r"[(\[]?\s*[xX✓✔√☑☒✗\u00d7\u533a]\s*[)\]]?")
_ENUMERATION = re.compile(r"^\(?(?:\d{1,2}|[a-zA-Z])[.)]\s*(?=\D)")
_LETTERS = re.compile(r"[^\W\d_]+")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\b(19|20)\d\d\b")
_NUMBER = re.compile(r"[-+(]?[$£€#]?\s?\d[\d,.\s]*[%)]?")
_CODE = re.compile(r"(?=.*\d)[\w\-/().]+")
_LEADER = re.compile(r"[._\-]{3,}|…")


class PhraseFeatures(NamedTuple):
    """One column each, in this order; shares are from 0 to 1, flags 0 or 1."""

    signs: float
    tokens: float
    digit_share: float
    capital_share: float
    mark_share: float
    starts_with_capital: float
    starts_with_small_letter: float
    all_capitals: float
    capitalised_token_share: float
    ends_with_colon: float
    colon_inside: float
    ends_like_a_question: float
    ends_like_a_part: float
    ends_like_a_sentence: float
    opens_bracket: float
    closes_bracket: float
    money_or_percent: float
    date: float
    number: float
    code: float
    enumerated: float
    tick: float
    letters_and_digits: float
    leader: float
    label_word_share: float
    ends_with_label_word: float
    function_word_share: float
    ends_with_function_word: float
    name_share: float
    unit_share: float
    is_choice: float
    token_with_digit_share: float
    label_likeness: float


def columns_of(*names: str) -> list[int]:
    """The columns of features by name: "signs", "date" -> [0, 17]."""
    return [PhraseFeatures._fields.index(name) for name in names]


TEXT_FEATURES = len(PhraseFeatures._fields)
# The features that are used of neighbouring phrases.
BRIEF = columns_of(
    "signs",
    "digit_share",
    "capital_share",
    "all_capitals",
    "ends_with_colon",
    "ends_like_a_sentence",
    "date",
    "number",
    "tick",
    "label_word_share",
    "function_word_share",
    "name_share",
    "label_likeness",
)


def phrase_features(texts: Iterable[str]) -> Floats:
    """Shape (texts, TEXT_FEATURES), the columns of `PhraseFeatures`."""
    return np.array([_features(text) for text in texts], dtype=np.float64).reshape(
        -1, TEXT_FEATURES
    )


# The stages ask for the same phrases repeatedly; a few pages' worth is cached.
@lru_cache(maxsize=4096)
def _features(text: str) -> PhraseFeatures:
    tokens = text.split()
    signs = [char for char in text if not char.isspace()]
    letters = [char for char in signs if char.isalpha()]
    words = [word.casefold() for word in _LETTERS.findall(_ENUMERATION.sub("", text))]
    digits = sum(char.isdigit() for char in signs)
    digit_share = digits / max(len(signs), 1)
    return PhraseFeatures(
        signs=min(len(signs), 80.0),
        tokens=min(len(tokens), 20.0),
        digit_share=digit_share,
        capital_share=_share(char.isupper() for char in letters),
        mark_share=1 - (len(letters) + digits) / max(len(signs), 1),
        starts_with_capital=text[:1].isupper(),
        starts_with_small_letter=text[:1].islower(),
        all_capitals=len(letters) > 1 and not any(char.islower() for char in letters),
        capitalised_token_share=_share(token[:1].isupper() for token in tokens),
        ends_with_colon=ends_with_colon(text),
        colon_inside=":" in text[:-1],
        ends_like_a_question=text.endswith(("#", "?", "=")),
        ends_like_a_part=text.endswith((",", "-", "&", "/")),
        ends_like_a_sentence=text.endswith((".", ";")),
        opens_bracket=text.startswith("("),
        closes_bracket=text.endswith(")"),
        money_or_percent=any(char in "$%£€" for char in text),
        date=bool(_DATE.search(text)),
        number=bool(_NUMBER.fullmatch(text)),
        code=bool(_CODE.fullmatch(text)),
        enumerated=bool(_ENUMERATION.match(text)),
        tick=bool(TICK.fullmatch(text)),
        letters_and_digits=len(letters) + digits,
        leader=bool(_LEADER.search(text)),
        label_word_share=_share(word in LABEL_WORDS for word in words),
        ends_with_label_word=bool(words) and words[-1] in LABEL_WORDS,
        function_word_share=_share(word in FUNCTION_WORDS for word in words),
        ends_with_function_word=bool(words) and words[-1] in FUNCTION_WORDS,
        name_share=_share(word in NAMES for word in words),
        unit_share=_share(word in UNITS for word in words),
        is_choice=" ".join(words) in CHOICES,
        token_with_digit_share=_share(any(char.isdigit() for char in token) for token in tokens),
        label_likeness=_label_likeness(text, words, digit_share),
    )


def _share(flags: Iterable[bool]) -> float:
    """[True, False] -> 0.5; 0 of nothing."""
    known = list(flags)
    return sum(known) / max(len(known), 1)


def _label_likeness(text: str, words: list[str], digit_share: float) -> float:
    """A hand-made score: "Date of birth:" -> 4.0, "$ 58.20" -> -2.0."""
    score = 2.0 * ends_with_colon(text) + 1.0 * text.endswith(("#", "?"))
    score += 1.0 * any(word in LABEL_WORDS for word in words)
    score += 1.0 * (0 < len(words) <= 5)
    score -= 2.0 * (digit_share > 0.3) + 1.0 * (len(words) > 8)
    score -= 1.0 * any(word in NAMES for word in words)
    return score
