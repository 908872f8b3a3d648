"""Dates and amounts of money within longer text: only unmistakable ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ocr_model.fields.values.amounts import has_currency
from ocr_model.fields.values.dates import dates_in
from ocr_model.fields.values.months import MONTHS, month_of, without_accents

_YEAR = r"(?:\d{4}|'?\d{2})"
# The year and the time behind it may have lost their blank: "25/12/201808:13".
_END = r"(?:(?![\w/]|[-.]\d)|(?=\d{1,2}[:.]\d{2})|(?=T\d))"
_THIRD = r"(?:(?:18|19|20|21)\d{2}|\d{2})"
# Article numbers look like dates with hyphens or dots, and have letters or more digits around.
_NUMBERS = re.compile(
    rf"(?<![\d/.,-])\d{{4}}([-/.])\d{{1,2}}\1\d{{1,2}}{_END}"
    rf"|(?<![\d/.,])\d{{1,2}}(\s?/\s?)\d{{1,2}}\2{_THIRD}{_END}"
    rf"|(?<![\w/.,-])\d{{1,2}}(\s?[-.]\s?)\d{{1,2}}\3{_THIRD}{_END}"
    r"|(?<![\w/.,-])\d{8}(?=\s\d{1,2}[:.]\d{2})"
)
_MONTH = r"[^\W\d_]{3,10}\.?"
_ORDINAL = r"(?:st|nd|rd|th|er|\.|\u00ba)?"
_NAMED = re.compile(
    rf"(?<![\d/.,-])(?:(\d{{1,2}}){_ORDINAL}[\s,/-]*(?:of\s|de\s)?({_MONTH})[\s,/-]*(?:de[l]?\s)?{_YEAR}"
    rf"|({_MONTH})[\s,-]*\d{{1,2}}{_ORDINAL}[\s,-]+\d{{4}}"
    rf"|\d{{4}}[\s-]+({_MONTH})[\s-]+\d{{1,2}}){_END}",
    re.IGNORECASE,
)

# A plain blank groups only before a decimal comma: "6 106.10" is six pieces and an amount.
_WHOLE = (
    r"(?:\d{1,3}(?:[.,'\u2019\u00a0\u2009\u202f]\d{3})+|\d{1,3}(?: \d{3})+(?=,\d{2}(?!\d))|\d+)"
)
_CODES = (
    "AED|ARS|AUD|BGN|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JPY|KRW|MXN|"
    "MYR|NOK|NZD|PEN|PHP|PLN|RON|SAR|SEK|SGD|THB|TRY|TWD|UAH|USD|VND|ZAR"
)
_SIGNS = r"[$\u00a2-\u00a5\u20a0-\u20c0]"
_CURRENCY = rf"(?:[A-Z]{{0,3}}{_SIGNS}|R[MSp]|Rs\.?|Fr\.|kr\.?|(?:{_CODES})(?![A-Za-z]))"
_MONEY = re.compile(
    rf"(?<![\w.,/:$])(?:(?P<sign>{_CURRENCY})[\s.:]?\s?)?[(-]?\s?{_WHOLE}\s?[.,]\s?\d{{2}}\)?-?"
    rf"(?:\s?(?:{_SIGNS}|(?:{_CODES})\b))?(?![\w/:%]|[.,]\d)"
    rf"|(?<![\w.,/:$])(?P<sure>{_CURRENCY})\s?[(-]?{_WHOLE}\)?(?![\w/:%]|[.,]\d)"
)


def dates_within(text: str) -> Iterator[str]:
    """The dates in a line, unchanged: "Date: 25/12/2018 8:13" -> "25/12/2018" """
    taken = 0
    found = [*_NUMBERS.finditer(text), *(hit for hit in _NAMED.finditer(text) if _is_month(hit))]
    for hit in sorted(found, key=lambda hit: hit.start()):
        if hit.start() >= taken and dates_in(hit.group()):
            taken = hit.end()
            yield hit.group().strip()


def money_within(text: str) -> Iterator[str]:
    """The amounts in a line that have cents or a currency: "Total (2) RM 9.00" -> "RM 9.00" """
    for hit in _MONEY.finditer(text):
        if hit["sure"] is None or has_currency(hit.group()):
            yield hit.group().strip()


def _is_month(hit: re.Match[str]) -> bool:
    word = next((hit[group] for group in (2, 3, 4) if hit[group]), "")
    return without_accents(word).casefold().rstrip(".") in MONTHS and month_of(word) is not None
