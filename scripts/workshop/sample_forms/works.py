"""Records of work done: a maintenance log, a laboratory report."""

from __future__ import annotations

from scripts.workshop.sample_forms.blocks import (
    Column,
    Grid,
    Look,
    Slot,
    Value,
    blank_rows,
    field,
    heading,
    options,
    table,
    title,
)
from scripts.workshop.sample_forms.hand import Hand
from scripts.workshop.sample_forms.sheet import Sheet
from scripts.workshop.sample_forms.typeface import Typeface


def maintenance_log(sheet: Sheet) -> None:
    """A log sheet ruled for many entries, five made by hand, the rest blank."""
    look = Look(Typeface("dejavu", 9.5), Hand(14, slant=0.1, nib=1.7, unrest=0.42, breadth=0.96))
    title(sheet, 60, "CONVEYOR & HOIST MAINTENANCE LOG", Typeface("dejavu-bold", 17))
    sheet.write((60, 84), "Ostrander Quarry Products - Plant 2", Typeface("dejavu", 11))
    field(sheet, look, Slot(60, 118, 140, 300), "Machine no.:", "C-14")
    field(sheet, look, Slot(320, 118, 380, 520), "Month:", "November")
    field(sheet, look, Slot(540, 118, 600, 750), "Shift:", "2nd")
    field(sheet, look, Slot(60, 150, 190, 520), "Mechanic in charge:", "Walt Friesen")
    field(sheet, look, Slot(540, 150, 640, 750), "Meter at start:", "20418")
    columns = [
        Column("DATE", 60, 120, "center"),
        Column("HOURS", 120, 190, "center"),
        Column("WORK DONE", 190, 450),
        Column("PARTS USED", 450, 590),
        Column("DOWN\n(MIN.)", 590, 660, "center"),
        Column("INITIALS", 660, 750, "center"),
    ]
    rows: list[list[str | None]] = [
        ["11/3", "41.5", "Greased head pulley", None, "20", "WF"],
        ["11/8", "66.0", "Replaced 3 idlers", "3 - RX204", "75", "WF"],
        ["11/15", "92.5", "Belt splice, tail end", "1 lace kit", "140", "DK"],
        ["11/16", None, "Checked splice - ok", None, None, "DK"],
        ["11/24", "131.0", "Oil change, gear box", "6 qt. 90W", "35", "WF"],
        *blank_rows(9, 6),
    ]
    table(sheet, look, columns, Grid(206, 38, head=34), rows)
    asked = sheet.write((60, 768), "CONDITION AT END OF MONTH", look.label, "question")
    choices = [("GOOD", False), ("FAIR", True), ("NEEDS REPAIR", False)]
    options(sheet, look, asked, [(250, 768), (330, 768), (410, 768)], choices)
    field(sheet, look, Slot(60, 808, 150, 750), "REMARKS:", "order spare drive belt before Jan.")
    field(sheet, look, Slot(60, 850, 150, 400), "FOREMAN:", "P. Dahl")
    field(sheet, look, Slot(430, 850, 480, 750), "DATE:", "12/1/88")
    sheet.write((750, 890), "OQ 77-3", look.label, align="right")


CHEMISTRY: list[list[str | None]] = [
    ["NITRATE AS N", "3.8", "MG/L", "10", "EPA 353.2"],
    ["CHLORIDE", "46", "MG/L", "250", "EPA 325.1"],
    ["IRON, TOTAL", "0.41", "MG/L", "0.30", "EPA 236.1"],
    ["MANGANESE", "0.02", "MG/L", "0.05", "EPA 243.1"],
    ["HARDNESS", "118", "MG/L", None, "SM 2340 C"],
    ["PH", "7.2", "UNITS", None, "EPA 150.1"],
]


SAMPLE_LEFT: list[tuple[str, Value]] = [
    ("CLIENT:", "TOWN OF MARROW POINT"),
    ("SAMPLE ID:", "93-04417"),
    ("SOURCE:", "WELL NO. 3, PUMP HOUSE TAP"),
    ("COLLECTED BY:", "D. RUIZ"),
]


SAMPLE_RIGHT: list[tuple[str, Value]] = [
    ("RECEIVED:", "07/12/93"),
    ("REPORTED:", "07/19/93"),
    ("INVOICE:", None),
    ("PAGE:", "1 OF 1"),
]


def lab_report(sheet: Sheet) -> None:
    """A computer print-out: fixed pitch, columns without rules, results aligned SAMPLE_RIGHT."""
    text, bold = Typeface("printer", 12.5), Typeface("printer-bold", 12.5)
    look = Look(text, text, rule="none", lift=0)
    title(sheet, 66, "HOLLIS BAY WATER LABORATORY", Typeface("printer-bold", 17))
    title(sheet, 86, "CERTIFICATE OF ANALYSIS", text)
    for number in range(4):
        y = 130 + 24 * number
        field(sheet, look, Slot(76, y, 200, 480), *SAMPLE_LEFT[number])
        field(sheet, look, Slot(520, y, 620, 740), *SAMPLE_RIGHT[number])
    heading(sheet, (76, 252), "INORGANIC CHEMISTRY", bold)
    columns = [
        Column("PARAMETER", 70, 290),
        Column("RESULT", 290, 390, "right"),
        Column("UNITS", 400, 490),
        Column("LIMIT", 490, 580, "right"),
        Column("METHOD", 600, 740),
    ]
    table(sheet, look, columns, Grid(300, 23, ruling="none", head=30), CHEMISTRY)
    heading(sheet, (76, 476), "BACTERIOLOGY", bold)
    bacteria: list[list[str | None]] = [
        ["TOTAL COLIFORM", "ABSENT", None, "ABSENT", "SM 9223"],
        ["PLATE COUNT", "12", "CFU/ML", "500", "SM 9215 B"],
    ]
    table(sheet, look, columns, Grid(524, 23, ruling="none", head=30), bacteria)
    _lab_foot(sheet, look)


def _lab_foot(sheet: Sheet, look: Look) -> None:
    remarks = (
        "IRON EXCEEDS THE SECONDARY STANDARD. THIS IS NOT\nA HEALTH HAZARD BUT MAY STAIN LAUNDRY."
    )
    asked = sheet.write((76, 616), "REMARKS:", look.label, "question")
    sheet.link(asked, [sheet.write((200, 616), remarks, look.value, "answer")])
    sheet.write(
        (76, 690),
        "RESULTS APPLY ONLY TO THE SAMPLE AS RECEIVED. THIS CERTIFICATE MAY NOT BE COPIED EXCEPT "
        "IN FULL WITHOUT THE CONSENT OF THE LABORATORY.",
        Typeface("printer", 11),
        width=640,
    )
    signed = Look(look.label, Hand(19, slant=0.4, nib=1.4, joined=True))
    field(sheet, signed, Slot(76, 792, 190, 430), "ANALYST:", "K. Osei")
    field(sheet, signed, Slot(450, 792, 550, 740), "REVIEWED:", "B. Lund")
    copies = ["TOWN CLERK", "COUNTY HEALTH DEPT."]
    field(sheet, look, Slot(76, 850, 190, 500), "COPIES TO:", copies)
    sheet.stamp((640, 656), [("COPY", Typeface("dejavu-bold", 30, ink=0.35))], 14, frame=False)
