"""Defines when two strings are equal. No other module does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_NOT_IN_KEY = re.compile(r"[^\w\s-]")
_BLANKS = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"[^\w\s]|_")


def clean_key(key: str) -> str:
    """Fold a question for strict comparison.

    " Date  of birth (DD/MM): " -> "DATE OF BIRTH DDMM"
    """
    kept = _NOT_IN_KEY.sub("", key)
    return _BLANKS.sub(" ", kept).strip().upper()


def normalize_dict_keys(pairs: Any) -> Any:
    """Apply `clean_key` to mapping keys, recursively; the lists of colliding keys are joined.

    {"Name:": ["Ann"], "NAME": ["Bob"]} -> {"NAME": ["Ann", "Bob"]}

    Mappings inside lists are included; anything else is returned unchanged. If colliding keys have
    values other than lists, both values are kept in one list.
    """
    if isinstance(pairs, list):
        return [normalize_dict_keys(item) for item in pairs]
    if not isinstance(pairs, Mapping):
        return pairs
    cleaned: dict[str, Any] = {}
    for key, value in pairs.items():
        name = clean_key(str(key))
        folded = normalize_dict_keys(value)
        cleaned[name] = _as_list(cleaned[name]) + _as_list(folded) if name in cleaned else folded
    return cleaned


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def fold_text(text: str) -> str:
    """Fold a question or answer for normalized comparison.

    NFKC, case folded, punctuation to blanks, blanks collapsed: "R&D-Cost: $5" -> "r d cost 5"
    """
    plain = _PUNCTUATION.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    return _BLANKS.sub(" ", plain).strip()
