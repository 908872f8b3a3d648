"""Papers of an office: fax cover, memorandum, a plain notice."""

from __future__ import annotations

from dataclasses import replace

from scripts.workshop.sample_forms.blocks import (
    Look,
    Slot,
    Value,
    field,
    options,
)
from scripts.workshop.sample_forms.emblem import emblem
from scripts.workshop.sample_forms.hand import Hand
from scripts.workshop.sample_forms.sheet import Sheet
from scripts.workshop.sample_forms.typeface import Typeface


def fax_cover(sheet: Sheet) -> None:
    """Large print, a transmission line on top, a handwritten remark."""
    look = Look(
        Typeface("grotesque-bold", 16), Hand(18, slant=0.15, nib=1.9, unrest=0.3), mark="check"
    )
    header = Typeface("printer", 11)
    sheet.write((40, 26), "OCT-17-1995 16:42", header)
    sheet.write((330, 26), "TRELAWNY SURVEYORS", header)
    sheet.write((640, 26), "555 0137   P.01/04", header)
    sheet.write((70, 104), "TRELAWNY & DAUGHTERS", Typeface("times-bold", 28))
    sheet.write((70, 124), "Land Surveyors since 1921", Typeface("times-italic", 17))
    sheet.write((730, 112), "FAX", Typeface("grotesque-bold", 46), "header", align="right")
    sheet.rule((70, 140), (730, 140), 3)
    left: list[tuple[str, Value]] = [
        ("To:", "Mr. Duncan Abara"),
        ("Company:", "Abara Homes"),
        ("Fax:", "555-0190"),
        ("Phone:", None),
    ]
    right: list[tuple[str, Value]] = [
        ("From:", "Petra T."),
        ("Pages:", "4 with cover"),
        ("Date:", "10/17/95"),
        ("CC:", None),
    ]
    for number in range(4):
        y = 186 + 44 * number
        field(sheet, look, Slot(70, y, 165, 430), *left[number])
        field(sheet, look, Slot(450, y, 525, 730), *right[number])
    field(sheet, look, Slot(70, 362, 165, 730), "Re:", "Lot 9 - corner markers")
    boxes = [
        ("Urgent", True),
        ("For review", False),
        ("Please reply", True),
        ("As requested", False),
    ]
    asked = sheet.write((70, 416), "Handling:", look.label, "question")
    plain = Look(Typeface("grotesque", 15), look.value)
    options(sheet, plain, asked, [(165.0 + 143 * n, 416.0) for n in range(4)], boxes)
    _fax_comments(sheet, look)


def _fax_comments(sheet: Sheet, look: Look) -> None:
    sheet.frame((70, 436, 730, 812), 2)
    asked = sheet.write((82, 462), "Comments:", look.label, "question")
    remark = (
        "Two of the iron pins on the east line are missing.\n"
        "Sketch follows. Can your crew hold the\n"
        "footing until Thursday? I can be on site\n"
        "from 8 in the morning, weather permitting."
    )
    spaced = Hand(18, slant=0.15, nib=1.9, unrest=0.3, leading=2.33)
    answer = sheet.write((96, 500), remark, spaced, "answer")
    sheet.link(asked, [answer])
    sheet.write(
        (70, 842),
        "This message is intended only for the person named above. If you have received it in "
        "error, please telephone us at once and destroy all pages.",
        Typeface("times", 15),
        width=660,
    )


MEMO_TEXT = [
    "Trial No. 7 was run on August 2 with the new agitator. The batch reached the required "
    "viscosity after 95 minutes, against 140 minutes in the two trials before it, and the "
    "filter cake was dry enough to discharge without the vibrator.",
    "Steam consumption could not be compared because the meter on the east header was out of "
    "order. Maintenance expects the replacement by the end of the month.",
    "We propose to repeat the trial at the lower feed rate before the plant is turned over "
    "to Production. Would you please let me know by Friday whether samples are wanted?",
]


MEMO_FIGURES: list[tuple[str, Value]] = [
    ("Batch size", "1,850 lb"),
    ("Time to viscosity", "95 min"),
    ("Yield", "91.4 percent"),
    ("Steam used", None),
]


def memorandum(sheet: Sheet) -> None:
    """TO/FROM/SUBJECT in typewriting, MEMO_TEXT that answer nothing, a list of copies."""
    typed = Typeface("typewriter", 15.5, wobble=0.3)
    look = Look(typed, typed, rule="none", lift=0)
    emblem(sheet, (672, 50), 44, "waves")
    sheet.write((90, 70), "CORDELL-WEBB CHEMICALS", Typeface("cambria-bold", 19))
    sheet.write((90, 87), "Interoffice Correspondence", Typeface("cambria-italic", 15))
    field(sheet, look, Slot(90, 138, 190, 420), "TO:", ["Dr. L. Ambrose", "Mr. F. Nakata"])
    field(sheet, look, Slot(470, 138, 540, 720), "DATE:", "August 6, 1973")
    field(sheet, look, Slot(90, 190, 190, 420), "FROM:", "R. C. Pruitt")
    field(sheet, look, Slot(470, 190, 540, 720), "FILE:", "P-114")
    field(sheet, look, Slot(90, 222, 190, 720), "SUBJECT:", "Pilot Plant Trial No. 7")
    sheet.rule((90, 240), (720, 240), 1.4)
    y = 282.0
    for text in MEMO_TEXT:
        y = sheet.write((90, y), text, replace(typed, leading=1.55), width=625).bottom + 38
    lined = Look(typed, typed)
    for label, value in MEMO_FIGURES:
        field(sheet, lined, Slot(150, y, 360, 560), label, value)
        y += 30
    sheet.write((470, y + 26), "R. C. P.", Hand(22, slant=0.45, nib=1.6))
    field(
        sheet,
        look,
        Slot(90, y + 66, 190, 500),
        "cc:",
        ["Miss Dorothy Haines", "Mr. T. Engstrom", "Central Files"],
    )
    sheet.write((90, 968), "RCP:dh", typed)


NOTICE_TEXT = [
    "As most of you have read in the papers, the state will begin work on the new bridge "
    "early next spring. The east landing lies within the area that the contractor must "
    "fence off, and we have not been able to find another place where the boats could "
    "safely tie up through the winter.",
    "We have therefore decided, with great regret, to end the season four weeks sooner than "
    "usual. The last boat will leave the west side on the evening of the second Sunday in "
    "October. Books of tickets that have not been used will be bought back at the office "
    "or by mail until the end of the year.",
    "Freight already booked will be carried as agreed. Customers with standing orders will "
    "hear from us separately in the coming days about the arrangements we have made with "
    "the trucking companies.",
    "It has been our privilege to carry you, and in many cases your parents, across the "
    "Narrows. We thank you for sixty-one years of patience with fog, tide and timetable.",
]


def closing_notice(sheet: Sheet) -> None:
    """A letter to customers: letterhead and NOTICE_TEXT, nothing to extract."""
    text = Typeface("cambria", 16, leading=1.44)
    sheet.write((395, 80), "Pemberton Ferry Company", Typeface("cambria-bold", 28), align="center")
    line = "Landing Road - Pemberton Narrows"
    sheet.write((395, 100), line, Typeface("cambria-italic", 15), align="center")
    sheet.rule((150, 114), (640, 114), 1.2)
    sheet.write((500, 164), "September 28, 1992", text)
    sheet.write((100, 214), "To our passengers and freight customers", text)
    y = 254.0
    for paragraph in NOTICE_TEXT:
        y = sheet.write((100, y), paragraph, text, width=590).bottom + 34
    sheet.write((440, y + 10), "Sincerely yours,", text)
    sheet.write((450, y + 58), "Harriet Pemberton", Hand(22, slant=0.42, nib=1.6, joined=True))
    sheet.write((440, y + 92), "Harriet Pemberton", text)
    sheet.write((440, y + 112), "President", text)
