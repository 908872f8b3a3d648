"""Forms of buying: a purchase order, a price quotation."""

from __future__ import annotations

from scripts.workshop.sample_forms.blocks import (
    Column,
    Grid,
    Look,
    Slot,
    Value,
    blank_rows,
    field,
    parts,
    table,
    title,
)
from scripts.workshop.sample_forms.emblem import emblem
from scripts.workshop.sample_forms.hand import Hand
from scripts.workshop.sample_forms.sheet import Sheet
from scripts.workshop.sample_forms.typeface import Typeface


def purchase_order(sheet: Sheet) -> None:
    """Letterhead, two address blocks, a ruled table with sums; nothing typed."""
    label, value = Typeface("humanist-bold", 12.5), Typeface("humanist", 14)
    look = Look(label, value, rule="none", lift=0)
    emblem(sheet, (700, 44), 54, "peak")
    sheet.write((52, 62), "Brightwater Instrument Company", Typeface("book-bold", 24))
    sheet.write((52, 80), "2260 Sawmill Lane, Kestrel Falls, ME 04999", value)
    sheet.write((52, 97), "Tel. (207) 555-0148, Fax (207) 555-0149", value)
    sheet.rule((52, 108), (768, 108), 2.2)
    title(sheet, 142, "PURCHASE ORDER", Typeface("humanist-bold", 21, tracking=1.5))
    sheet.write(
        (52, 166),
        "The number below must appear on all invoices, packages and correspondence.",
        Typeface("humanist", 12),
    )
    field(sheet, look, Slot(540, 166, 640, 768), "P.O. Number:", "BW-96-1184")
    field(sheet, look, Slot(540, 186, 640, 768), "Order date:", "11/04/96")
    field(sheet, look, Slot(540, 206, 640, 768), "Requisition:", None)
    vendor = ["Orrin Precision Glass", "Attn: Delia Marsh", "77 Foundry St.", "Tremont, NH 03999"]
    field(sheet, look, Slot(52, 206, 112, 300), "Vendor:", vendor)
    ship_to = ["Receiving Dock C", "2260 Sawmill Lane", "Kestrel Falls, ME 04999"]
    field(sheet, look, Slot(300, 206, 360, 530), "Ship to:", ship_to)
    columns = [
        Column("Ship via", 52, 230, "center"),
        Column("F.O.B.", 230, 400, "center"),
        Column("Terms", 400, 584, "center"),
        Column("Required by", 584, 768, "center"),
    ]
    row = ["Best way", "Destination", "Net 30 days", "12/02/96"]
    table(sheet, look, columns, Grid(316, 26, head=22), [row])
    _order_lines(sheet, look)
    field(sheet, look, Slot(52, 800, 160, 400), "Charge account:", "4410-22 Optics")
    signed = Look(label, Hand(18, slant=0.3, nib=1.6, joined=True, breadth=1.15))
    field(sheet, signed, Slot(52, 850, 170, 400), "Authorized by:", "M. Quayle")
    field(sheet, signed, Slot(450, 850, 500, 768), "Date:", "11-4-96")
    sheet.write((52, 920), "Copies: white, vendor; canary, accounting; pink, receiving", value)


def _order_lines(sheet: Sheet, look: Look) -> None:
    columns = [
        Column("Item", 52, 96, "center"),
        Column("Qty.", 96, 150, "right"),
        Column("Catalog no.", 150, 270),
        Column("Description", 270, 560),
        Column("Unit price", 560, 660, "right"),
        Column("Amount", 660, 768, "right"),
    ]
    rows: list[list[str | None]] = [
        ["1", "40", "OG-2107", "Achromat doublet, 25 mm", "31.50", "1,260.00"],
        ["2", "12", "OG-3350", "Beam splitter cube, uncoated", "88.00", "1,056.00"],
        ["3", "250", "OG-0112", "Cover window, 18 x 1 mm", "1.20", "300.00"],
        ["4", "6", None, "Mounting fixture per sketch 5", "142.75", "856.50"],
        *blank_rows(6, 6),
    ]
    table(sheet, look, columns, Grid(392, 31), rows)
    for number, (text, amount) in enumerate(
        [("Subtotal", "3,472.50"), ("Freight", "48.20"), ("Tax", None), ("TOTAL", "$3,520.70")]
    ):
        y = 723 + number * 22
        question = sheet.write((652, y), text, look.label, "question", align="right")
        if amount:
            answer = sheet.write((760, y), amount, look.value, "answer", align="right")
            sheet.link(question, [answer])
        sheet.rule((665, y + 5), (768, y + 5))


QUOTATION_FIELDS: list[tuple[str, Value]] = [
    ("Quoted to:", ["Lindqvist Carton Corp.", "Mr. Paul Everly, Buyer"]),
    ("Your inquiry of:", "June 2"),
    ("Our reference:", "Q 7719/GK"),
    ("Validity:", "30 days from date"),
    ("Delivery:", "4-5 weeks after receipt of order"),
    ("Payment:", "2% ten days, net thirty"),
    ("Packing:", None),
]


def price_quotation(sheet: Sheet) -> None:
    """A request answered by fax: colons, right-aligned labels, an unruled price list."""
    label, value = Typeface("times-bold", 15), Typeface("times", 15.5)
    look = Look(label, value, rule="none", lift=0)
    sheet.write((395, 66), "ASHGROVE PAPER & BOARD", Typeface("times-bold", 23), align="center")
    address = "Mill Street, Ashgrove Landing"
    sheet.write((395, 84), address, Typeface("times-italic", 14), align="center")
    title(sheet, 130, "Quotation", Typeface("times-bold", 27))
    _quotation_fields(sheet, look)
    columns = [
        Column("Grade", 95, 260),
        Column("Caliper", 260, 350, "center"),
        Column("Basis weight", 350, 470, "right"),
        Column("Price per ton", 470, 600, "right"),
        Column("Minimum", 600, 705, "right"),
    ]
    rows: list[list[str | None]] = [
        ["Kraft liner, brown", ".012", "42 lb", "$388.00", "10 tons"],
        ["Kraft liner, mottled", ".012", "42 lb", "$401.50", "10 tons"],
        ["Semichemical medium", ".009", "26 lb", "$344.00", "20 tons"],
        ["Bleached board", ".018", "69 lb", "$612.25", "5 tons"],
    ]
    table(sheet, look, columns, Grid(424, 26, ruling="none", head=28), rows)
    sheet.write(
        (95, 570),
        "Prices are quoted f.o.b. mill, freight allowed to the first carrier. Rolls above fifty "
        "inches are charged at the price in effect when shipped. We trust that this offer will "
        "meet with your approval and look forward to your order.",
        value,
        width=610,
    )
    _quotation_foot(sheet, look)


def _quotation_fields(sheet: Sheet, look: Look) -> None:
    y = 178.0
    for text, given in QUOTATION_FIELDS:
        question = sheet.write((220, y), text, look.label, "question", align="right")
        lines = parts(given)
        answers = [
            sheet.write((236, y + 20 * number), line, look.value, "answer")
            for number, line in enumerate(lines)
        ]
        sheet.link(question, answers)
        y += 27 + 20 * max(0, len(lines) - 1)


def _quotation_foot(sheet: Sheet, look: Look) -> None:
    signed = Look(look.label, Hand(19, slant=0.38, nib=1.5, joined=True), rule="line")
    field(sheet, signed, Slot(380, 720, 470, 705), "Quoted by:", "G. Kessler")
    field(sheet, look, Slot(380, 750, 470, 705), "Title:", "Sales Correspondent")
    copies = ["Mr. Thorne, Mill Office", "Credit Dept."]
    field(sheet, look, Slot(95, 830, 165, 400), "Copies:", copies)
