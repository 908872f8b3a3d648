"""Texts recognised by their format: IBAN, e-mail, tax number, phone number. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ocr_model.fields.values.months import without_accents

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b")
_IBAN_WORD = re.compile(r"\biban\b")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*\.[A-Za-z]{2,}")
# The member states of the EU, Northern Ireland, the United Kingdom, Switzerland, Norway.
_TAX = re.compile(
    r"\b(?:ATU\d{8}|BE\s?[01]\d{3}\.?\d{3}\.?\d{3}|BG\d{9,10}|CY\d{8}[A-Z]|CZ\d{8,10}|DE\s?\d{9}"
    r"|DK\s?(?:\d{2}\s?){3}\d{2}|EE\d{9}|EL\d{9}|ES[A-Z0-9]\d{7}[A-Z0-9]|FI\d{8}"
    r"|FR\s?[A-Z0-9]{2}\s?\d{3}\s?\d{3}\s?\d{3}|(?:GB|XI)\s?\d{3}\s?\d{4}\s?\d{2}|HR\d{11}|HU\d{8}"
    r"|IE\d[A-Z0-9+*]\d{5}[A-Z]{1,2}|IT\d{11}|LT(?:\d{9}|\d{12})|LU\d{8}|LV\d{11}|MT\d{8}"
    r"|NL\s?\d{9}B\d{2}|PL\s?\d{10}|PT\d{9}|RO\d{2,10}|SE\d{12}|SI\d{8}|SK\d{10}"
    r"|CHE[- ]?\d{3}\.?\d{3}\.?\d{3})\b"
)
# International, or after a word for it: other numbers look the same.
_PHONE = re.compile(
    r"(?:\+\d{1,3}[\s./-]?(?:\(0?\d+\)[\s./-]?)?\d{1,4}(?:[\s./-]?\d{2,}){1,5}"
    r"|(?<=[:.\s])\(?0?\d{2,5}\)?[\s./-]{0,3}\d{2,4}(?:[\s./-]?\d{2,}){1,4})(?!\d)"
)
_PHONE_WORD = re.compile(r"\b(?:tel|phone|telefon|telephone|tlf|mobile|mobil|fon)\w*[.:\s]", re.I)
# In characters: the largest distance between a number and the word before it.
_FARTHEST_WORD = 60
_FAX_WORD = re.compile(r"\bfax", re.I)


class KnownForm(NamedTuple):
    """Names of fields with this format, without accents and case, and its matches in a line."""

    names: re.Pattern[str]
    within: Callable[[str], Iterator[str]]


def form_of(*said: str) -> KnownForm | None:
    """The format that a field's name or labels mention: ("supplier IBAN",) -> that of IBANs."""
    text = without_accents(" ".join(said)).casefold().replace("_", " ")
    return next((form for form in _FORMS if form.names.search(text)), None)


def asks_for_iban(name: str, labels: Iterable[str]) -> bool:
    """Whether a field is certainly an IBAN, by its name or by all of its labels."""
    said = [without_accents(text).casefold().replace("_", " ") for text in (name, *labels)]
    own, *asked = [_IBAN_WORD.search(text) is not None for text in said]
    return own or (bool(asked) and all(asked))


def has_iban_form(text: str) -> bool:
    """Whether part of the text has the length and format of an IBAN, with any check digits."""
    return _IBAN.search(text.upper()) is not None


def is_iban(text: str) -> bool:
    """By its check digits: "DE89 3704 0044 0532 0130 00" -> True"""
    bare = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", bare):
        return False
    return int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1


def ibans_in(text: str) -> Iterator[str]:
    """IBANs with valid check digits: "de89 3704 … 00 Seite 1" -> "DE89 3704 … 00" """
    for hit in _IBAN.finditer(text.upper()):
        parts = hit.group().split()
        # The next text on the line may look like another group.
        for end in range(len(parts), 0, -1):
            if is_iban(" ".join(parts[:end])):
                yield " ".join(parts[:end])
                break


def _emails(text: str) -> Iterator[str]:
    return (hit.group() for hit in _EMAIL.finditer(text))


def _tax_numbers(text: str) -> Iterator[str]:
    return (hit.group() for hit in _TAX.finditer(text) if not is_iban(hit.group()))


def _phones(text: str) -> Iterator[str]:
    fax = _FAX_WORD.search(text)
    before = text[: fax.start()] if fax is not None else text
    if fax is not None and _PHONE_WORD.search(before) is None:
        return
    for hit in _PHONE.finditer(before):
        if hit.group().startswith("+") or _PHONE_WORD.search(
            before[max(hit.start() - _FARTHEST_WORD, 0) : hit.start()]
        ):
            yield hit.group().strip()


_FORMS = (
    KnownForm(_IBAN_WORD, ibans_in),
    KnownForm(re.compile(r"\be-?\s?mail\b|\bcourriel\b|\bcorreo\b"), _emails),
    KnownForm(
        re.compile(
            r"\b(?:vat|tax|ust|btw|tva|iva|mwst)[\s.-]*(?:id|no|nr|num|number|reg|nummer|intra)"
            r"|umsatzsteuer-?\s?id|steuernummer|\bcif\b|\bnif\b"
        ),
        _tax_numbers,
    ),
    KnownForm(re.compile(r"\b(?:tele)?phone\b|\btelefon\b|\btelefono\b|\btelefoon\b"), _phones),
)
