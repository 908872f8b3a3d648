"""The characters that a page draws as text: what they say, where they stand, in which font.

Other scripts, symbols, fonts without a Unicode map, and vertical lines stay in the picture. The
caller checks the text against the picture.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

# Of a page; a sheet of small print has some ten thousand.
_MOST_CHARACTERS, _MOST_OBJECTS, _MOST_NESTED = 20_000, 20_000, 8
_DRAWN_MODES = (
    pdfium.FPDF_TEXTRENDERMODE_FILL,
    pdfium.FPDF_TEXTRENDERMODE_STROKE,
    pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE,
)
# Font size in pixels: smaller text is illegible to people, so it is left to the OCR.
_LEAST_SIZE = 8.0
# Largest slope of a level line, and largest slant of its letters.
_LEVEL, _LEANS = 0.01, 0.5
# Largest offset, in text heights, of text that is struck twice to look bold.
_STRUCK_AGAIN = 0.15
# PDFium returns whole pixels, so it is asked about a page this many times as large.
_FINER = 64
# Latin letters, digits and punctuation, which have one reading each.
_PLAIN = ((0x21, 0x7E), (0xA1, 0x24F), (0x1E00, 0x1EFF), (0x2010, 0x203A), (0x20AC, 0x20AC))
_LIGATURES = dict(
    zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)
)
# PDFium returns lines with these characters in another order than it draws them.
_RIGHT_TO_LEFT = ((0x590, 0x8FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFF), (0x10800, 0x10FFF))
_BLANKS = frozenset({0x09, 0x0A, 0x0D, 0x20, 0xA0, 0xAD})
_HYPHEN = 0x02
# Index in a character's record.
_ENDS_WORD = 10


@dataclass(slots=True)
class _Object:
    """A text object; `size` is 0 where its line is not level."""

    handle: Any
    number: int
    font: int
    size: float
    is_plain: bool
    characters: list[tuple[int, list[Any]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Printed:
    """`characters`: text, left, top, right, bottom, baseline, start and end of the advance, size
    and number of the font, whether a word ends there, number of the object; in pixels. `unmapped`
    counts fonts without a usable Unicode map.
    """

    characters: list[list[Any]]
    handles: list[Any]
    unmapped: int = 0


_NOTHING = Printed([], [])


def printed_on(page: Any, size: tuple[int, int]) -> Printed:
    """The text of a page that is drawn in so many pixels."""
    if not _draws_text(page):
        return _NOTHING
    with _text_of(page) as text:
        count = pdfium.FPDFText_CountChars(text)
        if not 0 < count <= _MOST_CHARACTERS:
            return _NOTHING
        return _Reader(page, text, size).read(count)


def hide(printed: Printed) -> None:
    """Leave this text out when the page is drawn again."""
    for handle in printed.handles:
        pdfium.FPDFPageObj_SetIsActive(handle, False)


class _Reader:
    """Goes through the characters of one page."""

    def __init__(self, page: Any, text: Any, size: tuple[int, int]) -> None:
        self._page, self._text = page, text
        self._width, self._height = (side * _FINER for side in size)
        self._objects: dict[int, _Object] = {}
        self._fonts: dict[int, int] = {}
        self._unmapped: set[int] = set()

    def read(self, count: int) -> Printed:
        last: list[Any] | None = None
        for index in range(count):
            handle = pdfium.FPDFText_GetTextObject(self._text, index)
            code = pdfium.FPDFText_GetUnicode(self._text, index)
            if _is_among(code, _RIGHT_TO_LEFT):
                return _NOTHING
            if not handle or code in _BLANKS:
                if last is not None:
                    last[_ENDS_WORD] = True
                continue
            taken = self._take(index, handle, code)
            if taken is None and last is not None:
                last[_ENDS_WORD] = True
            last = taken
        plain = [
            found
            for found in self._objects.values()
            if found.is_plain and found.font not in self._unmapped
        ]
        characters = sorted(told for found in plain for told in found.characters)
        return Printed(
            [character for _, character in characters],
            [*(found.handle for found in plain), *self._doubles_of(plain)],
            len(self._unmapped),
        )

    def _doubles_of(self, plain: Sequence[_Object]) -> Iterator[Any]:
        """Text objects that PDFium omits because they repeat another one, as fake bold does."""
        places: dict[int, list[Sequence[float]]] = {}
        for found in plain:
            places.setdefault(found.font, []).append(_bounds(found.handle))
        for handle in _objects_of(self._page):
            if pdfium.FPDFPageObj_GetType(handle) != pdfium.FPDF_PAGEOBJ_TEXT:
                continue
            if _address(handle) in self._objects:
                continue
            bounds = _bounds(handle)
            font = self._fonts.get(_address(pdfium.FPDFTextObj_GetFont(handle)), -1)
            for place in places.get(font, ()):
                room = _STRUCK_AGAIN * (place[3] - place[1])
                if all(abs(a - b) <= room for a, b in zip(bounds, place, strict=True)):
                    yield handle
                    break

    def _take(self, index: int, handle: Any, code: int) -> list[Any] | None:
        address = _address(handle)
        found = self._objects.get(address)
        if found is None:
            found = self._objects[address] = self._object(index, handle)
        if pdfium.FPDFText_HasUnicodeMapError(self._text, index) == 1 or not code:
            self._unmapped.add(found.font)
        if pdfium.FPDFText_IsHyphen(self._text, index) == 1 or code == _HYPHEN:
            code = ord("-")
        told = _LIGATURES.get(code) or (chr(code) if _is_among(code, _PLAIN) else "")
        if not told:
            found.is_plain = False
        if not found.is_plain:
            return None
        size = round(found.size, 1)
        character = [told, *self._place(index), size, found.font, False, found.number]
        if found.characters and _is_same_glyph(found.characters[-1][1], character):
            # PDFium returns the letters of a ligature one by one, each with the box of the whole.
            found.characters[-1][1][0] += told
            return found.characters[-1][1]
        found.characters.append((index, character))
        return character

    def _object(self, index: int, handle: Any) -> _Object:
        font = _address(pdfium.FPDFTextObj_GetFont(handle))
        number = self._fonts.setdefault(font, len(self._fonts))
        size = self._level_size(index)
        mode = pdfium.FPDFTextObj_GetTextRenderMode(handle)
        is_plain = size >= _LEAST_SIZE and mode in _DRAWN_MODES and not _says_otherwise(handle)
        return _Object(handle, len(self._objects), number, size, is_plain)

    def _level_size(self, index: int) -> float:
        """Font size in pixels; 0 where the line is not level, upside down, or mirrored."""
        matrix = pdfium.FS_MATRIX()
        if not pdfium.FPDFText_GetMatrix(self._text, index, matrix):
            return 0.0
        size = pdfium.FPDFText_GetFontSize(self._text, index)
        x0, y0 = self._pixel(0.0, 0.0)
        x1, y1 = self._pixel(matrix.a * size, matrix.b * size)
        x2, y2 = self._pixel(matrix.c * size, matrix.d * size)
        across, up = (x1 - x0, y1 - y0), (x2 - x0, y0 - y2)
        is_level = across[0] > 0 and abs(across[1]) <= _LEVEL * across[0]
        return up[1] if is_level and up[1] > 0 and abs(up[0]) <= _LEANS * up[1] else 0.0

    def _place(self, index: int) -> list[float]:
        """Box of the ink, baseline, and from where to where it takes room on its line."""
        left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
        pdfium.FPDFText_GetCharBox(self._text, index, left, right, bottom, top)
        pdfium.FPDFText_GetCharOrigin(self._text, index, x, y)
        room = pdfium.FS_RECTF()
        pdfium.FPDFText_GetLooseCharBox(self._text, index, room)
        ink = self._box(left.value, bottom.value, right.value, top.value)
        start, _, end, _ = self._box(room.left, room.bottom, room.right, room.top)
        baseline = self._pixel(x.value, y.value)[1]
        return [round(side, 2) for side in (*ink, baseline, start, end)]

    def _box(self, left: float, bottom: float, right: float, top: float) -> list[float]:
        x0, y0 = self._pixel(left, bottom)
        x1, y1 = self._pixel(right, top)
        return [min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)]

    def _pixel(self, x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(self._page, 0, 0, self._width, self._height, 0, x, y, across, down)
        return across.value / _FINER, down.value / _FINER


def _address(handle: Any) -> int:
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _bounds(handle: Any) -> tuple[float, ...]:
    """Left, bottom, right and top, in units of its own."""
    sides = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(handle, *sides)
    return tuple(side.value for side in sides)


def _draws_text(page: Any) -> bool:
    """Whether the page draws visible text; False for a page with too many objects."""
    drawn = False
    for count, handle in enumerate(_objects_of(page), start=1):
        if count > _MOST_OBJECTS:
            return False
        if pdfium.FPDFPageObj_GetType(handle) == pdfium.FPDF_PAGEOBJ_TEXT:
            drawn = drawn or pdfium.FPDFTextObj_GetTextRenderMode(handle) in _DRAWN_MODES
    return drawn


def _objects_of(page: Any) -> Iterator[Any]:
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        yield from _with_nested(pdfium.FPDFPage_GetObject(page, index), 0)


def _with_nested(handle: Any, depth: int) -> Iterator[Any]:
    yield handle
    if pdfium.FPDFPageObj_GetType(handle) == pdfium.FPDF_PAGEOBJ_FORM and depth < _MOST_NESTED:
        for index in range(pdfium.FPDFFormObj_CountObjects(handle)):
            yield from _with_nested(pdfium.FPDFFormObj_GetObject(handle, index), depth + 1)


def _says_otherwise(handle: Any) -> bool:
    """Whether the text has an `ActualText`, which PDFium would return in place of what is drawn."""
    return any(
        _has_actual_text(pdfium.FPDFPageObj_GetMark(handle, index))
        for index in range(pdfium.FPDFPageObj_CountMarks(handle))
    )


def _has_actual_text(mark: Any) -> bool:
    kind = pdfium.FPDFPageObjMark_GetParamValueType(mark, b"ActualText")
    return bool(kind != pdfium.FPDF_OBJECT_UNKNOWN)


def _is_among(code: int, ranges: Sequence[tuple[int, int]]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def _is_same_glyph(before: Sequence[Any], now: Sequence[Any]) -> bool:
    return list(before[1:5]) == list(now[1:5]) and len(before[0]) < 3


@contextmanager
def _text_of(page: Any) -> Iterator[Any]:
    text = pdfium.FPDFText_LoadPage(page)
    try:
        yield text
    finally:
        pdfium.FPDFText_ClosePage(text)
