from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocr_model.documents import decode_base64, decode_pages, encode_page
from ocr_model.errors import DocumentError
from ocr_model.schema import Outcome
from tests.conftest import as_base64

MAX_BYTES = 1_000_000
MAX_PIXELS = 1_000_000


def encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=image_format, **options)
    return buffer.getvalue()


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
    assert (page.getpixel((0, 0)), page.getpixel((3, 3))) == ((255,) * 3, (0,) * 3)


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


def test_animation_counts_as_its_first_frame() -> None:
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert len(decoded(data)) == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "zero bytes"),
        (b"%PDF-1.7 hello", "Expected an image in one of PNG"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "damaged|Expected an image"),
    ],
    ids=["empty", "other type", "header only"],
)
def test_bad_bytes_are_bad_input(data: bytes, message: str) -> None:
    with pytest.raises(DocumentError, match=message) as caught:
        decoded(data)
    assert caught.value.outcome is Outcome.BAD_INPUT


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
    ],
    ids=["plain", "data url", "data url with parameters", "wrapped lines"],
)
def test_base64_is_decoded(text: str) -> None:
    assert decode_base64(text, MAX_BYTES) == b"hello"


@pytest.mark.parametrize("text", ["/etc/passwd!", "http://example.org/a.png", "aGVsbG8", "ä"])
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
