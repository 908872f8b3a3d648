"""Small files that ask for gigabytes or hours."""

from __future__ import annotations

import functools
import struct
import zlib
from collections.abc import Callable

from PIL import Image

from scripts.workshop.drawn_files import drawn_pdf, encoded, pdf_bytes, stream


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@functools.cache
def deflated_zeros(size: int) -> bytes:
    packer = zlib.compressobj(9)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()


def png(width: int, height: int, pixels: bytes, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    body = [header, *chunks, chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def png_of_many_pixels() -> bytes:
    return png(60_000, 60_000, deflated_zeros(1 << 30))


def png_with_more_pixels_than_it_says() -> bytes:
    return png(8, 8, deflated_zeros(1 << 30))


def png_with_a_gigabyte_of_text() -> bytes:
    text = chunk(b"zTXt", b"Comment\0\0" + deflated_zeros(1 << 30))
    return png(8, 8, zlib.compress(bytes(16)), text)


def png_with_a_gigabyte_of_colour_profile() -> bytes:
    profile = chunk(b"iCCP", b"profile\0\0" + deflated_zeros(1 << 30))
    return png(8, 8, zlib.compress(bytes(16)), profile)


def png_of_many_chunks() -> bytes:
    return png(8, 8, zlib.compress(bytes(16)), chunk(b"prIv", b"") * 1_600_000)


def jpeg(width: int, height: int) -> bytes:
    """A blank JPEG whose header says it is of this size."""
    data = bytearray(encoded(Image.new("L", (16, 16), 255), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def jpeg_of_many_pixels() -> bytes:
    return jpeg(65_500, 65_500)


def jpeg_of_as_many_scans_as_are_read() -> bytes:
    return jpeg_of_many_scans(90, 7_000)


def jpeg_of_many_scans(scans: int = 5_000, side: int = 6_000) -> bytes:
    data = encoded(Image.new("L", (side, side), 255), "JPEG", progressive=True)
    first, *others = data.split(b"\xff\xda")
    return b"\xff\xda".join([first, *others[:-1], *[others[-1][:-2]] * scans, others[-1]])


def tiff(tags: dict[int, int], data: bytes = b"") -> bytes:
    """A TIFF of one frame; all values are 32-bit numbers."""
    entries = {256: 8, 257: 8, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 8, 279: 64} | tags
    start = 8 + len(data)
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, entries[tag]) for tag in sorted(entries))
    head = struct.pack("<2sHI", b"II", 42, start) + data
    return head + struct.pack("<H", len(entries)) + directory + bytes(4)


def tiff_of_many_pixels() -> bytes:
    packed = deflated_zeros(1 << 30)
    tags = {256: 100_000, 257: 100_000, 259: 8, 278: 100_000, 279: len(packed)}
    return tiff(tags, packed)


def tiff_with_a_huge_tile() -> bytes:
    return tiff({322: 65_520, 323: 65_520, 324: 8, 325: 64}, bytes(64))


def tiff_with_a_strip_that_does_not_end() -> bytes:
    packed = deflated_zeros(1 << 30)
    return tiff({259: 8, 279: len(packed)}, packed)


def tiff_of_many_frames() -> bytes:
    frames = bytearray(struct.pack("<2sHI", b"II", 42, 8))
    for _ in range(300_000):
        frames += struct.pack("<HHHIII", 1, 256, 4, 1, 8, len(frames) + 18)
    return bytes(frames)


def tiff_of_frames_that_overlap() -> bytes:
    """Every frame has 20,000 tags, and each tag is a frame's first."""
    tags, frames = 20_000, 9_000
    data = bytearray(struct.pack("<2sHI", b"II", 42, 8) + bytes(12 * (tags + frames) + 18))
    for frame in range(frames):
        at = 8 + 12 * frame
        struct.pack_into("<H", data, at, tags)
        struct.pack_into("<I", data, at + 2 + 12 * tags, at + 12)
    return bytes(data)


def tiff_that_bites_itself() -> bytes:
    data = bytearray(tiff({}, bytes(64)))
    data[-4:] = struct.pack("<I", 72)
    return bytes(data)


def gif_of_many_pixels() -> bytes:
    data = bytearray(encoded(Image.new("L", (8, 8)), "GIF"))
    data[6:10] = struct.pack("<HH", 65_535, 65_535)
    return bytes(data)


def gif_with_a_frame_larger_than_itself() -> bytes:
    data = bytearray(encoded(Image.new("L", (8, 8)), "GIF"))
    at = data.index(b",")
    data[at + 5 : at + 9] = struct.pack("<HH", 65_535, 65_535)
    return bytes(data)


def webp_of_many_pixels() -> bytes:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    data = bytearray(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    data[24:30] = (16_383).to_bytes(3, "little") * 2
    return bytes(data)


def bmp_of_many_pixels() -> bytes:
    data = bytearray(encoded(Image.new("L", (8, 8)), "BMP"))
    data[18:26] = struct.pack("<ii", 200_000, 200_000)
    return bytes(data)


def pdf_with_a_huge_page() -> bytes:
    return drawn_pdf(b"0 0 9 9 re f", box=b"0 0 14400 14400")


def pdf_with_an_absurd_page() -> bytes:
    return drawn_pdf(b"0 0 9 9 re f", box=b"0 0 2000000000 2000000000")


def pdf_of_deep_arrays() -> bytes:
    depth = 1_000_000
    return drawn_pdf(b"", b"[" * depth + b"]" * depth, entries=b"/Annots 5 0 R")


def pdf_of_a_page_tree_that_bites_itself() -> bytes:
    return pdf_bytes(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 5>>",
            b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R 3 0 R]/Count 5>>",
        ]
    )


def pdf_of_claimed_pages() -> bytes:
    tree = b"<</Type/Pages/Kids[]/Count 2000000000>>"
    return pdf_bytes([b"<</Type/Catalog/Pages 2 0 R>>", tree])


def pdf_of_many_objects() -> bytes:
    """Every one is named as an annotation of the page."""
    count = 300_000
    named = b" ".join(b"%d 0 R" % (6 + n) for n in range(count))
    return drawn_pdf(b"0 0 9 9 re f", b"[%b]" % named, *[b"<<>>"] * count, entries=b"/Annots 5 0 R")


def pdf_of_attached_files() -> bytes:
    """Ten thousand names, all of one file that unpacks to a gigabyte."""
    packed = stream(deflated_zeros(1 << 30), b"/Type/EmbeddedFile/Filter/FlateDecode")
    named = b"".join(b"(%05d)6 0 R" % n for n in range(10_000))
    data = drawn_pdf(b"0 0 9 9 re f", packed, b"<</Type/Filespec/F(a.exe)/EF<</F 5 0 R>>>>")
    # The cross-references are off by as much, which readers repair.
    return data.replace(
        b"/Type/Catalog", b"/Type/Catalog/Names<</EmbeddedFiles<</Names[%b]>>>>" % named
    )


def pdf_of_a_gigantic_picture() -> bytes:
    entries = (
        b"/Type/XObject/Subtype/Image/Width 90000/Height 90000/ColorSpace/DeviceRGB"
        b"/BitsPerComponent 8/Filter/FlateDecode"
    )
    picture = stream(deflated_zeros(1 << 30), entries)
    return drawn_pdf(b"200 0 0 100 0 0 cm /X Do", picture, resources=b"/XObject<</X 5 0 R>>")


def pdf_of_a_gigabyte_of_drawing() -> bytes:
    content = stream(deflated_zeros(1 << 30), b"/Filter/FlateDecode")
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R>>"
    tree = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return pdf_bytes([b"<</Type/Catalog/Pages 2 0 R>>", tree, page, content])


def pdf_of_forms_within_forms(pages: int = 1) -> bytes:
    """Ten forms deep, each draws the next ten times."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 200 100]"
    inner = b"/Resources<</XObject<</X %d 0 R>>>>"
    forms = [stream(b"/X Do " * 10, form + inner % (6 + level)) for level in range(9)]
    innermost = stream(b"0 0 10 10 re f", form)
    data = drawn_pdf(b"/X Do", *forms, innermost, resources=b"/XObject<</X 5 0 R>>")
    # The cross-references are off by as much, which readers repair.
    return data.replace(b"[3 0 R]/Count 1", b"[%b]/Count %d" % (b"3 0 R " * pages, pages))


BOMBS: dict[str, Callable[[], bytes]] = {
    name: make
    for name, make in list(globals().items())
    if name.startswith(("png_", "jpeg_", "tiff_", "gif_", "webp_", "bmp_", "pdf_"))
    and name != "pdf_bytes"
}
