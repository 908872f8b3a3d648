"""Lines and ink of pages drawn in code."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr_model.linker.boxes import FAR
from ocr_model.linker.drawing.dark_pixels import dark_pixels_of
from ocr_model.linker.drawing.ruling import Drawing, drawing_of, line_features, lines_between

UNIT = 16


def drawn_on(page: Image.Image, unit: float) -> Drawing:
    return drawing_of(dark_pixels_of(page), unit)


@pytest.fixture
def page() -> Image.Image:
    """A cell of 200 x 100 px, in it a field line; a block of ink far away."""
    image = Image.new("RGB", (500, 400), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((100, 100, 300, 200), outline="black", width=2)
    pen.line((160, 150, 280, 150), fill="black", width=2)
    pen.rectangle((400, 300, 440, 340), fill="black")
    return image


def test_lines_are_found_and_a_block_is_none(page: Image.Image) -> None:
    drawing = drawn_on(page, UNIT)
    levels = sorted(round(line[1]) for line in drawing.horizontal)
    places = sorted(round(line[0]) for line in drawing.vertical)
    assert levels == [pytest.approx(level, abs=2) for level in (100, 150, 200)]
    assert places == [pytest.approx(place, abs=2) for place in (100, 300)]


def test_a_larger_scan_has_its_lines_at_the_same_places(page: Image.Image) -> None:
    drawing = drawn_on(page.resize((5000, 4000)), 10 * UNIT)
    assert len(drawing.horizontal) == 3
    assert drawing.horizontal[:, 1].min() == pytest.approx(1000, abs=20)


def test_underline_line_behind_and_cell(page: Image.Image) -> None:
    boxes = np.array([[170.0, 134, 230, 150], [110, 136, 156, 152], [20, 20, 60, 36]])
    found = line_features(boxes, drawn_on(page, UNIT), UNIT)
    on_line, before_line, outside = found
    assert on_line[0] == pytest.approx(0, abs=0.2)
    assert on_line[3] == pytest.approx(120 / UNIT, abs=0.6)
    assert before_line[0] == FAR
    assert before_line[4] == pytest.approx(120 / UNIT, abs=0.6)
    assert before_line[5] == pytest.approx(10 / UNIT, abs=0.2)
    assert outside[5:9].tolist() == [FAR] * 4


def test_lines_between_two_boxes_are_counted(page: Image.Image) -> None:
    inside, outside = np.array([[120.0, 110, 150, 126]]), np.array([[20.0, 110, 60, 126]])
    below = np.array([[120.0, 220, 150, 236]])
    drawing = drawn_on(page, UNIT)
    assert lines_between(inside, outside, drawing).tolist() == [[1, 0]]
    assert lines_between(inside, below, drawing).tolist() == [[0, 1]]


def test_ink_share(page: Image.Image) -> None:
    boxes = np.array([[402.0, 302, 438, 338], [10, 10, 50, 50], [-50, -50, -10, -10]])
    assert drawn_on(page, UNIT).ink_share(boxes).tolist() == pytest.approx([1, 0, 0])


def test_a_white_page_has_nothing(page: Image.Image) -> None:
    drawing = drawn_on(Image.new("RGB", (300, 300), "white"), UNIT)
    assert len(drawing.horizontal) == len(drawing.vertical) == 0
