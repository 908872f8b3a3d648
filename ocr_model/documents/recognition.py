"""Recognise a file by its first bytes; its name and content type are ignored."""

from __future__ import annotations

from ocr_model.errors import DocumentError
from ocr_model.schema import Outcome

# An explicit list: Pillow's other formats are not accepted (EPS would run Ghostscript).
ACCEPTED = "PNG, JPEG, WEBP, GIF, BMP, TIFF or PDF"

_STARTS = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
}
# Mail programs and scanners put lines before the header; PDF readers allow 1 kB.
_PDF_HEADER_WITHIN = 1024

# What people send instead.
_OTHERS = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Office document (doc, xls, ppt or msg)",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\0\0\0\x0cjP  ": "a JPEG 2000 image",
    b"\0\0\0\x0cJXL ": "a JPEG XL image",
    b"\xff\x0a": "a JPEG XL image",
    b"\0\0\1\0": "an icon (ICO)",
    b"icns": "an icon (ICNS)",
    b"8BPS": "a Photoshop document",
    b"%!PS": "a PostScript document",
    b"{\\rtf": "an RTF document",
    b"AT&TFORM": "a DjVu document",
}
_ZIPPED = {
    b"word/": "a Word document (docx)",
    b"xl/": "an Excel workbook (xlsx)",
    b"ppt/": "a PowerPoint presentation (pptx)",
    b"application/vnd.oasis.opendocument": "an OpenDocument file",
}
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_AVIF_BRANDS = (b"avif", b"avis")


def recognise(data: bytes) -> str:
    r"""The format of a document we read.

    b"GIF89a..." -> "GIF"; b"\r\n%PDF-1.7 ..." -> "PDF"

    Raises:
        DocumentError: anything else (`bad_input`); says what it seems to be.
    """
    for start, name in _STARTS.items():
        if data.startswith(start):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        return "PDF"
    raise DocumentError(
        f"Expected a {ACCEPTED} document, got {_described(data)}.", Outcome.BAD_INPUT
    )


def _described(data: bytes) -> str:
    if not data:
        return "zero bytes"
    for start, name in _OTHERS.items():
        if data.startswith(start):
            return name
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((name for part, name in _ZIPPED.items() if part in data), "a ZIP archive")
    if data[4:8] == b"ftyp":
        return _described_brand(data[8:12])
    return _described_text(data) or f"{len(data):,} bytes that start with {data[:8]!r}"


def _described_brand(brand: bytes) -> str:
    if brand in _HEIC_BRANDS:
        return "a HEIC image, as phones take them"
    return "an AVIF image" if brand in _AVIF_BRANDS else "a video"


def _described_text(data: bytes) -> str | None:
    head = data[:1024]
    # UTF-16 as Windows writes it; a character cut off at the end is ignored.
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = head.decode(encoding, errors="ignore").lstrip()
    start = text.lower()
    if "<svg" in start:
        return "an SVG drawing"
    if start.startswith(("<!doctype html", "<html")) or "<body" in start:
        return "an HTML page"
    if start.startswith("<?xml"):
        return "an XML file"
    readable = sum(character.isprintable() or character.isspace() for character in text)
    is_text = bool(text) and readable == len(text) and len(text) >= len(head) // 4
    return f"text that starts with {text[:16]!r}" if is_text else None
