"""Text -> typed value, or why there is none. Pure; nothing is guessed.

A text with two possible values is `ambiguous`, unless the file or the notation of the document
decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from rapidfuzz.distance import Levenshtein

from ocr_model.errors import excerpt
from ocr_model.fields.values.amounts import amounts_in, closed_up
from ocr_model.fields.values.dates import dates_in, in_formats, order_in
from ocr_model.fields.values.finding import dates_within, money_within
from ocr_model.fields.values.habits import NO_HABITS, Habits
from ocr_model.fields.values.known_forms import asks_for_iban, has_iban_form, ibans_in
from ocr_model.fields.values.misread import mended
from ocr_model.fields.values.months import without_accents
from ocr_model.fields.wanted import Column
from ocr_model.normalize import fold_text
from ocr_model.schema import FieldStatus

_BLANKS = re.compile(r"\s+")
# Leaders and dashes in place of an answer.
_NO_ANSWER = re.compile(r"[\s._\-\u2010-\u2015\u2026:]*")
# Minimum similarity to a choice: one letter of five may be misread.
_SAME_CHOICE = 0.8

_TRUE_WORDS = (
    "true yes y ja oui si on checked ticked x \u2611 \u2612 \u2713 \u2714 \u2717 \u2718 \u221a"
)
_FALSE_WORDS = "false no n nein non nee off unchecked \u2610"
_TRUE, _FALSE = frozenset(_TRUE_WORDS.split()), frozenset(_FALSE_WORDS.split())


@dataclass(frozen=True, slots=True)
class ReadValue:
    """A text read as a type. `mended` is true if letters were replaced by digits."""

    status: FieldStatus
    value: str | None = None
    reason: str | None = None
    mended: bool = False

    @property
    def found(self) -> bool:
        return self.status is FieldStatus.FOUND


def read_value(text: str | None, wanted: Column, habits: Habits = NO_HABITS) -> ReadValue:
    """Read a text as the wanted type.

    "25. Dez. 2018" as date -> found 2018-12-25; "1.234" as number -> ambiguous;
    "soon" as date -> invalid

    The value is text: an ISO date, a plain decimal, one of the choices, "true" or "false".
    """
    if text is None or _NO_ANSWER.fullmatch(text):
        return ReadValue(FieldStatus.BLANK, reason="nothing is written there")
    bare = _BLANKS.sub(" ", text).strip()
    if wanted.type == "text" and asks_for_iban(wanted.name, wanted.labels):
        iban = _iban(bare)
        if iban.value is None:
            return iban
        bare = iban.value
    if wanted.pattern is not None and not re.fullmatch(wanted.pattern, bare):
        reason = f"expected the pattern {wanted.pattern}, got {excerpt(bare)}"
        return ReadValue(FieldStatus.INVALID, reason=reason)
    match wanted.type:
        case "date":
            return _as_it_stands_or_mended(bare, lambda t: _date(t, wanted, habits))
        case "number" | "currency":
            return _as_it_stands_or_mended(bare, lambda t: _amount(t, wanted, habits))
        case "boolean":
            return _boolean(bare)
        case "choice":
            return _choice(bare, wanted.choices)
    return ReadValue(FieldStatus.FOUND, bare)


def _as_it_stands_or_mended(text: str, read: Callable[[str], ReadValue]) -> ReadValue:
    said = read(text)
    if said.status is not FieldStatus.INVALID:
        return said
    other = mended(text)
    if other is not None and (again := read(other)).status is not FieldStatus.INVALID:
        return replace(again, mended=True)
    return said


def _date(text: str, wanted: Column, habits: Habits) -> ReadValue:
    said = _whole_date(text, wanted, habits)
    within = [] if said.status is not FieldStatus.INVALID else list(dates_within(text))
    read = [_whole_date(written, wanted, habits) for written in within]
    return _only(read, said)


def _whole_date(text: str, wanted: Column, habits: Habits) -> ReadValue:
    exact = {day.date().isoformat() for day in in_formats(text, wanted.formats)}
    if len(exact) == 1:
        return ReadValue(FieldStatus.FOUND, exact.pop())
    readings = dates_in(text)
    order = order_in(wanted.formats) or habits.day_order
    if order_in(wanted.formats) is not None and "plain" not in readings:
        readings = {way: day for way, day in readings.items() if way == order}
        if not readings:
            return _invalid(text, f"a date written like {' or '.join(wanted.formats)}")
    values = sorted({day.isoformat() for day in readings.values()})
    if len(values) > 1 and order in readings:
        values = [readings[order].isoformat()]
    remedy = "say `formats` in the file, for example '%d/%m/%Y'"
    return _one_of(values, text, "a date", remedy)


def _amount(text: str, wanted: Column, habits: Habits) -> ReadValue:
    said = _whole_amount(text, wanted, habits)
    if said.status is not FieldStatus.INVALID:
        return said
    closed = closed_up(text)
    if closed != text and (again := _whole_amount(closed, wanted, habits)).found:
        return replace(again, mended=True)
    if wanted.type == "number":
        return said
    return _only([_whole_amount(closed_up(t), wanted, habits) for t in money_within(text)], said)


def _whole_amount(text: str, wanted: Column, habits: Habits) -> ReadValue:
    amounts = amounts_in(text, money=wanted.type == "currency")
    if wanted.decimal_mark is not None:
        amounts = {m: number for m, number in amounts.items() if m == wanted.decimal_mark}
    values = {_decimal_text(number) for number in amounts.values()}
    if len(set(amounts.values())) > 1 and habits.decimal_mark in amounts:
        values = {_decimal_text(amounts[habits.decimal_mark])}
    kind = "an amount of money" if wanted.type == "currency" else "a number"
    if wanted.decimal_mark is not None:
        kind += f" with the decimal mark {wanted.decimal_mark!r}"
    return _one_of(sorted(values), text, kind, "say `decimal_mark` in the file")


def _decimal_text(number: Decimal) -> str:
    """Plain: no exponent, no sign on zero; cents as written."""
    return f"{number + 0 if number == 0 else number:f}".replace("-0.00", "0.00")


def _iban(text: str) -> ReadValue:
    """The only IBAN in the text, without other text on its line."""
    found = sorted({re.sub(r"\s", "", iban): iban for iban in ibans_in(text)}.values())
    kind = "an IBAN whose check digits hold" if has_iban_form(text) else "an IBAN"
    return _one_of(found, text, kind, "a person has to choose")


def _boolean(text: str) -> ReadValue:
    word = without_accents(text).casefold().strip(" .:()[]") or text
    if word in _TRUE or word in _FALSE:
        return ReadValue(FieldStatus.FOUND, "true" if word in _TRUE else "false")
    return _invalid(text, "a tick, yes or no")


def _choice(text: str, choices: Iterable[str]) -> ReadValue:
    """The choice that equals the text, else the similar one; two similar ones are ambiguous."""
    folded = {choice: fold_text(choice) for choice in choices}
    said = fold_text(text)
    equal = [choice for choice, known in folded.items() if known == said]
    if equal:
        return ReadValue(FieldStatus.FOUND, equal[0])
    likeness = {
        choice: Levenshtein.normalized_similarity(said, known) for choice, known in folded.items()
    }
    best = max(likeness.values(), default=0.0)
    near = [choice for choice, how in likeness.items() if how == best]
    if best < _SAME_CHOICE:
        return _invalid(text, f"one of {', '.join(folded)}")
    return _one_of(near, text, "one of the choices", "a person has to choose")


def _one_of(values: list[str], text: str, kind: str, remedy: str) -> ReadValue:
    if not values:
        return _invalid(text, kind)
    if len(values) == 1:
        return ReadValue(FieldStatus.FOUND, values[0])
    reason = f"{excerpt(text)} may be {' or '.join(values)}: {remedy}"
    return ReadValue(FieldStatus.AMBIGUOUS, reason=reason)


def _only(read: list[ReadValue], otherwise: ReadValue) -> ReadValue:
    """The only date or amount within a longer text; several equal ones count as one."""
    return read[0] if read and all(one == read[0] for one in read) else otherwise


def _invalid(text: str, kind: str) -> ReadValue:
    return ReadValue(FieldStatus.INVALID, reason=f"expected {kind}, got {excerpt(text)}")
