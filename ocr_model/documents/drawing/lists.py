"""List boxes: draw only the selected options, which are the answer.

PDFium draws all options and marks the selected ones by colour, which a grey copy loses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from ocr_model.documents.drawing.fields import Widget, string_of, wide, widgets_of
else:
    from fields import Widget, string_of, wide, widgets_of

_FONT = b"Helvetica"
# In points; and in sizes of the font, from line to line.
_LARGEST, _PITCH = 12.0, 1.2
_ROOM = 2.0
_MOST_OPTIONS = 1000


class Choice(NamedTuple):
    """The selected options of a list box, and its left, bottom, right, top in points."""

    options: list[str]
    rect: tuple[float, float, float, float]


def take_lists(page: Any) -> list[Choice]:
    """Hide the list boxes of a page and return what is selected in them.

    A list box with characters that the standard font lacks is left as it is.
    """
    found = []
    for _, widget in widgets_of(page):
        if widget.kind != pdfium.FPDF_FORMFIELD_LISTBOX:
            continue
        options = list(_chosen(page, widget))
        if all(_can_be_written(option) for option in options):
            found.append(Choice(options, widget.rect))
            flags = pdfium.FPDFAnnot_GetFlags(widget.annotation)
            hidden = flags | pdfium.FPDF_ANNOT_FLAG_HIDDEN
            pdfium.FPDFAnnot_SetFlags(widget.annotation, hidden)
    return found


def write_choices(document: Any, page: Any, choices: list[Choice]) -> None:
    """Write the selected options on the page, one a line from the top of each box."""
    for choice in choices:
        left, bottom, _, top = choice.rect
        size = min(_LARGEST, (top - bottom) / (_PITCH * max(len(choice.options), 1)))
        for line, option in enumerate(choice.options, start=1):
            text = pdfium.FPDFPageObj_NewTextObj(document, _FONT, size)
            pdfium.FPDFText_SetText(text, wide(option))
            y = top - line * _PITCH * size + (_PITCH - 1) * size
            pdfium.FPDFPageObj_Transform(text, 1, 0, 0, 1, left + _ROOM, y)
            pdfium.FPDFPage_InsertObject(page, text)


def _chosen(page: Any, widget: Widget) -> Iterator[str]:
    form, field = page.formenv, widget.annotation
    count = pdfium.FPDFAnnot_GetOptionCount(form, field)
    for index in range(min(count, _MOST_OPTIONS)):
        if pdfium.FPDFAnnot_IsOptionSelected(form, field, index):
            yield string_of(pdfium.FPDFAnnot_GetOptionLabel, form, field, index)


def _can_be_written(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
