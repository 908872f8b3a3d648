"""The fields of a PDF form on one page: what is ticked, and what has a value but is not drawn.

A field is drawn by its appearance stream, which programs that fill forms leave out, leave as it
was, or do not choose. What the form says counts: the value of the field.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from ocr_model.documents.drawing.layers import Layers
    from ocr_model.documents.drawing.objects import Objects, text_of
else:
    from layers import Layers
    from objects import Objects, text_of

_UNSEEN = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
_TICKED_KINDS = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
_WRITTEN_KINDS = (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX)
_OFF = "Off"

# The second half tells it from courtesy; in any language, it says where the reader is to be had.
_PLACEHOLDER = re.compile(
    r"please wait.{0,400}(pdf viewer|adobe|reader)|adobe\.com/go/\w*reader",
    re.IGNORECASE | re.DOTALL,
)


class Widget(NamedTuple):
    """A field where it stands on a page; `rect` is left, bottom, right, top in points."""

    annotation: Any
    kind: int
    rect: tuple[float, float, float, float]


def widgets_of(page: Any) -> Iterator[tuple[int, Widget]]:
    """The fields of a page that are meant to be seen, by their number among its annotations."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        if (
            pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_WIDGET
            and not pdfium.FPDFAnnot_GetFlags(annotation) & _UNSEEN
        ):
            kind = pdfium.FPDFAnnot_GetFormFieldType(page.formenv, annotation)
            rect = pdfium.FS_RECTF()
            pdfium.FPDFAnnot_GetRect(annotation, rect)
            sides = (rect.left, rect.bottom, rect.right, rect.top)
            yield index, Widget(annotation, kind, sides)


def tick_fields(page: Any, objects: Objects, told: dict[str, Any]) -> list[Widget]:
    """Have boxes drawn as the form says, whatever their appearance says; returns the ticked ones.

    `told` is the page's dictionary in `objects`.
    """
    annotations = objects.listed(told, "Annots")
    ticked = []
    for index, widget in widgets_of(page):
        if widget.kind not in _TICKED_KINDS:
            continue
        field = objects.resolve(annotations[index]) if index < len(annotations) else None
        is_on = bool(pdfium.FPDFAnnot_IsChecked(page.formenv, widget.annotation))
        if not is_on and _is_chosen(objects, field):
            state = string_of(
                pdfium.FPDFAnnot_GetFormFieldExportValue, page.formenv, widget.annotation
            )
            pdfium.FPDFAnnot_SetStringValue(widget.annotation, b"AS", wide(state or "Yes"))
            is_on = True
        elif is_on and _another_is_chosen(objects, field):
            pdfium.FPDFAnnot_SetStringValue(widget.annotation, b"AS", wide(_OFF))
            is_on = False
        if is_on:
            ticked.append(widget)
    return ticked


def _is_chosen(objects: Objects, field: object) -> bool:
    """Whether the field's value is the state of this box."""
    chosen = text_of(objects.inherited(field, "V"))
    if not isinstance(field, dict) or chosen in ("", _OFF):
        return False
    return chosen in _states(objects, field)


def _another_is_chosen(objects: Objects, field: object) -> bool:
    parent = objects.get(field, "Parent") if isinstance(field, dict) else None
    kids = [objects.resolve(kid) for kid in objects.listed(parent, "Kids")]
    return not _is_chosen(objects, field) and any(_is_chosen(objects, kid) for kid in kids)


def _states(objects: Objects, field: dict[str, Any]) -> set[str]:
    """Names of a box's ticked state: by its appearance, its state, its position."""
    appearances = objects.get(field, "AP")
    drawn = [objects.get(appearances, which) for which in ("N", "D")]
    names = {str(name) for states in drawn if isinstance(states, dict) for name in states}
    names = (names | {text_of(objects.get(field, "AS"))}) - {_OFF, ""}
    names |= {_as_utf_8(name) for name in names}
    if names:
        return names
    kids = [objects.resolve(kid) for kid in objects.listed(objects.get(field, "Parent"), "Kids")]
    if field not in kids or len(kids) == 1:  # The only box of its field: any value ticks it.
        return {text_of(objects.inherited(field, "V"))}
    place, options = kids.index(field), objects.inherited(field, "Opt")
    exported = options[place : place + 1] if isinstance(options, list) else []
    return {str(place), *(text_of(objects.resolve(option)) for option in exported)}


def _as_utf_8(name: str) -> str:
    """Bytes of a name have no encoding; programs write UTF-8, too."""
    try:
        return name.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return name


def written_fields(page: Any) -> list[Widget]:
    """The fields whose value is a text."""
    return [
        widget
        for _, widget in widgets_of(page)
        if widget.kind in _WRITTEN_KINDS
        and string_of(pdfium.FPDFAnnot_GetFormFieldValue, page.formenv, widget.annotation).strip()
    ]


def draw_anew(widgets: Sequence[Widget]) -> None:
    """Drop their appearance streams: PDFium draws the values when the page is loaded again."""
    for widget in widgets:
        pdfium.FPDFAnnot_SetAP(widget.annotation, pdfium.FPDF_ANNOT_APPEARANCEMODE_NORMAL, None)


def hide_layers(page: Any, objects: Objects, told: dict[str, Any], layers: Layers) -> None:
    """Hide annotations that are on a hidden layer."""
    for index, reference in enumerate(objects.listed(told, "Annots")):
        annotation = objects.resolve(reference)
        content = annotation.get("OC") if isinstance(annotation, dict) else None
        drawn = pdfium.FPDFPage_GetAnnot(page, index) if layers.hides(content) else None
        if drawn:
            flags = pdfium.FPDFAnnot_GetFlags(drawn)
            pdfium.FPDFAnnot_SetFlags(drawn, flags | pdfium.FPDF_ANNOT_FLAG_HIDDEN)


def xfa_kind(document: Any) -> str | None:
    """What an XFA form shows to other programs: a `placeholder`, or a page without its `fields`.

    None where it shows its fields, or there is no such form.
    """
    full = document.get_formtype() == pdfium.FORMTYPE_XFA_FULL
    if not full and document.get_formtype() != pdfium.FORMTYPE_XFA_FOREGROUND:
        return None
    with closing(document[0]) as page, closing(page.get_textpage()) as text:
        asks = bool(_PLACEHOLDER.search(text.get_text_range()))
        shows_fields = any(widgets_of(page))
    if len(document) == 1 and (asks or (full and not shows_fields)):
        return "placeholder"
    return None if shows_fields or len(document) > 1 else "fields"


def string_of(read: Any, *of: Any) -> str:
    size = read(*of, None, 0)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    read(*of, buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")


def wide(text: str) -> Any:
    units = text.encode("utf-16-le") + b"\0\0"
    return (ctypes.c_ushort * (len(units) // 2)).from_buffer_copy(units)
