"""Forms that ask for money: travel expenses, insurance claim."""

from __future__ import annotations

from dataclasses import replace

from scripts.workshop.sample_forms.blocks import (
    Column,
    Grid,
    Look,
    Slot,
    Value,
    field,
    heading,
    options,
    table,
    title,
)
from scripts.workshop.sample_forms.hand import Hand
from scripts.workshop.sample_forms.sheet import Sheet
from scripts.workshop.sample_forms.typeface import Typeface


def travel_expense(sheet: Sheet) -> None:
    """A dense ruled table with days across and sums down, printed by machine, some by hand."""
    label, value = Typeface("grotesque", 10.5), Typeface("printer", 11.5)
    look = Look(label, value)
    sheet.write((44, 58), "MERIDIAN SEED COOPERATIVE", Typeface("grotesque-bold", 17))
    sheet.write(
        (784, 58), "EXPENSE REPORT", Typeface("grotesque-bold", 20), "header", align="right"
    )
    field(sheet, look, Slot(44, 92, 108, 380), "Employee:", "Joan Brandvold")
    field(sheet, look, Slot(400, 92, 470, 590), "Dept. no.:", "0342")
    field(sheet, look, Slot(610, 92, 690, 784), "Week ending:", "06/22/01")
    field(
        sheet,
        look,
        Slot(44, 120, 150, 590),
        "Purpose of trip:",
        "Field day and dealer visits, Ames",
    )
    field(sheet, look, Slot(610, 120, 690, 784), "Advance no.:", None)
    days = ["Mon\n6/18", "Tue\n6/19", "Wed\n6/20", "Thu\n6/21", "Fri\n6/22"]
    edges = [(204 + 83 * n, 287 + 83 * n) for n in range(len(days))]
    columns = [
        Column("Expense", 44, 204),
        *[Column(day, *edge, "right") for day, edge in zip(days, edges, strict=True)],
        Column("Total", 619, 784, "right"),
    ]
    rows: list[list[str | None]] = [
        ["Lodging", "64.00", "64.00", "71.50", None, None, "199.50"],
        ["Breakfast", None, "6.25", "5.80", "7.10", None, "19.15"],
        ["Lunch", "8.40", None, "9.15", "8.75", None, "26.30"],
        ["Dinner", "17.90", "21.35", "16.60", None, None, "55.85"],
        ["Car rental", None, None, None, "148.20", None, "148.20"],
        ["Tolls and parking", "3.50", "6.00", None, "3.50", None, "13.00"],
        ["Telephone", "2.15", None, "4.40", None, None, "6.55"],
        ["Other (explain)", None, None, None, None, None, None],
    ]
    table(sheet, look, columns, Grid(180, 32, head=38), rows)
    _expense_summary(sheet, look)


def _expense_summary(sheet: Sheet, look: Look) -> None:
    sums = [("Total expenses", "468.55"), ("Less advance", "300.00"), ("Balance due", "168.55")]
    for number, (text, amount) in enumerate(sums):
        y = 464 + 28 * number
        question = sheet.write((630, y), text, look.label, "question", align="right")
        sheet.link(question, [sheet.write((776, y), amount, look.value, "answer", align="right")])
        sheet.rule((640, y + 5), (784, y + 5))
    asked = sheet.write((44, 464), "Paid by:", look.label, "question")
    choices = [("Employee", True), ("Company card", False)]
    options(sheet, look, asked, [(110, 464), (200, 464)], choices)
    field(sheet, look, Slot(44, 496, 150, 400), "Miles driven (own car):", None)
    heading(sheet, (44, 566), "Business entertainment", Typeface("grotesque-bold", 12))
    columns = [
        Column("Date", 44, 130),
        Column("Persons and firm", 130, 480),
        Column("Place", 480, 660),
        Column("Amount", 660, 784, "right"),
    ]
    rows: list[list[str | None]] = [
        ["6/19", "L. Hauge, Hauge Grain", "Cedar Grill, Ames", "38.60"],
        [None, None, None, None],
        [None, None, None, None],
    ]
    table(sheet, look, columns, Grid(602, 30, ruling="rows", head=22), rows)
    sheet.write(
        (44, 726),
        "Attach receipts for lodging and for each item above $25. Reports received after Tuesday "
        "noon are paid the week after.",
        Typeface("grotesque", 11),
        width=700,
    )
    hand = Look(look.label, Hand(17, slant=0.36, nib=1.3, joined=True, breadth=1.05))
    field(sheet, hand, Slot(44, 800, 120, 400), "Signature:", "Joan Brandvold")
    field(sheet, hand, Slot(430, 800, 480, 600), "Date:", "6/25/01")
    field(sheet, hand, Slot(44, 846, 130, 400), "Approved:", "C. Whitlow")
    field(sheet, hand, Slot(430, 846, 480, 600), "Date:", None)
    paid = Typeface("dejavu-bold", 19, ink=0.7)
    sheet.stamp((690, 836), [("PAID", paid), ("JUN 29 2001", Typeface("dejavu", 12, ink=0.7))], 9)
    sheet.write((44, 950), "Form F-208", look.label)


def insurance_claim(sheet: Sheet) -> None:
    """Numbered questions answered in typewriting, some over several lines; a receipt stamp."""
    typed = Typeface("typewriter", 14.5, wobble=0.25)
    look = Look(Typeface("book", 13), typed)
    title(sheet, 64, "GREYSTONE MUTUAL FIRE ASSURANCE", Typeface("book-bold", 21))
    title(sheet, 92, "NOTICE OF LOSS", Typeface("book-bold", 17, tracking=2))
    sheet.write(
        (66, 124), "To be returned within ten days of the loss.", Typeface("times-italic", 14)
    )
    lines: list[tuple[Slot, str, Value]] = [
        (Slot(66, 160, 260, 470), "1. Policy number", "F 603 118"),
        (Slot(66, 192, 260, 720), "2. Name of insured", "Elmira Bakehouse, Inc."),
        (Slot(66, 224, 260, 720), "3. Location of property", "5 Canal Street, Elmira Mills"),
        (Slot(66, 256, 260, 440), "4. Date of loss", "December 3, 1968"),
        (Slot(460, 256, 540, 720), "5. Hour", "about 4:15 a.m."),
        (Slot(66, 288, 260, 720), "6. Cause of loss", "Overheated flue, No. 2 oven"),
    ]
    for slot, label, value in lines:
        field(sheet, look, slot, label, value)
    asked = sheet.write((66, 320), "7. Describe what happened", look.label, "question")
    story = (
        "Night baker found smoke behind the oven wall and called\n"
        "the fire department. Ceiling and two proof boxes burned;\n"
        "flour stock damaged by water. No persons were hurt."
    )
    sheet.link(asked, [sheet.write((92, 348), story, replace(typed, leading=1.87), "answer")])
    for number in range(4):
        sheet.rule((82, 352 + 27 * number), (720, 352 + 27 * number), 0.8)
    asked = sheet.write((66, 464), "8. Were premises occupied?", look.label, "question")
    options(sheet, look, asked, [(290, 464), (360, 464)], [("Yes", True), ("No", False)])
    field(sheet, look, Slot(66, 496, 290, 720), "9. Other insurance, if any", None)
    _claim_amounts(sheet, look)


def _claim_amounts(sheet: Sheet, look: Look) -> None:
    sheet.write((66, 530), "10. Property lost or damaged:", look.label, "header")
    columns = [
        Column("Article", 92, 380),
        Column("When bought", 380, 500, "center"),
        Column("Cost", 500, 610, "right"),
        Column("Claimed", 610, 720, "right"),
    ]
    rows: list[list[str | None]] = [
        ["Proof boxes (2)", "1961", "$1,140", "$700"],
        ["Flour, 85 bags", "1968", "$467.50", "$467.50"],
        ["Ceiling, 600 sq. ft.", None, None, "$920"],
        [None, None, None, None],
    ]
    table(sheet, look, columns, Grid(568, 28, ruling="rows", head=24), rows)
    total = sheet.write((600, 706), "Total claimed", look.label, "question", align="right")
    sheet.link(total, [sheet.write((712, 704), "$2,087.50", look.value, "answer", align="right")])
    sheet.rule((610, 708), (720, 708))
    field(
        sheet,
        look,
        Slot(66, 750, 290, 720),
        "11. Persons who saw the loss",
        ["Anton Reuss, night baker", "Capt. Doyle, Engine 4"],
    )
    signed = Look(look.label, Hand(18, slant=0.4, nib=1.4, joined=True))
    field(sheet, signed, Slot(66, 834, 180, 440), "12. Signed", "Geo. Hallam")
    field(sheet, look, Slot(460, 834, 530, 720), "13. Date", "Dec. 9, 1968")
    stamp = Typeface("grotesque-bold", 16, ink=0.8)
    lines = [("RECEIVED", stamp), ("DEC 12 1968", stamp), ("CLAIMS DEPT.", stamp)]
    sheet.stamp((612, 196), lines, -6.0)
    serial = Typeface("printer-bold", 14, tracking=1)
    sheet.stamp((748, 640), [("20035517", serial)], -90, frame=False)
    sheet.write((66, 930), "G.M. 40 (5M-2-67)", Typeface("book", 11))
