"""Small documents of every format and kind, and what may happen to their bytes."""

from __future__ import annotations

import random
import re
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from tests.support.files import (
    drawn_pdf,
    encoded,
    locked_pdf,
    paged_pdf,
    pdf_bytes,
    stream,
    tiff_bytes,
)

_EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_HEADER_BYTES = 64
_PNG = b"\x89PNG\r\n\x1a\n"
_NUMBER = re.compile(rb"\d+")

Mutation = Callable[[bytearray, random.Random], None]


def seeds() -> dict[str, list[bytes]]:
    """Format -> files, of a few kB at most, so that accidents hit something."""
    page = Image.new("RGB", (120, 90), "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((10, 10, 60, 40), fill="navy")
    pen.text((10, 60), "Name: Ann Berg", fill="black")
    return {
        "PNG": _pngs(page),
        "JPEG": _jpegs(page),
        "WEBP": _webps(page),
        "GIF": [encoded(page, "GIF"), _animated(page, "GIF")],
        "BMP": [encoded(page.convert(mode), "BMP") for mode in ("RGB", "L", "1", "P")],
        "TIFF": _tiffs(page),
        "PDF": _pdfs(page),
    }


def _pngs(page: Image.Image) -> list[bytes]:
    wide = Image.fromarray(np.arange(120 * 90, dtype=np.uint16).reshape(90, 120))
    modes = [encoded(page.convert(mode), "PNG") for mode in ("RGB", "RGBA", "P", "L", "1")]
    exif = Image.Exif()
    exif[0x0112] = 6
    return [*modes, encoded(wide, "PNG"), encoded(page, "PNG", exif=exif), _animated(page, "PNG")]


def _jpegs(page: Image.Image) -> list[bytes]:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 8, "scanner"
    return [
        encoded(page, "JPEG", exif=exif, dpi=(200, 200)),
        encoded(page, "JPEG", progressive=True),
        encoded(page.convert("CMYK"), "JPEG"),
        encoded(page.convert("L"), "JPEG", restart_marker_blocks=2),
    ]


def _webps(page: Image.Image) -> list[bytes]:
    return [
        encoded(page, "WEBP"),
        encoded(page, "WEBP", lossless=True),
        encoded(page.convert("RGBA"), "WEBP", lossless=True),
        _animated(page, "WEBP"),
    ]


def _tiffs(page: Image.Image) -> list[bytes]:
    wide = Image.fromarray(np.arange(120 * 90, dtype=np.uint16).reshape(90, 120))
    packed = ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")
    one_bit = [encoded(page.convert("1"), "TIFF", compression=c) for c in ("group3", "group4")]
    return [
        *(encoded(page, "TIFF", compression=compression) for compression in packed),
        *one_bit,
        encoded(page.convert("CMYK"), "TIFF"),
        encoded(page.convert("P"), "TIFF"),
        encoded(page.convert("F"), "TIFF"),
        encoded(wide, "TIFF"),
        encoded(wide, "TIFF", big_tiff=True),
        tiff_bytes(3),
    ]


def _pdfs(page: Image.Image) -> list[bytes]:
    text = b"BT /F 12 Tf 20 40 Td (Name: Ann Berg) Tj ET"
    font = b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    shading = (
        b"/Shading<</S<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 200 100]/Function<<"
        b"/FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0 1]/N 1>>>>>>"
    )
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 200 100]"
    field = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(n)/V(Ann)/Rect[0 0 90 30]/F 4/AP<</N 6 0 R>>>>"
    filled_in = [
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Annots[5 0 R]>>",
        b"null",
        field,
        stream(b"1 0 0 rg 0 0 90 30 re f", form),
    ]
    return [
        encoded(page, "PDF"),
        encoded(page.convert("1"), "PDF"),
        encoded(page.convert("P"), "PDF"),
        drawn_pdf(text, resources=font, entries=b"/Rotate 90"),
        drawn_pdf(b"/S sh", resources=shading),
        drawn_pdf(b"/X Do", stream(text, form), resources=b"/XObject<</X 5 0 R>>" + font),
        pdf_bytes(filled_in),
        paged_pdf(3),
        locked_pdf(),
    ]


def _animated(page: Image.Image, image_format: str) -> bytes:
    return encoded(page, image_format, save_all=True, append_images=[page.rotate(90)])


def mutated(chance: random.Random, files: list[bytes]) -> bytes:
    """One of the files after one to four accidents; at times spliced with another."""
    broken = bytearray(chance.choice(files))
    for _ in range(chance.randint(1, 4)):
        if chance.random() < 0.1:
            other = chance.choice(files)
            broken[_place(broken, chance) :] = other[chance.randrange(len(other)) :]
        else:
            chance.choice(_MUTATIONS)(broken, chance)
    return _with_checksums(bytes(broken)) if chance.random() < 0.7 else bytes(broken)


def _with_checksums(data: bytes) -> bytes:
    """A PNG whose chunks are taken for whole, so that their contents are read."""
    if not data.startswith(_PNG):
        return data
    chunks, at = [_PNG], len(_PNG)
    while at + 8 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        chunks += [data[at:end], zlib.crc32(data[at + 4 : end]).to_bytes(4, "big")]
        at = end + 4
    return b"".join(chunks)


def _place(data: bytearray, chance: random.Random) -> int:
    return chance.randrange(len(data) + 1)


def _flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _cut_off(data: bytearray, chance: random.Random) -> None:
    del data[_place(data, chance) :]


def _cut_out(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance)
    del data[at : at + chance.randint(1, 64)]


def _double(data: bytearray, chance: random.Random) -> None:
    at, length = _place(data, chance), chance.randint(1, 256)
    data[at:at] = data[at : at + length] * chance.randint(1, 20)


def _insert(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance)
    data[at:at] = chance.randbytes(chance.randint(1, 64))


def _edit_header(data: bytearray, chance: random.Random) -> None:
    _overwrite(data, chance.randrange(_HEADER_BYTES), chance)


def _edit_anywhere(data: bytearray, chance: random.Random) -> None:
    _overwrite(data, _place(data, chance), chance)


def _overwrite(data: bytearray, at: int, chance: random.Random) -> None:
    kind = chance.choice(("B", "<H", ">H", "<I", ">I"))
    size = struct.calcsize(kind)
    value = chance.choice(_EXTREMES) & (256**size - 1)
    data[at : at + size] = struct.pack(kind, value)


def _edit_number(data: bytearray, chance: random.Random) -> None:
    """Of a text format: PDF writes sizes and references in digits."""
    if numbers := list(_NUMBER.finditer(data)):
        number = chance.choice(numbers)
        data[slice(*number.span())] = b"%d" % (chance.choice(_EXTREMES) * chance.choice((1, -1)))


_MUTATIONS: tuple[Mutation, ...] = (
    *(_flip, _cut_off, _cut_out, _double),
    *(_insert, _edit_header, _edit_anywhere, _edit_number),
)
