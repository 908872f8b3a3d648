"""The four ways the invoices look, one per supplier."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from scripts.workshop.drawing_kit import Align, Print, Sheet, emblem, scribble, tick
from scripts.workshop.invoices.content import Invoice, Item, LayoutName

# A4 at 100 dpi.
WIDTH, HEIGHT = 827, 1169
_MONTHS = "January February March April May June July August September October November December"
# Rows of a table on the first page of a letter.
_FIRST_PAGE = 10


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    x: float
    text: Callable[[int, Item], str]
    align: Align = "right"


def letterhead(invoice: Invoice, rng: np.random.Generator) -> list[Sheet]:
    """English; sender and emblem at the top, labels before their values, a ruled table."""
    sheet, text = Sheet(WIDTH, HEIGHT, rng), Print("grotesque", 13)
    bold = replace(text, face="grotesque-bold")
    emblem(sheet, (62, 58), 46, invoice.supplier.emblem)
    sheet.write((122, 80), invoice.supplier.name, replace(bold, size=20))
    sheet.write((122, 99), ", ".join(invoice.supplier.address), replace(text, size=11.5))
    sheet.write((765, 82), "INVOICE", replace(bold, size=24), align="right")
    said = [("Invoice no.", invoice.number), ("Invoice date", _english(invoice.written))]
    said.append(("Customer no.", invoice.customer_number))
    said += [("Due date", _english(invoice.due))] if invoice.due else []
    for n, (label, value) in enumerate(said):
        sheet.write((510, 180 + 24 * n), f"{label}:", text)
        sheet.write((765, 180 + 24 * n), value, bold, align="right")
    sheet.write((62, 180), "Bill to", replace(bold, size=11.5))
    sheet.write((62, 202), "\n".join(invoice.customer), text)
    columns = [
        _Column("Description", 70, lambda _, item: item.article, "left"),
        _Column("Qty", 490, lambda _, item: str(item.quantity)),
        _Column("Unit price", 620, lambda _, item: f"{item.price:,.2f}"),
        _Column("Amount", 757, lambda _, item: f"{item.amount:,.2f}"),
    ]
    bottom = _table(sheet, 320, columns, list(enumerate(invoice.items, 1)), text, grid=(62, 765))
    _totals(
        sheet, bottom + 34, (500, 757), _sums(invoice, "Net total", "VAT", "Total", "GBP"), text
    )
    sheet.write((62, 1060), f"Please pay to  IBAN: {invoice.supplier.iban}", replace(text, size=12))
    sheet.write((62, 1080), "Goods remain our property until paid in full.", replace(text, size=11))
    return [sheet]


def boxes(invoice: Invoice, rng: np.random.Generator) -> list[Sheet]:
    """English; small labels over their values in boxes, ticks for what is paid."""
    sheet, text = Sheet(WIDTH, HEIGHT, rng), Print("open", 12.5)
    bold, small = replace(text, face="open-bold"), replace(text, size=10)
    sheet.write((60, 86), invoice.supplier.name, replace(bold, size=21))
    sheet.write((60, 106), " · ".join(invoice.supplier.address), small)
    emblem(sheet, (712, 52), 52, invoice.supplier.emblem)
    sheet.rule((60, 124), (767, 124), 2)
    sheet.write((60, 160), "Sales invoice", replace(bold, size=17))
    cells = [
        ("Invoice number", invoice.number),
        ("Date", f"{invoice.written:%d/%m/%Y}"),
        ("Payment due", f"{invoice.due:%d/%m/%Y}" if invoice.due else ""),
        ("Account", invoice.customer_number),
    ]
    for n, (label, value) in enumerate(cells):
        left = 60 + 177 * n
        sheet.frame((left, 180, left + 177, 228), 1.2)
        sheet.write((left + 8, 196), label, small)
        sheet.write((left + 8, 219), value, text)
    sheet.frame((60, 242, 413, 342), 1.2)
    sheet.write((68, 258), "Sold to", small)
    sheet.write((68, 280), "\n".join(invoice.customer), text)
    columns = [
        _Column("Quantity", 118, lambda _, item: str(item.quantity)),
        _Column("Article", 145, lambda _, item: item.article, "left"),
        _Column("Price each", 640, lambda _, item: f"{item.price:,.2f}"),
        _Column("Amount", 757, lambda _, item: f"{item.amount:,.2f}"),
    ]
    bottom = _table(sheet, 385, columns, list(enumerate(invoice.items, 1)), text)
    _totals(
        sheet, bottom + 30, (520, 757), _sums(invoice, "Subtotal", "VAT", "Total due", "£"), text
    )
    _ticks(sheet, (60, bottom + 60), "Paid", ("Yes", "No"), invoice.paid, text)
    sheet.write((60, 1075), f"Bank transfer: IBAN {invoice.supplier.iban}", small)
    return [sheet]


def letter(invoice: Invoice, rng: np.random.Generator) -> list[Sheet]:
    """German, as DIN 5008 has letters; a long table goes on to a second page."""
    rows = list(enumerate(invoice.items, 1))
    parts = [rows[:_FIRST_PAGE], rows[_FIRST_PAGE:]] if len(rows) > _FIRST_PAGE else [rows]
    text = Print("cambria", 14)
    bold, small = replace(text, face="cambria-bold"), replace(text, size=10.5)
    columns = [
        _Column("Pos.", 96, lambda n, _: str(n)),
        _Column("Bezeichnung", 116, lambda _, item: item.article, "left"),
        _Column("Menge", 520, lambda _, item: str(item.quantity)),
        _Column("Einzelpreis", 640, lambda _, item: _german(item.price)),
        _Column("Betrag", 757, lambda _, item: _german(item.amount)),
    ]
    sheets = []
    for number, part in enumerate(parts, 1):
        sheet, top = Sheet(WIDTH, HEIGHT, rng), 130.0
        sheet.write((765, 78), invoice.supplier.name, replace(bold, size=20), align="right")
        if number == 1:
            emblem(sheet, (70, 52), 44, invoice.supplier.emblem)
            _addressed(sheet, invoice, text, small)
            sheet.write((70, 372), "Rechnung", replace(bold, size=19))
            sheet.write((70, 404), "Wir lieferten Ihnen und stellen in Rechnung:", text)
            top = 450.0
        bottom = _table(sheet, top, columns, part, text)
        if number == len(parts):
            sums = _sums(invoice, "Nettobetrag", "MwSt.", "Gesamtbetrag", "EUR")
            _totals(sheet, bottom + 34, (500, 757), sums, text)
            scribble(sheet, (90, bottom + 170), 120)
        footer = f"IBAN: {invoice.supplier.iban}  ·  Seite {number} von {len(parts)}"
        sheet.write((WIDTH / 2, 1110), footer, small, align="center")
        sheets.append(sheet)
    return sheets


def slip(invoice: Invoice, rng: np.random.Generator) -> list[Sheet]:
    """German, typed by a small firm; ticks for what is paid."""
    sheet = Sheet(WIDTH, HEIGHT, rng)
    text = Print("cascadia", 13.5, jitter=0.15)
    head = Print("dejavu-serif-bold", 20)
    sheet.write((WIDTH / 2, 90), invoice.supplier.name, head, align="center")
    address = ", ".join(invoice.supplier.address)
    sheet.write((WIDTH / 2, 112), address, Print("dejavu-serif", 11.5), align="center")
    sheet.rule((70, 128), (757, 128), 1.5)
    sheet.write((70, 180), "\n".join(invoice.customer), text)
    said = [("Rechnung Nr.:", invoice.number), ("Datum:", f"{invoice.written:%d.%m.%Y}")]
    said.append(("Kunden-Nr.:", invoice.customer_number))
    said += [("Zahlbar bis:", f"{invoice.due:%d.%m.%Y}")] if invoice.due else []
    for n, (label, value) in enumerate(said):
        sheet.write((70, 300 + 28 * n), label, text)
        sheet.write((230, 300 + 28 * n), value, text)
    columns = [
        _Column("Menge", 120, lambda _, item: str(item.quantity)),
        _Column("Leistung", 150, lambda _, item: item.article, "left"),
        _Column("Einzelpreis", 630, lambda _, item: _german(item.price)),
        _Column("Betrag", 757, lambda _, item: _german(item.amount)),
    ]
    bottom = _table(sheet, 460, columns, list(enumerate(invoice.items, 1)), text)
    sums = _sums(invoice, "Netto", "MwSt.", "Endbetrag", "EUR")
    _totals(sheet, bottom + 36, (440, 757), sums, text)
    _ticks(sheet, (70, bottom + 160), "Bezahlt:", ("ja", "nein"), invoice.paid, text)
    scribble(sheet, (500, bottom + 230), 150)
    sheet.write((70, 1090), f"IBAN {invoice.supplier.iban}", Print("dejavu-serif", 11.5))
    return [sheet]


LAYOUTS: Mapping[LayoutName, Callable[[Invoice, np.random.Generator], list[Sheet]]] = {
    "letterhead": letterhead,
    "boxes": boxes,
    "letter": letter,
    "slip": slip,
}


def _addressed(sheet: Sheet, invoice: Invoice, text: Print, small: Print) -> None:
    sender = " · ".join([invoice.supplier.name, *invoice.supplier.address])
    sheet.write((70, 182), sender, small)
    sheet.rule((70, 187), (70 + small.length(sender), 187), 0.7)
    sheet.write((70, 210), "\n".join(invoice.customer), text)
    said = [
        ("Rechnungsnummer", invoice.number),
        ("Rechnungsdatum", f"{invoice.written:%d.%m.%Y}"),
        ("Kundennummer", invoice.customer_number),
        ("Fällig am", f"{invoice.due:%d.%m.%Y}" if invoice.due else ""),
    ]
    for n, (label, value) in enumerate(said):
        sheet.write((520, 210 + 23 * n), label, text)
        sheet.write((765, 210 + 23 * n), value, text, align="right")


def _table(
    sheet: Sheet,
    top: float,
    columns: Sequence[_Column],
    rows: Sequence[tuple[int, Item]],
    text: Print,
    grid: tuple[float, float] | None = None,
) -> float:
    """Headings and rows; where the table ends. `grid` are the sides of a table with lines."""
    left, right = grid or (62.0, 765.0)
    pitch = text.size * 1.9
    for column in columns:
        sheet.write((column.x, top), column.heading, text, align=column.align)
    lines = [top + pitch * (n + 0.45) for n in range(len(rows) + 1)]
    for number, (position, item) in enumerate(rows, 1):
        for column in columns:
            said = column.text(position, item)
            sheet.write((column.x, top + pitch * number), said, text, align=column.align)
    for line in [top - pitch * 0.65, *lines] if grid else [lines[0], lines[-1]]:
        sheet.rule((left, line), (right, line), 0.9)
    for x in (left, right) if grid else ():
        sheet.rule((x, top - pitch * 0.65), (x, lines[-1]), 0.9)
    return lines[-1]


def _sums(invoice: Invoice, net: str, tax: str, total: str, currency: str) -> list[tuple[str, str]]:
    written = _german if invoice.supplier.language == "de" else _english_amount
    joined = f"{currency}{written(invoice.total)}" if currency == "£" else ""
    return [
        (net, written(invoice.net)),
        (f"{tax} {invoice.supplier.tax_percent} %", written(invoice.tax)),
        (total, joined or f"{written(invoice.total)} {currency}"),
    ]


def _totals(
    sheet: Sheet, top: float, at: tuple[float, float], sums: Sequence[tuple[str, str]], text: Print
) -> None:
    pitch = text.size * 1.8
    for n, (label, value) in enumerate(sums):
        sheet.write((at[0], top + pitch * n), label, text)
        sheet.write((at[1], top + pitch * n), value, text, align="right")
    line = top + pitch * (len(sums) - 1) - text.size * 1.25
    sheet.rule((at[0], line), (at[1], line), 1.2)


def _ticks(
    sheet: Sheet,
    at: tuple[float, float],
    asked: str,
    options: tuple[str, str],
    paid: bool | None,
    text: Print,
) -> None:
    sheet.write(at, asked, text)
    x = at[0] + text.length(asked) + 26
    for option, chosen in zip(options, (paid is True, paid is False), strict=True):
        sheet.frame((x, at[1] - 11, x + 11, at[1]), 1.2)
        if chosen:
            tick(sheet, (x, at[1] - 11), 11, "cross")
        sheet.write((x + 19, at[1]), option, text)
        x += 19 + text.length(option) + 30


def _english(day: date) -> str:
    return f"{day.day} {_MONTHS.split()[day.month - 1]} {day.year}"


def _english_amount(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _german(amount: Decimal) -> str:
    """1234.50 -> "1.234,50" """
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
