"""Forms of goods on their way: a bill of lading, a customs declaration."""

from __future__ import annotations

from scripts.workshop.sample_forms.blocks import (
    Box,
    Column,
    Grid,
    Look,
    Slot,
    Value,
    blank_rows,
    cell,
    field,
    heading,
    options,
    table,
    title,
)
from scripts.workshop.sample_forms.emblem import emblem
from scripts.workshop.sample_forms.hand import Hand
from scripts.workshop.sample_forms.sheet import Sheet
from scripts.workshop.sample_forms.typeface import Typeface

TYPED = Typeface("typewriter", 15, wobble=0.28)


def bill_of_lading(sheet: Sheet) -> None:
    """Boxed cells with small labels, no colons, typed; a stamp across the goods."""
    small = Typeface("grotesque", 8.8, tracking=0.2)
    look = Look(small, TYPED)
    emblem(sheet, (60, 38), 38, "wheel")
    sheet.write((106, 56), "HALVORSEN & PIKE FREIGHT LINES, INC.", Typeface("grotesque-bold", 14))
    sheet.write((106, 72), "Terminals at Dorrance Harbor, Millbrae and East Colby", small)
    sheet.write(
        (718, 62), "STRAIGHT BILL OF LADING", Typeface("times-bold", 17), "header", align="right"
    )
    sheet.write((718, 77), "ORIGINAL - NOT NEGOTIABLE", small, "other", align="right")
    cell(sheet, look, (60, 88, 300, 128), "SHIPPER'S NO.", "HP-40772")
    cell(sheet, look, (300, 88, 500, 128), "CARRIER'S NO.", None)
    cell(sheet, look, (500, 88, 718, 128), "DATE", "Sept. 9, 1987")
    shipper = ["Colby Enamel Works", "1180 Tannery Road", "East Colby, Ohio 44990"]
    cell(sheet, look, (60, 128, 390, 214), "SHIPPER", shipper)
    consignee = ["Ferrand Stove & Range Co.", "Dock 6, Lakeside Yards", "Port Ansel, Wis. 54999"]
    cell(sheet, look, (390, 128, 718, 214), "CONSIGNEE", consignee)
    cell(sheet, look, (60, 214, 300, 254), "ROUTE", "Via Millbrae transfer")
    cell(sheet, look, (300, 214, 500, 254), "DELIVERING CARRIER", "H & P Lines")
    cell(sheet, look, (500, 214, 718, 254), "VEHICLE INITIAL AND NO.", "T 318")
    columns = [
        Column("NO.\nPKGS.", 60, 120, "center"),
        Column("DESCRIPTION OF ARTICLES, SPECIAL MARKS\nAND EXCEPTIONS", 120, 440),
        Column("WEIGHT (LB.)\nSUBJ. TO CORR.", 440, 545, "right"),
        Column("CLASS\nOR RATE", 545, 630, "center"),
        Column("CHARGES", 630, 718, "right"),
    ]
    rows: list[list[str | None]] = [
        ["24", "Ctns. enamel frit, white", "1,320", "65", "88.44"],
        ["6", "Drums cobalt oxide", "780", "85", "71.76"],
        ["2", "Skids steel blanks, 20 ga.", "2,900", "50", "124.70"],
        [None, None, None, None, None],
        [None, None, None, None, None],
        [None, None, None, None, None],
    ]
    table(sheet, look, columns, Grid(296, 30, head=36), rows)
    _lading_foot(sheet, look)


def _lading_foot(sheet: Sheet, look: Look) -> None:
    small = look.label
    cell(sheet, look, (60, 476, 390, 520), "C.O.D. SHIPMENT - REMIT TO", None)
    cell(sheet, look, (390, 476, 545, 520), "TOTAL WEIGHT", "5,000")
    cell(sheet, look, (545, 476, 718, 520), "TOTAL CHARGES", "$284.90")
    terms = sheet.write((60, 546), "FREIGHT CHARGES ARE", small, "question")
    options(
        sheet,
        look,
        terms,
        [(210, 546), (300, 546), (390, 546)],
        [("PREPAID", True), ("COLLECT", False), ("THIRD PARTY", False)],
    )
    sheet.write(
        (60, 575),
        "RECEIVED, subject to the classifications and tariffs in effect on the date of issue of "
        "this bill of lading, the property described above in apparent good order, except as "
        "noted. The carrier agrees to carry it to its usual place of delivery at said "
        "destination, if on its route, otherwise to deliver to another carrier on the route.",
        Typeface("times", 12),
        width=655,
    )
    hand = Look(small, Hand(17, slant=0.42, joined=True))
    field(sheet, hand, Slot(60, 680, 150, 375), "SHIPPER, PER", "R. Tolland")
    field(sheet, hand, Slot(400, 680, 480, 718), "AGENT, PER", "J. Mackey")
    field(sheet, look, Slot(60, 724, 180, 375), "PIECES RECEIVED", "32")
    field(sheet, look, Slot(400, 724, 500, 718), "EXCEPTIONS", None)
    stamp = Typeface("grotesque-bold", 17, ink=0.85)
    sheet.stamp((352, 392), [("DORRANCE HARBOR", stamp), ("SEP 11 1987", stamp)], 7.0)
    sheet.write((60, 940), "FORM 14-B REV. 3/84", small)
    serial = Typeface("printer-bold", 14, tracking=1)
    sheet.stamp((746, 800), [("70418826", serial)], 90, frame=False)


EXPORTER = ["TANAKA-BRANDT OPTISCHE WERKE", "HAFENSTRASSE 11", "NEU-LINDAU"]
ENTRY_CELLS: list[tuple[Box, str, Value]] = [
    ((50, 90, 420, 176), "1. Exporter (name and address)", EXPORTER),
    ((420, 90, 590, 133), "2. Entry number", "V-881207"),
    ((590, 90, 760, 133), "3. Port code", "017"),
    ((420, 133, 590, 176), "4. Date of arrival", "14 MAR 1991"),
    ((590, 133, 760, 176), "5. Bond number", None),
    (
        (50, 176, 420, 246),
        "6. Importer of record",
        ["SOLANO CAMERA IMPORTS", "PIER 9, VALMORA"],
    ),
    ((420, 176, 760, 211), "7. Country of origin", "WEST LINDAU"),
    ((420, 211, 760, 246), "8. Vessel or flight", "M/V CARLOTTA REED"),
    ((50, 246, 235, 286), "9. Gross weight (kg)", "412.5"),
    ((235, 246, 420, 286), "10. Net weight (kg)", "371.0"),
    ((420, 246, 590, 286), "11. Number of packages", "9 CASES"),
    ((590, 246, 760, 286), "12. Currency", "DEM"),
]


def customs_declaration(sheet: Sheet) -> None:
    """Numbered cells of many sizes, typed in capitals, a date stamp turned over the entries."""
    typed = Typeface("typewriter", 14, wobble=0.35, ink=0.9)
    look = Look(Typeface("dejavu", 7.6), typed, mark="check")
    title(sheet, 58, "DECLARATION OF GOODS FOR ENTRY", Typeface("dejavu-bold", 15))
    title(sheet, 74, "Customs Service of the Free Port of Valmora", Typeface("times-italic", 14))
    for box, label, value in ENTRY_CELLS:
        cell(sheet, look, box, label, value)
    columns = [
        Column("13. Tariff heading", 50, 180, "center"),
        Column("14. Description of goods", 180, 480),
        Column("15. Quantity", 480, 570, "right"),
        Column("16. Declared value", 570, 670, "right"),
        Column("17. Duty", 670, 760, "right"),
    ]
    rows: list[list[str | None]] = [
        ["9002.11", "CAMERA OBJECTIVES 50 MM", "300", "27,600", "1,380.00"],
        ["9006.53", "CAMERA BODIES, 35 MM", "120", "33,360", "2,335.20"],
        ["4202.12", "CARRYING CASES, LEATHER", "120", "4,080", "367.20"],
        *blank_rows(5, 5),
    ]
    table(sheet, look, columns, Grid(310, 30, head=24), rows)
    _customs_foot(sheet, look)


def _customs_foot(sheet: Sheet, look: Look) -> None:
    cell(sheet, look, (50, 550, 570, 606), "18. Marks and numbers", "TBOW 1/9 - 9/9 VALMORA")
    cell(sheet, look, (570, 550, 670, 606), "19. Total value", "65,040")
    cell(sheet, look, (670, 550, 760, 606), "20. Total duty", "4,082.40")
    asked = sheet.write((56, 630), "21. Are the goods subject to license?", look.label, "question")
    options(sheet, look, asked, [(270, 630), (330, 630)], [("Yes", False), ("No", True)])
    asked = sheet.write((400, 630), "22. Samples drawn?", look.label, "question")
    options(sheet, look, asked, [(520, 630), (580, 630)], [("Yes", True), ("No", False)])
    sheet.frame((50, 650, 760, 880))
    heading(sheet, (58, 668), "DECLARATION", Typeface("dejavu-bold", 10))
    sheet.write(
        (58, 692),
        "I declare that the statements on this form are true to the best of my knowledge, that "
        "the prices set forth are those agreed upon, and that I will produce at once any "
        "information showing a different state of facts.",
        Typeface("times", 13.5),
        width=400,
    )
    signed = Look(look.label, Hand(19, slant=0.45, nib=1.4, joined=True, unrest=0.4))
    field(sheet, signed, Slot(58, 808, 180, 470), "23. Signature of declarant", "A. Solano")
    field(sheet, look, Slot(58, 850, 130, 300), "24. Capacity", "AGENT")
    field(sheet, look, Slot(320, 850, 360, 470), "25. Date", "15 MAR 91")
    stamp = Typeface("times-bold", 17, ink=0.75, tracking=1.0)
    lines = [("PORT OF VALMORA", stamp), ("18 MAR 1991", stamp), ("ENTRY PASSED", stamp)]
    sheet.stamp((615, 745), lines, -11.0)
    sheet.write((50, 900), "CS Form 31 (8-88). Previous editions may be used.", look.label)
