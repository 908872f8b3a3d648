"""One PDF open in PDFium: what it is, and its pages drawn."""

from __future__ import annotations

import ctypes
import io
import math
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import pypdfium2

if TYPE_CHECKING:
    from ocr_model.documents.drawing.fields import (
        Widget,
        draw_anew,
        hide_layers,
        tick_fields,
        written_fields,
        xfa_kind,
    )
    from ocr_model.documents.drawing.layers import Layers
    from ocr_model.documents.drawing.lists import Choice, take_lists, write_choices
    from ocr_model.documents.drawing.objects import Objects, may_say
    from ocr_model.documents.drawing.text import hide, printed_on
else:
    from fields import Widget, draw_anew, hide_layers, tick_fields, written_fields, xfa_kind
    from layers import Layers
    from lists import Choice, take_lists, write_choices
    from objects import Objects, may_say
    from text import hide, printed_on

_POINTS_PER_INCH = 72
# Below it the page is larger than any sheet, and no letter is legible.
_LEAST_DPI = 10.0
_BYTES_PER_PIXEL = 4
_DARK = 128

Drawn = tuple[dict[str, Any], Any]


class Paper:
    """A document; raises PdfiumError where it is locked or damaged."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._document = pypdfium2.PdfDocument(data)
        # Read before the form environment repairs what it takes for errors.
        self._objects, self._told = self._read_objects(data)
        self._layers = Layers(self._objects)
        # List boxes are hidden when they are read, so each page is read once.
        self._choices: dict[int, list[Choice]] = {}
        # Only the form environment draws filled-in fields.
        self._document.init_forms()
        attached = pypdfium2.raw.FPDFDoc_GetAttachmentCount(self._document)
        self.described: dict[str, Any] = {
            "pages": len(self._document),
            "attached": max(attached, 0),
            "xfa": None,
        }
        # A damaged first page is reported when it is read.
        with suppress(pypdfium2.PdfiumError):
            self.described["xfa"] = xfa_kind(self._document)

    def _read_objects(self, data: bytes) -> tuple[Objects, list[dict[str, Any]]]:
        """What PDFium has no function for. It takes a copy of the document: only where needed."""
        copy = io.BytesIO()
        is_form = self._document.get_formtype() != pypdfium2.raw.FORMTYPE_NONE
        if is_form or may_say(data, b"/UserUnit", b"/OCProperties"):
            # A document that cannot be copied is drawn without it.
            with suppress(pypdfium2.PdfiumError):
                self._document.save(copy)
        objects = Objects(copy.getvalue())
        pages = objects.pages()
        # If the two disagree on the pages, none of it is used.
        return objects, pages if len(pages) == len(self._document) else []

    def draw(self, index: int, dpi: int, max_pixels: int) -> Drawn:
        """The page at this resolution, or at the highest at which it has no more pixels."""
        scale, fitting, _ = self._scale(index, dpi, max_pixels)
        if fitting < min(_LEAST_DPI, dpi):
            width, height = self._scale(index, dpi, sys.maxsize)[2]
            return {"error": "pixels", "width": width, "height": height}, b""
        page, ticked = self._loaded(index)
        try:
            bitmap = _render(page, scale)
            if lost := _lost(page, bitmap):
                draw_anew(lost)
                page.close()
                page, ticked = self._loaded(index)
                bitmap = _render(page, scale)
            places = [_place(page, widget, bitmap) for widget in ticked]
            header = {
                "width": bitmap.width,
                "height": bitmap.height,
                "stride": bitmap.stride,
                "dpi": fitting,
                "ticks": [place for place in places if _is_seen(bitmap, place)],
            }
            return header, memoryview(bitmap.buffer).cast("B")
        finally:
            page.close()

    def text(self, index: int, dpi: int, max_pixels: int) -> Drawn:
        """The characters of the page as it was drawn, and the page without them."""
        scale, _, size = self._scale(index, dpi, max_pixels)
        page, _ = self._loaded(index)
        is_filled = bool(page.formenv and written_fields(page))
        try:
            if is_filled:
                page = self._with_values(index, page)
            printed = printed_on(page, size)
            header = {"characters": printed.characters, "unmapped": printed.unmapped}
            if not printed.characters:
                return header, b""
            hide(printed)
            bitmap = _render(page, scale)
            sides = {"width": bitmap.width, "height": bitmap.height, "stride": bitmap.stride}
            return header | sides, memoryview(bitmap.buffer).cast("B")
        finally:
            page.close()
            if is_filled:
                self._open_again()

    def _with_values(self, index: int, page: Any) -> Any:
        """The page with its fields flattened into ordinary text."""
        pypdfium2.raw.FPDFPage_Flatten(page, pypdfium2.raw.FLAT_NORMALDISPLAY)
        page.close()
        return self._document[index]

    def _open_again(self) -> None:
        self._document.close()
        self._document = pypdfium2.PdfDocument(self._data)
        self._document.init_forms()
        self._choices.clear()

    def size(self, index: int, dpi: int, max_pixels: int) -> dict[str, int]:
        width, height = self._scale(index, dpi, max_pixels)[2]
        return {"width": width, "height": height}

    def _scale(
        self, index: int, dpi: float, max_pixels: int
    ) -> tuple[float, float, tuple[int, int]]:
        """Pixels per point, pixels per inch, and the page size in pixels.

        Does not parse the content of the page.
        """
        unit = self._objects.get(self._told[index], "UserUnit") if self._told else None
        unit = unit if isinstance(unit, float) and unit > 0 else 1.0
        sides = self._sides(index)
        while True:
            scale = dpi * unit / _POINTS_PER_INCH
            width, height = (math.ceil(side * scale) for side in sides)
            if width * height <= max_pixels or dpi < _LEAST_DPI:
                return scale, dpi, (width, height)
            # A little less, as sides are rounded up.
            dpi *= 0.9995 * math.sqrt(max_pixels / (width * height))

    def _sides(self, index: int) -> tuple[float, float]:
        """In points. An empty crop box is ignored."""
        sides: tuple[float, float] = self._document.get_page_size(index)
        if not all(sides):
            with closing(self._document[index]) as page:
                page.set_cropbox(*page.get_mediabox())
            sides = self._document.get_page_size(index)
        return sides

    def _loaded(self, index: int) -> tuple[Any, list[Widget]]:
        """A page with its check boxes set from the form data, and the widgets that are ticked."""
        page = self._document[index]
        told = self._told[index] if self._told else {}
        hide_layers(page, self._objects, told, self._layers)
        if not page.formenv:
            return page, []
        if index not in self._choices:
            self._choices[index] = take_lists(page)
        write_choices(self._document, page, self._choices[index])
        return page, tick_fields(page, self._objects, told)


def _render(page: Any, scale: float) -> Any:
    return page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)


def _lost(page: Any, bitmap: Any) -> list[Widget]:
    """Fields that have a value but are drawn blank."""
    if not page.formenv:
        return []
    return [
        widget for widget in written_fields(page) if _is_blank(bitmap, _place(page, widget, bitmap))
    ]


def _place(page: Any, widget: Widget, bitmap: Any) -> list[int]:
    """Left, top, right and bottom of a field in pixels."""
    left, bottom, right, top = widget.rect
    corners = [_pixel(page, bitmap, x, y) for x, y in ((left, bottom), (right, top))]
    (x0, x1), (y0, y1) = (sorted(side) for side in zip(*corners, strict=True))
    return [x0, y0, x1, y1]


def _pixel(page: Any, bitmap: Any, x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pypdfium2.raw.FPDF_PageToDevice(page, 0, 0, bitmap.width, bitmap.height, 0, x, y, across, down)
    return across.value, down.value


def _is_blank(bitmap: Any, place: list[int]) -> bool:
    """Whether a field is blank, ignoring its border and a button at its right end."""
    left, top, right, bottom = place
    edge, end = (bottom - top) // 8 + 2, (right - left) // 4
    colour = _colour(bitmap, (left + edge, top + edge, right - end, bottom - edge))
    return colour is not None and min(colour[:3]) >= _DARK


def _is_seen(bitmap: Any, place: list[int]) -> bool:
    """Whether a tick is visible: not off the page, on a hidden layer, or white."""
    left, top, right, bottom = place
    edge = min(right - left, bottom - top) // 8 + 1
    inside = left + edge, top + edge, right - edge, bottom - edge
    if inside[0] >= inside[2] or inside[1] >= inside[3] or not _is_within(bitmap, inside):
        return False
    colour = _colour(bitmap, inside)
    return colour is None or min(colour[:3]) < _DARK


def _is_within(bitmap: Any, place: tuple[int, int, int, int]) -> bool:
    left, top, right, bottom = place
    return left >= 0 and top >= 0 and right <= bitmap.width and bottom <= bitmap.height


def _colour(bitmap: Any, place: tuple[int, int, int, int]) -> bytes | None:
    """The colour of a part of the page if it is uniform."""
    left, right = max(place[0], 0), min(place[2], bitmap.width)
    rows = range(max(place[1], 0), min(place[3], bitmap.height))
    if right <= left or not rows:
        return None
    pixels = memoryview(bitmap.buffer).cast("B")
    at = [row * bitmap.stride + left * _BYTES_PER_PIXEL for row in rows]
    length = (right - left) * _BYTES_PER_PIXEL
    colour = bytes(pixels[at[0] : at[0] + _BYTES_PER_PIXEL])
    same = all(pixels[start : start + length] == colour * (right - left) for start in at)
    return colour if same else None
