"""What is ink on a page, and what is only grey."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

from ocr_model.linker.drawing.dark_pixels import dark_pixels_of


def page_with_bars(*greys: int, paper: int = 240) -> Image.Image:
    """Bars of 10 px, one below the other, each as grey as it says."""
    page = Image.new("RGB", (200, 200), (paper,) * 3)
    pen = ImageDraw.Draw(page)
    for row, grey in enumerate(greys):
        pen.rectangle((50, 20 + 30 * row, 149, 29 + 30 * row), fill=(grey,) * 3)
    return page


def test_the_edge_of_a_blurred_line_is_faint_and_paper_is_not() -> None:
    page = page_with_bars(0, 0, 0).filter(ImageFilter.GaussianBlur(3))
    pixels = dark_pixels_of(page)
    middle, edge, paper = 85, 91, 150
    grown = pixels.faint.sum() / pixels.mask.sum()
    assert pixels.mask[middle, 100] == pixels.faint[middle, 100] == 1
    assert (pixels.mask[edge, 100], pixels.faint[edge, 100]) == (0, 1)
    assert not pixels.faint[paper].any()
    assert 1 < grown < 1.5


def test_a_pale_page_has_ink_as_a_black_one_has() -> None:
    assert dark_pixels_of(page_with_bars(150, paper=200)).mask.sum() == 1000


def test_a_large_page_is_looked_at_in_a_smaller_size() -> None:
    pixels = dark_pixels_of(page_with_bars(0).resize((2800, 1400)))
    assert pixels.scale == 0.5
    assert pixels.mask.shape == pixels.faint.shape == (700, 1400)


def test_a_page_of_paper_has_no_ink() -> None:
    blank = dark_pixels_of(Image.new("RGB", (30, 30), "white"))
    assert not blank.mask.any()
    assert not blank.faint.any()
