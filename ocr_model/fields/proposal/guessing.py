"""The answers to one label -> their type, and the format of their dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ocr_model.fields.values import habits_of, money_within, read_value
from ocr_model.fields.wanted import Column, ScalarType
from ocr_model.schema import FieldStatus

# One of five may be misread. One answer is not enough for a type, unless it is a tick.
_READABLE = 0.8
_ENOUGH = 2
_TICK = re.compile("[\u2610-\u2612\u2713\u2714\u2717\u2718\u221a]")
# Digits that are an identifier: an account, a postcode.
_CODE = re.compile(r"0\d+|\d{5,}")
_ASKS_FOR_CODE = re.compile(r"\b(?:no|nr|num|id|code)\b|number|nummer|numero|#", re.IGNORECASE)
_DATE = re.compile(r"(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})")


def guess(label: str, texts: Sequence[str]) -> dict[str, Any]:
    """Keys of a field: `type` if it is not text, and `formats` if the dates decide them.

    Invoice date, [25/12/2018, 03/04/2026] -> {"type": "date", "formats": ["%d/%m/%Y"]}
    """
    kind = _type(label, texts)
    said: dict[str, Any] = {} if kind == "text" else {"type": kind}
    formats = _formats(texts) if kind == "date" else []
    return {**said, "formats": formats} if formats else said


def undecided(texts: Sequence[str]) -> bool:
    """Whether numeric dates leave open which of day and month comes first."""
    return any(map(_DATE.fullmatch, texts)) and habits_of(texts).day_order is None


def _type(label: str, texts: Sequence[str]) -> ScalarType:
    if texts and all(_reads(text, "boolean") for text in texts):
        return "boolean" if len(texts) >= _ENOUGH or _TICK.fullmatch(texts[0]) else "text"
    if len(texts) < _ENOUGH:
        return "text"
    if _mostly(texts, "date"):
        return "date"
    if _mostly(texts, "currency") and all(map(_has_cents, texts)):
        return "currency"
    code = _ASKS_FOR_CODE.search(label) or any(map(_CODE.fullmatch, texts))
    return "number" if not code and _mostly(texts, "number") else "text"


def _mostly(texts: Sequence[str], kind: ScalarType) -> bool:
    return sum(_reads(text, kind) for text in texts) >= _READABLE * len(texts)


def _reads(text: str, kind: ScalarType) -> bool:
    status = read_value(text, Column(name="any", labels=(), type=kind)).status
    return status in (FieldStatus.FOUND, FieldStatus.AMBIGUOUS)


def _has_cents(text: str) -> bool:
    """Cents, or a currency symbol."""
    return any(money_within(text))


def _formats(texts: Sequence[str]) -> list[str]:
    order = habits_of(texts).day_order
    written = [hit for hit in map(_DATE.fullmatch, texts) if hit is not None]
    if order is None:
        return []
    first, second = ("%d", "%m") if order == "day first" else ("%m", "%d")
    forms = [
        f"{first}{hit[2]}{second}{hit[2]}{'%Y' if len(hit[4]) == 4 else '%y'}" for hit in written
    ]
    return sorted(set(forms))
