"""Text -> its possible numbers. Pure; more than one if two decimal marks fit."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

DecimalMark = Literal[".", ","]
DECIMAL_MARKS: tuple[DecimalMark, DecimalMark] = (".", ",")

_GROUP_MARKS = {".": ",", ",": "."}
# Blanks that group digits: plain, no-break, figure, thin, narrow no-break. And apostrophes.
_BLANKS = re.compile(r"[\u00a0\u2007\u2009\u202f]")
_APOSTROPHES = re.compile(r"[\u2019\u2018\u00b4`\u02bc]")
_MINUS = re.compile(r"[\u2010-\u2015\u2212]")
# A character of Unicode's currency category, the codes of ISO 4217, and letters used as symbols.
_SIGN = r"[$\u00a2-\u00a5\u20a0-\u20c0]"
_CODE = r"[A-Z]{3}(?![A-Za-z])"
_LETTERS = (
    r"(?:R[MSp]|Rs\.?|Fr\.?|SFr\.?|kr\.?|K[c\u010d]|z\u0142|Ft|lei|DM|S/\.?|[A-Z]{1,2}(?=\$))"
)
_CURRENCY = re.compile(
    rf"^(?:(?:{_LETTERS}|{_CODE})?\s?{_SIGN}|{_LETTERS}|{_CODE})(?:\s?{_CODE})?[.:]?(?=[\s\d.,(+-]|$)"
    rf"|(?<=[\d.,\s)-])(?:{_SIGN}(?:\s?{_CODE})?|{_LETTERS}|{_CODE})$"
)
# Swiss, German, Dutch: "12.-", "12,--"
_NO_CENTS = re.compile(r"(?<=\d)[.,](?:-{1,2}|=)$")
_BLANK_AT_MARK = re.compile(r"(?<=\d)\s+(?=[.,]\d)|(?<=\d[.,])\s+(?=\d{2}(?!\d))")


def parse_number(text: str, decimal_mark: str = ".") -> Decimal | None:
    """Read a number, grouped in threes or not grouped, with the sign in front.

    "-1,234.50" -> -1234.50; "1.234,50" with "," -> 1234.50; "1,23" -> None

    Groups may be told apart by the other mark, blanks or apostrophes, or be of two digits as in
    India: "12,34,567.00".
    """
    group, mark = re.escape(_GROUP_MARKS[decimal_mark]), re.escape(decimal_mark)
    whole = (
        rf"(?:[1-9]\d{{0,2}}(?:(?:(?:{group}\d{{3}})+|(?: \d{{3}})+|(?:'\d{{3}})+)"
        rf"|(?:{group}\d{{2}})+{group}\d{{3}})|\d+)"
    )
    plain = _plain(text)
    if not re.fullmatch(rf"[+-]?{whole}(?:{mark}\d+)?", plain, flags=re.ASCII):
        return None
    return Decimal(re.sub(rf"{group}|[ ']", "", plain).replace(decimal_mark, "."))


def parse_currency(text: str, decimal_mark: str = ".") -> Decimal | None:
    """Read an amount with at most one currency; brackets or a trailing minus make it negative.

    "$ 1,234.50" -> 1234.50; "EUR 5" -> 5; "(12.00)" -> -12.00; "12.50-" -> -12.50;
    "12.-" -> 12; "5 apples" -> None
    """
    bare = _plain(text)
    bracketed = bare.startswith("(") and bare.endswith(")")
    bare = bare[1:-1].strip() if bracketed else bare
    sign = ""
    if bare.startswith(("-", "+")):
        sign, bare = bare[0], bare[1:].strip()
    bare = _NO_CENTS.sub("", without_currency(bare))
    if bare.endswith("-") and not sign:
        sign, bare = "-", bare[:-1].strip()
    if bracketed and (sign or bare.startswith(("-", "+"))):
        return None
    number = parse_number(sign + bare, decimal_mark)
    return -number if bracketed and number is not None else number


def without_currency(text: str) -> str:
    """ "US$ 12.00" -> "12.00"; "12,00 EUR" -> "12,00"; one currency only."""
    return _CURRENCY.sub("", text, count=1).strip()


def has_currency(text: str) -> bool:
    return _CURRENCY.search(_plain(text)) is not None


def amounts_in(text: str, *, money: bool) -> dict[DecimalMark, Decimal]:
    """The number for each possible decimal mark; both if the text does not show which.

    "1.234" -> {".": 1.234, ",": 1234}; "1.50" -> {".": 1.50}; "7" -> {".": 7, ",": 7}
    """
    read = parse_currency if money else _number
    found = {mark: read(text, mark) for mark in DECIMAL_MARKS}
    return {mark: number for mark, number in found.items() if number is not None}


def closed_up(text: str) -> str:
    """Remove a blank that the OCR left next to a mark: "12. 50" -> "12.50" """
    return _BLANK_AT_MARK.sub("", text)


def _number(text: str, decimal_mark: str) -> Decimal | None:
    """A number, also with a per cent sign, in brackets or with a trailing minus."""
    bare = _plain(text)
    if bare.endswith("%"):
        return parse_number(bare[:-1].strip(), decimal_mark)
    if re.fullmatch(r"\(\d[^()]*\)", bare):
        number = parse_number(bare[1:-1].strip(), decimal_mark)
        return -number if number is not None else None
    if re.fullmatch(r"\d.*-", bare):
        number = parse_number(bare[:-1].strip(), decimal_mark)
        return -number if number is not None else None
    return parse_number(bare, decimal_mark)


def _plain(text: str) -> str:
    one = _APOSTROPHES.sub("'", _BLANKS.sub(" ", _MINUS.sub("-", text)))
    return re.sub(r"(?<=^[+-])\s+", "", one.strip())
