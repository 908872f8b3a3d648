"""Forms that open a file on a person: clinic intake, school enrolment."""

from __future__ import annotations

from scripts.workshop.sample_forms.blocks import (
    Box,
    Look,
    Slot,
    Value,
    cell,
    field,
    fields,
    heading,
    options,
    title,
)
from scripts.workshop.sample_forms.emblem import emblem
from scripts.workshop.sample_forms.hand import Hand
from scripts.workshop.sample_forms.sheet import Sheet
from scripts.workshop.sample_forms.typeface import Typeface

PATIENT: list[tuple[Slot, str, Value]] = [
    (Slot(60, 156, 125, 480), "Name:", "Rosalind Okafor"),
    (Slot(500, 156, 590, 730), "Birth date:", "8/22/61"),
    (Slot(60, 190, 130, 480), "Address:", "47 Fern Hollow Rd."),
    (Slot(500, 190, 550, 730), "City:", "Larkspur"),
    (Slot(60, 224, 165, 380), "Home phone:", "555-0171"),
    (Slot(400, 224, 505, 730), "Work phone:", None),
    (Slot(60, 258, 155, 380), "Employer:", "Dunmore Library"),
    (Slot(400, 258, 505, 730), "Occupation:", "Archivist"),
]


def clinic_intake(sheet: Sheet) -> None:
    """Labels with colons on PATIENT, filled in by hand, tick boxes; a question asked twice."""
    look = Look(
        Typeface("times", 14.5),
        Hand(15.5, slant=0.28, nib=1.4, breadth=1.0, joined=True),
        mark="check",
    )
    bold = Typeface("times-bold", 15)
    emblem(sheet, (60, 36), 40, "leaf")
    sheet.write((112, 66), "Larkspur Valley Family Clinic", Typeface("times-bold", 24))
    sheet.write((112, 84), "310 Orchard Avenue, Suite 4", Typeface("times-italic", 14))
    sheet.write((730, 66), "NEW PATIENT RECORD", bold, "header", align="right")
    field(sheet, look, Slot(560, 92, 620, 730), "Chart #:", None)
    heading(sheet, (60, 128), "1. Patient", bold)
    fields(sheet, look, PATIENT)
    status = sheet.write((60, 294), "Marital status:", look.label, "question")
    options(
        sheet,
        look,
        status,
        [(180, 294), (265, 294), (360, 294), (460, 294)],
        [("Single", False), ("Married", True), ("Widowed", False), ("Divorced", False)],
    )
    heading(sheet, (60, 336), "2. Insurance", bold)
    field(sheet, look, Slot(60, 364, 140, 380), "Carrier:", "Granite Mutual")
    field(sheet, look, Slot(400, 364, 490, 730), "Policy no.:", "GM 20557-3")
    field(sheet, look, Slot(60, 398, 200, 730), "Name of insured:", "same")
    heading(sheet, (60, 440), "3. In case of emergency", bold)
    field(sheet, look, Slot(60, 468, 125, 480), "Name:", "Tobias Okafor")
    field(sheet, look, Slot(500, 468, 570, 730), "Phone:", "555-0171")
    field(sheet, look, Slot(60, 502, 160, 480), "Relationship:", "husband")
    _medical_history(sheet, look, bold)


def _medical_history(sheet: Sheet, look: Look, bold: Typeface) -> None:
    heading(sheet, (60, 546), "4. Medical history", bold)
    asked = sheet.write(
        (60, 574), "Have you ever had (check all that apply):", look.label, "question"
    )
    names = ["Asthma", "Diabetes", "Heart murmur", "Hay fever", "Anemia", "Migraine"]
    spots = [(80.0 + 215 * (n % 3), 600.0 + 25 * (n // 3)) for n in range(6)]
    options(sheet, look, asked, spots, [(n, n in {"Hay fever", "Migraine"}) for n in names])
    field(
        sheet,
        look,
        Slot(60, 664, 225, 730),
        "Present medications:",
        ["Propranolol 40 mg", "Vitamin D"],
    )
    field(sheet, look, Slot(60, 732, 170, 730), "Drug allergies:", "penicillin - rash")
    asked = sheet.write((60, 768), "Do you smoke?", look.label, "question")
    options(sheet, look, asked, [(190, 768), (260, 768)], [("Yes", False), ("No", True)])
    field(sheet, look, Slot(380, 768, 520, 730), "If yes, packs per day:", None)
    sheet.write(
        (60, 806),
        "I authorize the release of any medical information needed to process this claim and "
        "request payment of benefits to the clinic.",
        Typeface("times", 13),
        width=670,
    )
    field(sheet, look, Slot(60, 868, 135, 480), "Signed:", "Rosalind Okafor")
    field(sheet, look, Slot(500, 868, 550, 730), "Date:", "2/11/94")


CARD: list[tuple[float, str, list[tuple[Box, str, Value]]]] = [
    (104, "STUDENT", [
        ((48, 124, 300, 170), "Last name", "Petrakis"),
        ((300, 124, 520, 170), "First name", "Leonidas"),
        ((520, 124, 610, 170), "Initial", "M"),
        ((610, 124, 752, 170), "Grade entering", "5"),
        ((48, 170, 420, 216), "Street address", "206 Ridgeline Ct."),
        ((420, 170, 610, 216), "Town", "Harrow Creek"),
        ((610, 170, 752, 216), "Zip code", "59999"),
        ((48, 216, 230, 262), "Date of birth", "Jan. 30, 1984"),
        ((230, 216, 520, 262), "Place of birth", "Missoula, Mont."),
        ((520, 216, 752, 262), "Last school attended", "Pine Butte Elem."),
    ]),
    (262, "PARENT OR GUARDIAN", [
        ((48, 282, 420, 328), "Name", "Irene Petrakis"),
        ((420, 282, 610, 328), "Home telephone", "555-0126"),
        ((610, 282, 752, 328), "Work telephone", "555-0183"),
        ((48, 328, 420, 374), "Employer", "Sundance Feed & Seed"),
        ((420, 328, 752, 374), "Relationship to student", "mother"),
    ]),
    (374, "SECOND PARENT OR GUARDIAN", [
        ((48, 394, 420, 440), "Name", "Nicholas Petrakis"),
        ((420, 394, 610, 440), "Home telephone", None),
        ((610, 394, 752, 440), "Work telephone", "555-0109"),
        ((48, 440, 420, 486), "Employer", "self"),
        ((420, 440, 752, 486), "Relationship to student", "father"),
    ]),
]  # fmt: skip


def school_enrolment(sheet: Sheet) -> None:
    """Cells with the label above and a handwritten answer, shaded section bars, no colons."""
    look = Look(
        Typeface("humanist", 10.5), Hand(15, slant=-0.06, nib=1.7, unrest=0.34, breadth=1.12)
    )
    bar = Typeface("humanist-bold", 13)
    title(sheet, 60, "Harrow Creek Consolidated School District", Typeface("cambria", 17))
    title(sheet, 88, "STUDENT ENROLMENT CARD", Typeface("humanist-bold", 22))
    for top, text, cells in CARD:
        sheet.shade((48, top, 752, top + 20))
        section = heading(sheet, (56, top + 14.5), text, bar)
        sheet.link(section, [cell(sheet, look, box, label, value) for box, label, value in cells])
    _enrolment_office(sheet, look, bar)


def _enrolment_office(sheet: Sheet, look: Look, bar: Typeface) -> None:
    cell(
        sheet,
        look,
        (48, 486, 752, 560),
        "Brothers and sisters in this school",
        ["Daphne, grade 3", "Alec, grade 1"],
    )
    roomy = Look(Typeface("humanist", 12), look.value)
    asked = sheet.write((56, 590), "Student will come to school by", roomy.label, "question")
    choices = [("bus", True), ("car", False), ("bicycle", False), ("on foot", False)]
    places = [(260.0 + 90 * n, 590.0) for n in range(4)]
    options(sheet, roomy, asked, places, choices)
    asked = sheet.write((56, 620), "Lunch program", roomy.label, "question")
    places = [(260.0 + 90 * n, 620.0) for n in range(3)]
    options(sheet, roomy, asked, places, [("full", False), ("reduced", True), ("none", False)])
    cell(
        sheet,
        look,
        (48, 640, 752, 700),
        "Health problems the school should know about",
        "wears glasses for reading",
    )
    cell(sheet, look, (48, 700, 520, 750), "Signature of parent or guardian", "Irene Petrakis")
    cell(sheet, look, (520, 700, 752, 750), "Date", "8-19-94")
    sheet.shade((48, 772, 752, 792))
    heading(sheet, (56, 786.5), "OFFICE USE ONLY", bar)
    cell(sheet, look, (48, 792, 280, 838), "Homeroom", None)
    cell(sheet, look, (280, 792, 520, 838), "Student number", None)
    cell(sheet, look, (520, 792, 752, 838), "Records requested", None)
    sheet.write((48, 860), "HC-7 (rev. 94)", look.label)
