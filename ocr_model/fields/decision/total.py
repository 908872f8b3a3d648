"""The total of a receipt or invoice: the amount that words, sums and payments agree on.

Each amount collects evidence; if two are equally likely, the result is ambiguous.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ocr_model.fields.decision.candidates import Candidate, ambiguous
from ocr_model.fields.decision.lines import PageWords
from ocr_model.fields.decision.total_words import Says, what_it_says
from ocr_model.fields.values import Habits, money_within, read_value
from ocr_model.fields.wanted import Column

# Evidence for an amount. One total word counts more than arithmetic without any.
_WORTH = {Says.TOTAL: 2.0, Says.FINAL_TOTAL: 3.0}
_SAID_AGAIN = 0.5
_PAID_EXACTLY = 0.5
_CHANGE_FITS = 1.5
# If a total is rounded, the rounded amount is the one to pay.
_ROUNDED_FROM_TOTAL = 1.0
_ADDED_UP = 1.0
_LARGEST_TOTAL = 0.5
_ENOUGH = 1.5
_CLEARLY = 0.5
# Cash is rounded to five or ten cents in many countries.
_MOST_ROUNDED = Decimal("0.05")
_SURE_BY_WORTH = 0.2


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount on a page, and its meaning according to the words on its line."""

    value: Decimal
    says: Says
    candidate: Candidate


def amounts_on(page: PageWords, wanted: Column, habits: Habits) -> list[Amount]:
    """The amounts of a page in reading order; words without an amount apply to the line below."""
    found: list[Amount] = []
    before = ""
    for line in page.lines:
        text = page.text(line)
        written = list(money_within(text))
        if not written:
            before = text if what_it_says(text) is not Says.NOTHING else ""
            continue
        start = 0
        for amount in written:
            at = text.index(amount, start)
            words = text[start:at] or text[:start]
            start = at + len(amount)
            read = read_value(amount, wanted, habits)
            if read.found and read.value is not None:
                spoken = what_it_says(words if any(map(str.isalpha, words)) else before)
                inside = page.words_at(line, at, len(amount))
                sure = round(page.confidence(inside), 4)
                shown = Candidate(amount, page.number, page.around(inside), sure, read)
                found.append(Amount(Decimal(read.value), spoken, shown))
        before = ""
    return found


def total_of(amounts: Sequence[Amount]) -> Candidate | None:
    """The amount with most evidence; ambiguous if two are equally likely; None without evidence."""
    values = {amount.value for amount in amounts if amount.value > 0}
    worth = {value: _worth(value, amounts) for value in values}
    for value in values:
        unrounded = [worth[other] for other in values if _is_rounded(other, value, amounts)]
        worth[value] = max([worth[value], *(w + _ROUNDED_FROM_TOTAL for w in unrounded)])
    ranked = sorted(worth, key=lambda value: (-worth[value], -value))
    if not ranked or worth[ranked[0]] < _ENOUGH:
        return None
    equal = [value for value in ranked if worth[ranked[0]] - worth[value] < _CLEARLY]
    shown = [_best_shown(value, amounts) for value in equal]
    if len(shown) > 1:
        return ambiguous(shown)
    sure = min(1.0, worth[equal[0]] * _SURE_BY_WORTH)
    return replace(shown[0], confidence=round((shown[0].confidence or 0.0) * sure, 4))


def _worth(value: Decimal, amounts: Sequence[Amount]) -> float:
    own = [amount for amount in amounts if amount.value == value]
    said = [_WORTH[amount.says] for amount in own if amount.says in _WORTH]
    worth = max(said, default=0.0) + _SAID_AGAIN * (len(said) > 1)
    totals = [a.value for a in amounts if a.says in _WORTH and a.value > 0]
    worth += _LARGEST_TOTAL * (bool(said) and value == max(totals))
    worth += _PAID_EXACTLY * any(amount.says is Says.PAID for amount in own)
    worth += _CHANGE_FITS * _change_fits(value, amounts)
    return worth + _ADDED_UP * _adds_up(value, amounts)


def _change_fits(value: Decimal, amounts: Sequence[Amount]) -> bool:
    """Whether cash minus change is the amount: cash 50.00, change 16.10 -> 33.90."""
    after = _after_first(value, amounts)
    given = [a.value for a in after if a.says is Says.PAID and a.value > value]
    returned = {a.value for a in after if a.says is Says.OTHER or a.says is Says.NOTHING}
    return any(paid - value in returned for paid in given)


def _is_rounded(total: Decimal, rounded: Decimal, amounts: Sequence[Amount]) -> bool:
    """Total 33.92, rounding -0.02, 33.90 -> True; the sign of the rounding is often lost.

    The rounded amount ends in a multiple of five or ten cents, and is below the other.
    """
    steps = {abs(amount.value) for amount in amounts if amount.says is Says.ROUNDING}
    is_total = any(amount.value == total and amount.says in _WORTH for amount in amounts)
    step = abs(rounded - total)
    return (
        is_total
        and 0 < step <= _MOST_ROUNDED
        and step in steps
        and rounded % _MOST_ROUNDED == 0
        and any(amount.value == rounded for amount in _after_first(total, amounts))
    )


def _adds_up(value: Decimal, amounts: Sequence[Amount]) -> bool:
    """Whether at least two amounts in a column above it add up to it."""
    before: list[Decimal] = []
    for amount in amounts:
        if amount.value == value and amount.says is not Says.NOTHING:
            total = Decimal(0)
            for count, part in enumerate(reversed(before), start=1):
                total += part
                if total == value and count > 1:
                    return True
                if total > value:
                    break
        before.append(amount.value)
    return False


def _after_first(value: Decimal, amounts: Sequence[Amount]) -> Sequence[Amount]:
    first = next(i for i, amount in enumerate(amounts) if amount.value == value)
    return amounts[first + 1 :]


def _best_shown(value: Decimal, amounts: Sequence[Amount]) -> Candidate:
    """The place where it is called the total, else its last place."""
    own = [amount for amount in amounts if amount.value == value]
    return max(own, key=lambda amount: _WORTH.get(amount.says, 0.0)).candidate
