"""Forms that ask for a service: water department, equipment loan."""

from __future__ import annotations

from scripts.workshop.sample_forms.blocks import (
    Look,
    Slot,
    Value,
    below,
    cell,
    field,
    heading,
    options,
    title,
)
from scripts.workshop.sample_forms.hand import Hand
from scripts.workshop.sample_forms.sheet import Sheet
from scripts.workshop.sample_forms.typeface import Typeface

WORK_WANTED: list[tuple[str, Value]] = [
    ("Size of pipe", "3/4 inch"),
    ("Meter number", "B-20917"),
    ("Last reading", "0048120"),
    ("Street opening permit", None),
    ("Plumber", "Stillwell Heating"),
]


def water_service(sheet: Sheet) -> None:
    """Dotted leaders, an address block, a person's and a company's name asked alike."""
    typed = Typeface("typewriter", 15.5, wobble=0.3)
    look = Look(Typeface("times", 15), typed, rule="dots", lift=0)
    bold = Typeface("times-bold", 15)
    title(sheet, 64, "Borough of Stillwell - Department of Water", Typeface("times-bold", 19))
    title(sheet, 92, "REQUEST FOR SERVICE", Typeface("times-bold", 23))
    field(sheet, look, Slot(90, 140, 260, 420), "Account number", "31-0448-7")
    field(sheet, look, Slot(450, 140, 560, 720), "Date", "10-5-76")
    owner = heading(sheet, (90, 182), "Owner of premises", bold)
    first: list[tuple[str, Value]] = [
        ("Name", "Gilbert & Rose Ames"),
        ("Mailing address", "Box 40, Stillwell"),
        ("Telephone", "555-0114"),
    ]
    second: list[tuple[str, Value]] = [
        ("Name", "Ames Dry Goods"),
        ("Mailing address", "22 Front Street"),
        ("Telephone", None),
    ]
    for number, (label, value) in enumerate(first):
        slot = Slot(110, 210 + 28 * number, 280, 720)
        sheet.link(owner, [field(sheet, look, slot, label, value)])
    tenant = heading(sheet, (90, 308), "Tenant, if any", bold)
    for number, (label, value) in enumerate(second):
        slot = Slot(110, 336 + 28 * number, 280, 720)
        sheet.link(tenant, [field(sheet, look, slot, label, value)])
    heading(sheet, (90, 434), "Service wanted", bold)
    asked = sheet.write((110, 462), "Nature of work", look.label, "question")
    choices = [("New line", False), ("Turn on", False), ("Repair", True), ("Meter test", True)]
    places = [(280.0 + 215 * (n % 2), 462.0 + 28 * (n // 2)) for n in range(4)]
    options(sheet, look, asked, places, choices)
    for number, (label, value) in enumerate(WORK_WANTED):
        field(sheet, look, Slot(110, 518 + 28 * number, 280, 720), label, value)
    _service_foot(sheet, look)


def _service_foot(sheet: Sheet, look: Look) -> None:
    sheet.write(
        (90, 684),
        "The undersigned agrees to pay the cost of labor and material for all work on the "
        "owner's side of the curb stop, and to keep the meter free from frost.",
        Typeface("times-italic", 14.5),
        width=630,
    )
    signed = Look(look.label, Hand(20, slant=0.38, nib=1.5, joined=True))
    field(sheet, signed, Slot(330, 760, 410, 720), "Signature", "Gilbert Ames")
    sheet.frame((90, 790, 720, 880), 1.4)
    heading(sheet, (100, 808), "FOR DEPARTMENT USE", Typeface("times-bold", 12.5))
    plain = Look(Typeface("times", 14), Hand(15, slant=0.1))
    field(sheet, plain, Slot(100, 838, 190, 340), "Work order", "1172")
    field(sheet, plain, Slot(370, 838, 450, 700), "Foreman", "Kray")
    field(sheet, plain, Slot(100, 866, 190, 340), "Completed", None)
    field(sheet, plain, Slot(370, 866, 450, 700), "Cost", None)


LOAN_CELLS: list[tuple[str, Value, str, Value]] = [
    ("Borrower", "Prof. A. Lindgren", "Department", "Geology"),
    ("Extension", None, "Campus box", None),
    ("Date out", "Mar 3", "Date due", "Mar 7"),
    ("Course", "GEO 210", "Room", None),
]


def equipment_loan(sheet: Sheet) -> None:
    """Labels above boxes in two columns, hardly filled in: most questions stay blank."""
    look = Look(
        Typeface("grotesque", 11.5),
        Hand(16, slant=0.32, nib=1.3, breadth=1.08, joined=True),
        mark="check",
    )
    sheet.write((60, 68), "Wexcombe College", Typeface("book-bold", 23))
    sheet.write((60, 88), "Audio-Visual Services, Room B-12", Typeface("book", 15))
    title(sheet, 132, "EQUIPMENT LOAN AGREEMENT", Typeface("grotesque-bold", 19))
    for number, (left, first, right, second) in enumerate(LOAN_CELLS):
        top = 152 + 52 * number
        cell(sheet, look, (60, top, 390, top + 52), left, first)
        cell(sheet, look, (390, top, 730, top + 52), right, second)
    asked = sheet.write((60, 396), "Equipment borrowed (check)", look.label, "question")
    names = [
        "Slide projector",
        "Overhead projector",
        "Tape recorder",
        "Screen",
        "Video camera",
        "Tripod",
    ]
    places = [(80.0 + 220 * (n % 3), 424.0 + 28 * (n // 3)) for n in range(6)]
    plain = Look(Typeface("grotesque", 13), look.value)
    options(sheet, plain, asked, places, [(n, n in {"Slide projector", "Screen"}) for n in names])
    cell(sheet, look, (60, 476, 390, 528), "Serial number(s)", "SP 0931")
    cell(sheet, look, (390, 476, 730, 528), "Replacement value", None)
    cell(sheet, look, (60, 528, 730, 600), "Accessories (lamps, cables, remote control)", None)
    sheet.write(
        (60, 632),
        "The borrower is responsible for loss or damage from the time the equipment leaves this "
        "room until it is signed in below. Report burned-out lamps; they are not charged. "
        "Equipment needed again on the following day must still be returned by 5 p.m.",
        Typeface("book", 14),
        width=665,
    )
    _loan_signatures(sheet, look)
    sheet.write((730, 940), "AV-5", look.label, align="right")


def _loan_signatures(sheet: Sheet, look: Look) -> None:
    below(sheet, look, Slot(60, 742, 80, 380), "Borrower's signature", "A. Lindgren")
    below(sheet, look, Slot(420, 742, 440, 730), "Issued by", "tk")
    heading(sheet, (60, 806), "RETURN", Typeface("grotesque-bold", 13))
    below(sheet, look, Slot(60, 842, 80, 280), "Date returned", None)
    below(sheet, look, Slot(300, 842, 320, 500), "Condition", None)
    below(sheet, look, Slot(520, 842, 540, 730), "Received by", None)
