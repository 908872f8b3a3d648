"""Pixels that are not square are made so, where the page looks as if they were not."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont, ImageOps

from ocr_model.documents import Limits, box_before, decode_pages, open_document, square_pixels
from ocr_model.schema import Box, Page
from scripts.workshop.drawn_files import encoded

SHEET = (1728, 2200)
MOST = 50_000_000
SAMPLE = sorted(Path("data/sample/images").iterdir())
LINES = ("Surname: Okonkwo", "Date of birth: 14.03.1978", "Fee paid: 1.240,50 EUR", "City: Ulm")
Dpi = tuple[float, float]


def sheet() -> Image.Image:
    page = Image.new("L", SHEET, 255)
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(44)
    for line in range(20):
        draw.text((150, 150 + 90 * line), LINES[line % 4], 0, font)
    draw.line((150, 2000, 1500, 2000), 0, 5)
    return page


def scanned(size: tuple[int, int], dpi: Dpi, image_format: str = "TIFF", **options: object) -> Page:
    image = sheet().resize(size, Image.Resampling.BOX).point(lambda grey: 255 * (grey > 150))
    if image_format == "TIFF":
        image = image.convert("1")
    data = encoded(image, image_format, dpi=dpi, **options)
    with closing(open_document(data, Limits())) as source:
        return source.read(1)


@pytest.mark.parametrize("image_format", ["TIFF", "PNG", "JPEG"])
@pytest.mark.parametrize(
    ("size", "dpi"),
    [((1728, 1058), (204, 98)), ((1728, 1100), (200, 100)), ((847, 2200), (100, 204))],
)
def test_page_of_few_rows_or_columns_is_made_square(
    size: tuple[int, int], dpi: Dpi, image_format: str
) -> None:
    page = scanned(size, dpi, image_format)
    squared = square_pixels(page, MOST)
    assert (page.image.size, page.notes) == (size, ())
    assert squared.image.width / squared.image.height == pytest.approx(1728 / 2200, rel=0.02)
    assert (squared.image.width >= size[0], squared.image.height >= size[1]) == (True, True)
    assert squared.notes[0].startswith("page 1 made square: its pixels are ")


@pytest.mark.parametrize(
    ("size", "dpi"),
    [
        (SHEET, (204, 98)),
        (SHEET, (204, 391)),
        ((1728, 1058), (98, 204)),
        ((1728, 2114), (204, 196)),
        ((1728, 1058), (204, 204)),
        (SHEET, (1, 200)),
    ],
    ids=["mended", "mended, fine", "swapped", "nearly square", "not claimed", "absurd"],
)
def test_page_that_is_square_or_would_get_worse_stays(size: tuple[int, int], dpi: Dpi) -> None:
    page = scanned(size, dpi)
    assert square_pixels(page, MOST) is page


def test_page_without_letters_stays() -> None:
    data = encoded(Image.new("1", (1728, 1058), 1), "TIFF", dpi=(204, 98))
    [page] = decode_pages(data, 1_000_000, MOST)
    assert square_pixels(page, MOST) is page


def test_page_that_lies_on_its_side_is_squared_after_it_is_turned() -> None:
    lying = sheet().resize((1728, 1058), Image.Resampling.BOX).rotate(90, expand=True)
    data = encoded(lying.convert("1"), "TIFF", dpi=(98, 204), tiffinfo={274: 6})
    [page] = decode_pages(data, 1_000_000, MOST)
    squared = square_pixels(page, MOST)
    assert page.image.size == (1728, 1058)
    assert squared.image.size == (1728, 2202)


def test_squared_page_keeps_to_the_limit() -> None:
    page = scanned((1728, 1058), (204, 98))
    squared = square_pixels(page, 1728 * 1058)
    assert squared.image.width * squared.image.height <= 1728 * 1058
    assert squared.image.width / squared.image.height == pytest.approx(1728 / 2202, rel=0.01)


def test_boxes_come_back_to_the_pixels_of_the_page() -> None:
    page = Page(1, Image.new("RGB", (100, 50)))
    squared = Page(1, Image.new("RGB", (100, 100)))
    assert box_before(Box(10, 20, 30, 60), squared, page) == Box(10, 10, 30, 30)


@pytest.mark.parametrize("turn", [False, True], ids=["dark on light", "light on dark"])
def test_ink_may_be_light(turn: bool) -> None:
    page = scanned((1728, 1058), (204, 98))
    image = ImageOps.invert(page.image) if turn else page.image
    assert square_pixels(Page(1, image, pixel_height=2.08), MOST).image.height > 2000


def test_sample_forms_that_are_square_stay() -> None:
    for path in SAMPLE:
        with Image.open(path) as read:
            image = read.convert("RGB")
        for claimed in (204 / 98, 0.5):
            page = Page(1, image, pixel_height=claimed)
            assert square_pixels(page, MOST) is page, (path.name, claimed)
