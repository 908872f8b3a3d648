"""Forms people answer about themselves: job application, reader survey."""

from __future__ import annotations

from scripts.workshop.sample_forms.blocks import (
    Column,
    Grid,
    Look,
    Slot,
    Value,
    below,
    field,
    heading,
    options,
    table,
    title,
)
from scripts.workshop.sample_forms.hand import Hand
from scripts.workshop.sample_forms.sheet import Sheet
from scripts.workshop.sample_forms.typeface import Typeface

# Question, its options, and those that are ticked.
QUESTIONS: list[tuple[str, list[str], set[str]]] = [
    (
        "1. How long have you subscribed?",
        ["Less than 1 year", "1 to 3 years", "Over 3 years"],
        {"1 to 3 years"},
    ),
    (
        "2. Which sections do you read regularly?",
        ["Vegetables", "Roses", "Letters", "Tool tests", "Calendar", "Advertisements"],
        {"Vegetables", "Letters", "Calendar"},
    ),
    (
        "3. Size of your garden?",
        ["Balcony only", "Under 500 sq. ft.", "500 to 2,000 sq. ft.", "Larger"],
        {"500 to 2,000 sq. ft."},
    ),
    ("4. Do you keep back issues?", ["All of them", "Some", "None"], set()),
]


def job_application(sheet: Sheet) -> None:
    """Small labels under the lines, typed answers, two employers asked the same questions."""
    typed = Typeface("typewriter", 15, wobble=0.3)
    look = Look(Typeface("cambria", 10.5), typed)
    head = Typeface("cambria-bold", 14.5)
    title(sheet, 62, "APPLICATION FOR EMPLOYMENT", Typeface("cambria-bold", 21))
    title(sheet, 82, "Northgate Cold Storage & Warehouse Co.", Typeface("cambria-italic", 15))
    sheet.write(
        (70, 108),
        "Print or type. Answer every question; an incomplete application cannot be considered.",
        Typeface("cambria", 12),
    )
    heading(sheet, (70, 140), "PERSONAL", head)
    lines: list[tuple[Slot, str, Value]] = [
        (Slot(70, 172, 80, 300), "Last name", "Vasquez"),
        (Slot(310, 172, 320, 520), "First name", "Carmen"),
        (Slot(530, 172, 540, 740), "Social security number", None),
        (Slot(70, 220, 80, 420), "Street and number", "918 Alder Street"),
        (Slot(430, 220, 440, 600), "City", "Northgate"),
        (Slot(610, 220, 620, 740), "Telephone", "555-0162"),
        (Slot(70, 268, 80, 420), "Position applied for", "Shipping clerk"),
        (Slot(430, 268, 440, 600), "Date available", "May 1, 1979"),
        (Slot(610, 268, 620, 740), "Wage expected", "$4.85/hr"),
    ]
    for slot, label, value in lines:
        below(sheet, look, slot, label, value)
    heading(sheet, (70, 316), "EDUCATION", head)
    columns = [
        Column("Name of school", 70, 330),
        Column("Years", 330, 420, "center"),
        Column("Course of study", 420, 600),
        Column("Graduated", 600, 740, "center"),
    ]
    rows: list[list[str | None]] = [
        ["Alder High School", "4", "General", "Yes"],
        ["Tri-County Business Inst.", "1", "Bookkeeping", "No"],
        [None, None, None, None],
    ]
    table(sheet, look, columns, Grid(348, 29, ruling="rows", head=22), rows)
    _employers(sheet, look, head)


def _employers(sheet: Sheet, look: Look, head: Typeface) -> None:
    heading(sheet, (70, 464), "FORMER EMPLOYERS (LAST POSITION FIRST)", head)
    jobs: list[list[str | None]] = [
        ["Pell Brothers Produce", "Invoice clerk", "3/76", "present", "E. Pell", None],
        ["Harbor Linen Supply", "Route checker", "9/73", "2/76", "Mrs. Sato", "Plant closed"],
    ]
    labels = ["Company", "Position", "From", "To", "Supervisor", "Reason for leaving"]
    edges = [(70, 340), (350, 560), (570, 640), (650, 740), (70, 340), (350, 740)]
    for number, job in enumerate(jobs):
        for index, (label, value, (left, right)) in enumerate(zip(labels, job, edges, strict=True)):
            y = 498 + number * 104 + (index // 4) * 46
            below(sheet, look, Slot(left, y, left + 10, right), label, value)
    plain = Look(Typeface("cambria", 13), look.value)
    asked = sheet.write(
        (70, 716), "May we write to your present employer?", plain.label, "question"
    )
    options(sheet, plain, asked, [(340, 716), (410, 716)], [("Yes", True), ("No", False)])
    field(
        sheet,
        plain,
        Slot(70, 750, 240, 740),
        "Machines you can operate",
        ["Adding machine, typewriter (45 wpm)", "Fork truck"],
    )
    sheet.write(
        (70, 810),
        "I certify that the above statements are correct and understand that any false statement "
        "is sufficient reason for dismissal.",
        Typeface("cambria-italic", 13),
        width=670,
    )
    signed = Look(look.label, Hand(19, slant=0.34, nib=1.5, breadth=1.1, joined=True))
    below(sheet, signed, Slot(70, 882, 90, 420), "Signature of applicant", "Carmen Vasquez")
    below(sheet, look, Slot(500, 882, 520, 740), "Date", "April 12, 1979")


def reader_survey(sheet: Sheet) -> None:
    """Numbered questions with options down the page and two asked in free text; low contrast."""
    look = Look(
        Typeface("dejavu", 11.5),
        Hand(14, slant=0.06, nib=1.2, unrest=0.34, breadth=0.88),
        mark="check",
    )
    bold = Typeface("dejavu-bold", 11.5)
    title(sheet, 66, "THE GARDEN QUARTERLY", Typeface("book-bold", 25, tracking=1.2))
    title(sheet, 92, "Reader Questionnaire - Spring Issue", Typeface("book", 17))
    sheet.write(
        (64, 122),
        "Dear Reader, would you take five minutes to tell us about yourself and how you use the "
        "magazine? Mark the boxes that apply and return the sheet in the envelope provided.",
        Typeface("book", 14),
        width=650,
    )
    y = 196.0
    for text, names, ticked in QUESTIONS:
        asked = sheet.write((64, y), text, bold, "question")
        places = [(92.0 + 210 * (n % 3), y + 26 + 24 * (n // 3)) for n in range(len(names))]
        options(sheet, look, asked, places, [(name, name in ticked) for name in names])
        y = places[-1][1] + 42
    _survey_open_questions(sheet, look, bold, y)


def _survey_open_questions(sheet: Sheet, look: Look, bold: Typeface, y: float) -> None:
    first = sheet.write((64, y), "5. What would you like to see more of?", bold, "question")
    text = "6. Names of other garden magazines in your home"
    second = sheet.write((64, y + 132), text, bold, "question")
    for number in range(3):
        level = y + 35 + 30 * number
        sheet.rule((92, level), (706, level), 0.8)
        sheet.rule((92, level + 132), (420, level + 132), 0.8)
    pen = Hand(14, slant=0.06, nib=1.2, unrest=0.34, breadth=0.88, leading=30 / 14)
    # One answer over two lines, and two answers of one line each.
    wish = "plans for small ponds, and less about\nroses please"
    sheet.link(first, [sheet.write((100, y + 32), wish, pen, "answer")])
    for number, line in enumerate(["Plot & Spade", "Hedgerow Monthly"]):
        answer = sheet.write((100, y + 164 + 30 * number), line, pen, "answer")
        sheet.link(second, [answer])
    heading(sheet, (64, y + 268), "About you (optional)", Typeface("book-bold", 15))
    field(sheet, look, Slot(64, y + 300, 120, 330), "Name", "W. Thistlewood")
    field(sheet, look, Slot(350, y + 300, 400, 470), "Age", "58")
    field(sheet, look, Slot(490, y + 300, 550, 706), "State", "Vermont")
    field(sheet, look, Slot(64, y + 334, 180, 470), "E-mail address", None)
    sheet.write((64, y + 372), "Thank you. Please mail before May 15.", Typeface("book", 13))
