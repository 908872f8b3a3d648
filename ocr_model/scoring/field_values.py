"""Answer text -> date, number or amount of money; None where it is none. Pure; never guesses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

_GROUP_MARKS = {".": ",", ",": "."}
# A sign of Unicode's currency category, or three capital letters as in ISO 4217.
_CURRENCY = re.compile(r"[$\u00a2-\u00a5\u20a0-\u20c0]|\b[A-Z]{3}\b")


def parse_date(text: str, formats: Sequence[str]) -> datetime | None:
    """Read a date in the first format that fits.

    "14.05.2024", ["%Y-%m-%d", "%d.%m.%Y"] -> 2024-05-14
    """
    for form in formats:
        try:
            return datetime.strptime(text.strip(), form)
        except ValueError:
            continue
    return None


def parse_number(text: str, decimal_mark: str = ".") -> Decimal | None:
    """Read a number, grouped in threes or not grouped, with the sign in front.

    "-1,234.50" -> -1234.50; "1.234,50" with "," -> 1234.50; "1,23" -> None
    """
    group, mark = re.escape(_GROUP_MARKS[decimal_mark]), re.escape(decimal_mark)
    number = rf"[+-]?(?:\d{{1,3}}(?:(?:{group}|[ '])\d{{3}})+|\d+)(?:{mark}\d+)?"
    plain = text.strip().replace("\u2212", "-").replace("\u00a0", " ")
    if not re.fullmatch(number, plain, flags=re.ASCII):
        return None
    return Decimal(re.sub(rf"{group}|[ ']", "", plain).replace(decimal_mark, "."))


def parse_currency(text: str, decimal_mark: str = ".") -> Decimal | None:
    """Read an amount with at most one currency sign or code; in brackets it is negative.

    "$ 1,234.50" -> 1234.50; "EUR 5" -> 5; "(12.00)" -> -12.00; "5 apples" -> None
    """
    bare = text.strip()
    bracketed = bare.startswith("(") and bare.endswith(")")
    amount = _CURRENCY.sub("", bare[1:-1] if bracketed else bare, count=1).strip()
    number = parse_number(amount, decimal_mark)
    return -number if bracketed and number is not None else number
