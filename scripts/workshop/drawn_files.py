"""Documents made in memory, for stress and tests: images in every format, PDFs by hand."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image, TiffImagePlugin


def encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=image_format, **options)
    return buffer.getvalue()


def tiff_bytes(pages: int) -> bytes:
    """Blank pages, each one pixel wider than the one before."""
    frames = [Image.new("RGB", (60 + n, 40), "white") for n in range(pages)]
    return encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])


def frames_tiff(frames: Sequence[tuple[Image.Image, dict[int, int]]]) -> bytes:
    """Frames with tags of their own."""
    buffer = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(buffer) as writer:
        for image, tags in frames:
            image.save(writer, format="TIFF", tiffinfo=tags)
            writer.newFrame()
    return buffer.getvalue()


def pdf_bytes(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    file, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    file += b"trailer\n<</Size %d /Root 1 0 R %b>>\n" % (len(objects) + 1, trailer)
    return bytes(file + b"startxref\n%d\n%%%%EOF\n" % start)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d %b>>\nstream\n%b\nendstream" % (len(content), entries, content)


def drawn_pdf(
    content: bytes,
    *others: bytes,
    box: bytes = b"0 0 200 100",
    entries: bytes = b"",
    resources: bytes = b"",
    trailer: bytes = b"",
) -> bytes:
    """A PDF of one page that draws `content`; `others` are the objects from number 5 on."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[%b]/Contents 4 0 R/Resources<<%b>>%b>>"
    return pdf_bytes(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            page % (box, resources, entries),
            stream(content),
            *others,
        ],
        trailer,
    )


def paged_pdf(pages: int, width: int = 60, height: int = 40) -> bytes:
    """Blank pages, each a point wider than the one before."""
    kids = b" ".join(b"%d 0 R" % (3 + n) for n in range(pages))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]>>"
    return pdf_bytes(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages),
            *(page % (width + n, height) for n in range(pages)),
        ]
    )


def locked_pdf() -> bytes:
    """Encrypted with a password nobody knows: neither entry fits an empty one."""
    key = b"<%b>" % (b"5a" * 32)
    encrypt = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O %b/U %b>>/ID[<00><00>]" % (key, key)
    return drawn_pdf(b"", trailer=encrypt)
