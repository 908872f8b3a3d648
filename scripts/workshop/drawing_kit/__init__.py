"""Draw forms with known answers: words put on a sheet, scanned, and annotated in FUNSD's format.

    sheet = Sheet(780, 1000, np.random.default_rng(7))
    printed, hand = Print("grotesque", 11), Hand(13)
    question = sheet.write((60, 100), "Invoice no.", printed, "question")
    answer = sheet.write((170, 98), "4711", hand, "answer")
    sheet.link(question, [answer])
    sheet.rule((165, 102), (320, 102))
    image, annotation = scan(sheet, Faults("copy", skew_deg=0.4, specks=40))

Places and lengths are pixels of the page; a word's place is where its baseline begins. Boxes follow
the ink through the scan. Knows nothing of what forms ask. Faces need the extra `synthetic`.
"""

from scripts.workshop.drawing_kit.faces import FACES, bold_of
from scripts.workshop.drawing_kit.faults import Faults, ScanKind
from scripts.workshop.drawing_kit.hand import Hand
from scripts.workshop.drawing_kit.lettering import Lettering, fitted, wrapped
from scripts.workshop.drawing_kit.marks import EMBLEMS, TICKS, emblem, scribble, tick
from scripts.workshop.drawing_kit.printed import Print
from scripts.workshop.drawing_kit.scanning import scan
from scripts.workshop.drawing_kit.sheet import (
    Align,
    InkWord,
    Item,
    Label,
    OffThePageError,
    Sheet,
)

__all__ = [
    "EMBLEMS",
    "FACES",
    "TICKS",
    "Align",
    "Faults",
    "Hand",
    "InkWord",
    "Item",
    "Label",
    "Lettering",
    "OffThePageError",
    "Print",
    "ScanKind",
    "Sheet",
    "bold_of",
    "emblem",
    "fitted",
    "scan",
    "scribble",
    "tick",
    "wrapped",
]
