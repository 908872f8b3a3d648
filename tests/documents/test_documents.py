from __future__ import annotations

import io
import re
import zipfile
from contextlib import closing

import numpy as np
import pytest
from PIL import Image

from ocr_model.documents import Limits, decode_base64, decode_pages, encode_page, open_document
from ocr_model.errors import DocumentError
from ocr_model.schema import Outcome
from scripts.workshop.drawn_files import drawn_pdf, encoded, locked_pdf, paged_pdf, pdf_bytes
from tests.conftest import as_base64
from tests.support.bombs import png

MAX_BYTES = 1_000_000
MAX_PIXELS = 1_000_000


def decoded(data: bytes) -> list[Image.Image]:
    return [page.image for page in decode_pages(data, MAX_BYTES, MAX_PIXELS)]


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P"])
def test_every_format_and_mode_becomes_rgb(image_format: str, mode: str) -> None:
    source = Image.new("L", (40, 30), 255).convert(mode)
    if image_format == "JPEG" and mode == "P":
        source = source.convert("L")
    [page] = decoded(encoded(source, image_format))
    assert (page.mode, page.size) == ("RGB", (40, 30))
    assert page.getpixel((5, 5)) == (255, 255, 255)


def test_cmyk_jpeg_becomes_rgb() -> None:
    [page] = decoded(encoded(Image.new("CMYK", (8, 8), (0, 0, 0, 0)), "JPEG"))
    assert page.getpixel((4, 4)) == (255, 255, 255)


def test_sixteen_bit_grey_keeps_its_contrast() -> None:
    grey = np.full((10, 10), 60_000, dtype=np.uint16)
    grey[2:4, 2:4] = 1_000
    [page] = decoded(encoded(Image.fromarray(grey), "PNG"))
    # 60,000 and 1,000 of 65,535
    assert (page.getpixel((0, 0)), page.getpixel((3, 3))) == ((233,) * 3, (4,) * 3)


def test_transparent_paper_is_white() -> None:
    [page] = decoded(encoded(Image.new("RGBA", (6, 6), (0, 0, 0, 0)), "PNG"))
    assert page.getpixel((3, 3)) == (255, 255, 255)


def test_exif_orientation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    [page] = decoded(encoded(Image.new("RGB", (40, 20), "white"), "JPEG", exif=exif))
    assert page.size == (20, 40)


def test_tiff_has_a_page_per_frame_in_order() -> None:
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "lime", "blue")]
    data = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    pages = decode_pages(data, MAX_BYTES, MAX_PIXELS)
    assert [page.number for page in pages] == [1, 2, 3]
    assert [page.image.getpixel((0, 0)) for page in pages] == [
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
    ]


@pytest.mark.parametrize(
    ("image_format", "note"),
    [
        ("GIF", "only the first picture of an animation read"),
        ("WEBP", "only the first picture of an animation read"),
        ("PNG", "only the first picture of an animation read"),
        ("MPO", "2 more pictures of the file left out: previews"),
    ],
)
def test_file_of_several_pictures_counts_as_its_first_and_says_so(
    image_format: str, note: str
) -> None:
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "blue", "lime")]
    data = encoded(frames[0], image_format, save_all=True, append_images=frames[1:])
    with closing(open_document(data, Limits())) as source:
        assert (source.page_count, source.notes) == (1, (note,))
        red, green, blue = source.read(1).image.getpixel((5, 5))
    assert (red > 200, green < 50, blue < 50) == (True, True, True)


def test_large_picture_is_put_on_paper_band_by_band() -> None:
    grey = np.full((900, 2000), 60_000, dtype=np.uint16)
    grey[890:] = 1_000
    see_through = Image.new("RGBA", (2000, 900), (0, 0, 0, 0))
    see_through.paste((0, 0, 255, 255), (0, 890, 2000, 900))
    for image, colours in (
        (Image.fromarray(grey), [(233,) * 3, (4,) * 3]),
        (see_through, [(255,) * 3, (0, 0, 255)]),
    ):
        [page] = [page.image for page in decode_pages(encoded(image, "PNG"), 10**6, 10**7)]
        assert [page.getpixel((1000, y)) for y in (889, 890)] == colours


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "content")
    return buffer.getvalue()


WRONG_TYPES = {
    "zero bytes": b"",
    "ZIP archive": zipped("scan.png"),
    "Word document (docx)": zipped("word/document.xml"),
    "Excel workbook": zipped("xl/workbook.xml"),
    "old Office document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
    "an HTML page": b"\n<!DOCTYPE html><html><body>Not found</body></html>",
    "an SVG drawing": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "an XML file": b'<?xml version="1.0"?><form/>',
    "text that starts with 'Name: Ann'": b"Name: Ann",
    "text that starts with 'Nåme'": "Nåme".encode("utf-16"),
    "HEIC image": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "AVIF image": b"\0\0\0\x18ftypavif\0\0\0\0mif1avif",
    "a video": b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
    "an icon (ICO)": b"\0\0\1\0\1\0" + bytes(16),
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n",
    "9 bytes that start with": b"\x01\x02\x03\x04\x05\x06\x07\x08\x00",
}


@pytest.mark.parametrize("got", WRONG_TYPES)
def test_other_types_are_named_beside_what_is_accepted(got: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(got)) as caught:
        decoded(WRONG_TYPES[got])
    assert str(caught.value).startswith(
        "Expected a PNG, JPEG, WEBP, GIF, BMP, TIFF or PDF document, got "
    )
    assert caught.value.outcome is Outcome.BAD_INPUT


def test_header_alone_is_bad_input() -> None:
    with pytest.raises(DocumentError, match="damaged") as caught:
        decoded(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    assert caught.value.outcome is Outcome.BAD_INPUT


BLACK_LOWER_HALF = b"0 g 0 0 200 50 re f"


def test_pdf_page_is_drawn_at_the_set_resolution_on_white() -> None:
    with closing(open_document(drawn_pdf(BLACK_LOWER_HALF), Limits(pdf_dpi=144))) as source:
        page = source.read(1).image
    assert (source.format, source.page_count) == ("PDF", 1)
    # 200 x 100 points of 1/72 inch
    assert (page.mode, page.size) == ("RGB", (400, 200))
    assert (page.getpixel((200, 50)), page.getpixel((200, 150))) == ((255,) * 3, (0,) * 3)


def test_colours_of_a_pdf_are_red_green_blue() -> None:
    [page] = decoded(drawn_pdf(b"1 0.5 0 rg 0 0 200 100 re f"))
    assert page.getpixel((10, 10)) in {(255, 127, 0), (255, 128, 0)}


def test_turned_pdf_page_is_upright() -> None:
    [page] = decoded(drawn_pdf(BLACK_LOWER_HALF, entries=b"/Rotate 90"))
    assert page.width * 2 == page.height
    assert (page.getpixel((10, 300)), page.getpixel((page.width - 10, 300))) == (
        (0,) * 3,
        (255,) * 3,
    )


def test_filled_in_fields_of_a_pdf_form_are_drawn() -> None:
    field = (
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(Ann)/Rect[0 0 200 100]/F 4/AP<</N 6 0 R>>>>"
    )
    content = b"1 0 0 rg 0 0 200 100 re f"
    appearance = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 200 100]/Length %d>>\nstream\n%b\nendstream"
    )
    data = pdf_bytes(
        [
            b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Annots[5 0 R]>>",
            b"null",
            field,
            appearance % (len(content), content),
        ]
    )
    [page] = decoded(data)
    assert page.getpixel((100, 100)) == (255, 0, 0)


def test_header_of_a_pdf_may_stand_after_lines_of_a_mail_program() -> None:
    assert len(decoded(b"X-Scanner: 4\r\n" + paged_pdf(2))) == 2


def test_pages_of_a_pdf_come_in_order() -> None:
    pages = decode_pages(paged_pdf(4), MAX_BYTES, MAX_PIXELS)
    assert [page.number for page in pages] == [1, 2, 3, 4]
    assert [page.image.width for page in pages] == [167, 170, 173, 175]  # ceil(points * 200 / 72)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (locked_pdf(), "without a password, got one that is protected"),
        (b"%PDF-1.7 hello", "complete PDF, got one that breaks off or is damaged"),
        (paged_pdf(3)[:60], "complete PDF, got one that breaks off or is damaged"),
        (pdf_bytes([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Kids[]/Count 0>>"]), "damaged|without"),
    ],
    ids=["password", "header only", "cut off", "no pages"],
)
def test_bad_pdf_is_bad_input(data: bytes, message: str) -> None:
    with pytest.raises(DocumentError, match=message) as caught:
        decoded(data)
    assert caught.value.outcome is Outcome.BAD_INPUT


def test_missing_page_of_a_pdf_leaves_the_others_readable() -> None:
    data = paged_pdf(3).replace(b"4 0 obj", b"9 0 obj")
    with closing(open_document(data, Limits())) as source:
        with pytest.raises(DocumentError, match="damaged"):
            source.read(2)
        assert [source.read(number).number for number in (1, 3)] == [1, 3]


def test_cmyk_one_bit_and_sixteen_bit_tiff_frames_become_rgb() -> None:
    white = {"CMYK": (0, 0, 0, 0), "1": 1, "I;16": 65535, "L": 255}
    for mode, paper in white.items():
        [page] = decoded(encoded(Image.new(mode, (8, 8), paper), "TIFF"))
        assert (page.mode, page.getpixel((4, 4))) == ("RGB", (255, 255, 255))


@pytest.mark.parametrize(
    ("values", "expected"),
    [((65535, 0), (255, 0)), ((4095, 2048), (255, 128)), ((255, 51), (255, 51)), ((0, 0), (0, 0))],
    ids=["16 bit", "12 bit", "8 bit", "black"],
)
def test_wide_grey_is_scaled_by_the_white_of_its_scanner(
    values: tuple[int, int], expected: tuple[int, int]
) -> None:
    [page] = decoded(encoded(Image.fromarray(np.array([values], dtype=np.uint16)), "TIFF"))
    assert [page.getpixel((x, 0)) for x in (0, 1)] == [(grey,) * 3 for grey in expected]


def test_truncated_image_is_bad_input(form_png: bytes) -> None:
    with pytest.raises(DocumentError, match="breaks off or is damaged") as caught:
        decoded(form_png[: len(form_png) // 2])
    assert caught.value.outcome is Outcome.BAD_INPUT


@pytest.mark.parametrize(
    ("max_bytes", "max_pixels", "message"),
    [(100, MAX_PIXELS, "at most 100 bytes"), (MAX_BYTES, 100, "at most 100 pixels")],
    ids=["bytes", "pixels"],
)
def test_limits_are_too_large(
    form_png: bytes, max_bytes: int, max_pixels: int, message: str
) -> None:
    with pytest.raises(DocumentError, match=message) as caught:
        decode_pages(form_png, max_bytes, max_pixels)
    assert caught.value.outcome is Outcome.TOO_LARGE


@pytest.mark.parametrize(
    "text",
    [
        "aGVsbG8=",
        "data:image/png;base64,aGVsbG8=",
        "DATA:application/octet-stream;name=a.png;BASE64,aGVsbG8=",
        "aGVs\nbG8=\n",
        "aGVsbG8",
    ],
    ids=["plain", "data url", "data url with parameters", "wrapped lines", "no padding"],
)
def test_base64_is_decoded(text: str) -> None:
    assert decode_base64(text, MAX_BYTES) == b"hello"


def test_url_safe_base64_is_decoded() -> None:
    assert decode_base64("-_-_", MAX_BYTES) == decode_base64("+/+/", MAX_BYTES) == b"\xfb\xff\xbf"


@pytest.mark.parametrize("text", ["/etc/passwd!", "http://example.org/a.png", "aGVsb", "ä"])
def test_other_text_is_bad_input(text: str) -> None:
    with pytest.raises(DocumentError, match="Expected the document as base64") as caught:
        decode_base64(text, MAX_BYTES)
    assert caught.value.outcome is Outcome.BAD_INPUT


def test_base64_over_the_limit_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(DocumentError, match="at most 1,000 bytes") as caught:
        decode_base64("!" * 10_000, 1_000)
    assert caught.value.outcome is Outcome.TOO_LARGE


@pytest.mark.parametrize(
    ("size", "expected"),
    [((800, 1600), (500, 1000)), ((3000, 1500), (1000, 500)), ((300, 200), (300, 200))],
    ids=["high", "wide", "never enlarged"],
)
def test_page_is_fitted_into_the_square(size: tuple[int, int], expected: tuple[int, int]) -> None:
    page = encode_page(Image.new("RGB", size, "white"), 1000, "jpeg", 40)
    assert (page.width, page.height) == expected
    assert Image.open(io.BytesIO(page.data)).size == expected


@pytest.mark.parametrize(
    ("image_format", "content_type"), [("jpeg", "image/jpeg"), ("png", "image/png")]
)
def test_data_url_round_trips(
    form_image: Image.Image, image_format: str, content_type: str
) -> None:
    page = encode_page(form_image, 1000, image_format, 40)
    assert page.data_url.startswith(f"data:{content_type};base64,")
    assert decode_base64(page.data_url, MAX_BYTES) == page.data
    assert as_base64(page.data) in page.data_url


def test_pictures_above_the_limit_of_pillow_are_held_against_ours() -> None:
    """Pillow refuses more than 179 million pixels, whatever is set."""
    data = png(14_000, 14_000, b"")
    limits = Limits(max_page_pixels=200_000_000)
    assert open_document(data, limits).pixels(1) == 196_000_000
    with pytest.raises(DocumentError, match="at most 50,000,000 pixels per page, got 14000 x"):
        open_document(data, Limits())
