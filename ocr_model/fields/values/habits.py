"""How a document writes dates and amounts, from those that are unambiguous."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ocr_model.fields.values.amounts import DecimalMark, amounts_in
from ocr_model.fields.values.dates import DayOrder, dates_in
from ocr_model.fields.values.finding import dates_within, money_within


@dataclass(frozen=True, slots=True)
class Habits:
    """None if the document shows no notation, or two."""

    day_order: DayOrder | None = None
    decimal_mark: DecimalMark | None = None


NO_HABITS = Habits()


def habits_of(texts: Iterable[str]) -> Habits:
    """["25/12/2018", "03/04/2018"] -> Habits("day first", None); ["1,50", "1.20"] -> Habits()

    A date with the same day and month, and an amount without cents, are no evidence.
    """
    orders: set[DayOrder] = set()
    marks: set[DecimalMark] = set()
    for text in texts:
        for written in dates_within(text):
            read = dates_in(written)
            orders |= {order for order in read if order != "plain" and len(read) == 1}
        for written in money_within(text):
            amounts = amounts_in(written, money=True)
            marks |= set(amounts) if len(amounts) == 1 else set()
    return Habits(
        next(iter(orders)) if len(orders) == 1 else None,
        next(iter(marks)) if len(marks) == 1 else None,
    )
