"""Text -> its possible dates. Pure; more than one if two notations fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Literal

from ocr_model.fields.values.months import BESIDE_DATES, MONTHS, without_accents

DayOrder = Literal["day first", "month first"]

# 69 to 99 are of the last century, as Python's %y has it.
_FIRST_OF_LAST_CENTURY = 69
_YEARS = range(1800, 2200)

_SEPARATED = re.compile(r"(\d{1,4})\s*([-/.,\u2010-\u2015\u2212 ])\s*(\d{1,2})\s*\2\s*(\d{1,4})\.?")
_COMPACT = re.compile(r"\d{8}")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|re|e|\u00ba|\u00b0)(?![^\W\d_])", re.IGNORECASE)
# "14:05", "8.13.39 PM", "T09:30:00Z", "10 h 30", "um 10 Uhr"
_TIME = re.compile(
    r"(?:(?<=\d)T|[\s,(@-]|\b(?:at|um|a|om|las)\b|\u00e0)*"
    r"\b\d{1,2}\s?(?:[:h]\s?\d{2}(?:\s?[:.m]\s?\d{2}(?:[.,]\d+)?)?|(?=\s?[ap]\.?m\b)|(?=\s?(?:Uhr|uur)\b))"
    r"\s?(?:[ap]\.?\s?m\b\.?|Uhr|uur|hrs?|Z|[+-]\d{2}:?\d{2})?[\s)]*",
    re.IGNORECASE,
)


def in_formats(text: str, formats: Sequence[str]) -> list[datetime]:
    """The date in each format that fits, in order.

    "14.05.2024", ["%Y-%m-%d", "%d.%m.%Y"] -> [2024-05-14]
    """
    found = []
    for form in formats:
        with suppress(ValueError):
            found.append(datetime.strptime(text.strip(), form))
    return found


def order_in(formats: Sequence[str]) -> DayOrder | None:
    """Which of day and month comes first in all formats that write both as numbers."""
    orders = {
        form.index("%d") < form.index("%m")
        for form in formats
        if "%d" in form and "%m" in form and not form.startswith(("%Y", "%y"))
    }
    if len(orders) != 1:
        return None
    return "day first" if orders.pop() else "month first"


def dates_in(text: str) -> dict[DayOrder | Literal["plain"], date]:
    """The possible dates of a text; `plain` if day and month cannot be confused.

    "25/12/2018" -> {"day first": 2018-12-25}; "Dec 25, 2018" -> {"plain": 2018-12-25}
    "03/04/2026" -> {"day first": 2026-04-03, "month first": 2026-03-04}

    A time and a day of the week next to a date are ignored; with any other text it is not a date.
    """
    bare = (
        _TIME.sub(" ", text).strip(" ,.;:()")
        if ":" in text or _has_time(text)
        else text.strip(" ,;:()")
    )
    numbers = _without_weekday(bare)
    if (found := _SEPARATED.fullmatch(numbers)) is not None:
        return _of_numbers(found[1], found[3], found[4])
    if _COMPACT.fullmatch(numbers):
        return _of_eight(numbers)
    written = _with_month_name(bare)
    return {} if written is None else {"plain": written}


def _has_time(text: str) -> bool:
    return re.search(r"\d\s?(?:[ap]\.?m\b|h\d{2}|Uhr|uur|hrs?\b)", text, re.IGNORECASE) is not None


def _without_weekday(text: str) -> str:
    """ "Mon, 25/12/2018" -> "25/12/2018" """
    words = re.findall(r"[^\W\d_]+", text)
    if all(without_accents(word).casefold() in BESIDE_DATES for word in words):
        return re.sub(r"[^\W\d_]+[.,]?", " ", text).strip(" ,()")
    return text


def _of_numbers(first: str, second: str, third: str) -> dict[DayOrder | Literal["plain"], date]:
    if len(first) == 4:
        return _kept({"plain": _date(int(first), second, third)}) if len(third) <= 2 else {}
    if len(first) > 2 or len(third) not in (2, 4):
        return {}
    year = _full_year(third)
    found: dict[DayOrder | Literal["plain"], date | None] = {
        "day first": _date(year, second, first),
        "month first": _date(year, first, second),
    }
    return _kept(found)


def _of_eight(digits: str) -> dict[DayOrder | Literal["plain"], date]:
    """20181225 and 25122018; if both notations give a date, the result is unknown."""
    found: dict[DayOrder | Literal["plain"], date | None] = {
        "plain": _recent(_date(int(digits[:4]), digits[4:6], digits[6:])),
        "day first": _recent(_date(int(digits[4:]), digits[2:4], digits[:2])),
        "month first": _recent(_date(int(digits[4:]), digits[:2], digits[2:4])),
    }
    return _kept(found)


def _recent(found: date | None) -> date | None:
    return found if found is not None and 1900 <= found.year < 2100 else None


def _kept(
    found: dict[DayOrder | Literal["plain"], date | None],
) -> dict[DayOrder | Literal["plain"], date]:
    return {order: day for order, day in found.items() if day is not None}


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (1900 if year >= _FIRST_OF_LAST_CENTURY else 2000)


def _date(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day)) if year in _YEARS else None
    except ValueError:
        return None


def _with_month_name(text: str) -> date | None:
    """ "25 December 2018", "Dec. 25, 2018", "le 1er mars 2018", "25-DEZ-18", "2018 May 4"."""
    parts = _TOKEN.findall(without_accents(_ORDINAL.sub("", text)).casefold())
    months = [part for part in parts if part in MONTHS]
    numbers = [part for part in parts if part.isdigit()]
    others = [part for part in parts if not part.isdigit() and part not in months]
    if len(months) != 1 or len(numbers) != 2 or any(part not in BESIDE_DATES for part in others):
        return None
    first, second = numbers
    day, year = (second, first) if len(first) == 4 else (first, second)
    if len(day) > 2 or len(year) not in (2, 4):
        return None
    return _date(_full_year(year), str(MONTHS[months[0]]), day)
