from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_model.engines.printed.marks import has_marks

SIZE = 33.0


def sheet() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (800, 600), "white")
    return image, ImageDraw.Draw(image)


def test_rules_frames_boxes_and_colours_are_no_marks() -> None:
    image, pen = sheet()
    assert not has_marks(image, SIZE)
    pen.line((50, 50, 750, 50), "black", 2)
    pen.line((50, 50, 50, 550), "black", 5)
    pen.line((300, 100, 345, 100), "black", 2)
    pen.line((500, 100, 560, 100), "black", 4)
    pen.rectangle((100, 150, 400, 250), outline="black", width=3)
    pen.rectangle((500, 150, 530, 180), outline="black", width=2)
    pen.rectangle((500, 300, 700, 400), fill=(200, 220, 255))
    pen.rectangle((100, 450, 700, 480), fill="black")
    pen.point((400, 500), "black")
    assert not has_marks(image, SIZE)


@pytest.mark.parametrize("text", ["x", "1", "Ann", "l", "HIT", "0", "O", "D"])
@pytest.mark.parametrize("height", [24, 60, 150])
def test_letters_of_any_size_are_marks(text: str, height: int) -> None:
    image, pen = sheet()
    pen.text((300, 200), text, "black", ImageFont.load_default(height))
    assert has_marks(image, SIZE)


def test_strokes_of_a_pen_are_marks() -> None:
    for stroke in ([(300, 200), (303, 236)], [(300, 200), (330, 203)], [(300, 200), (330, 230)]):
        image, pen = sheet()
        pen.line(stroke, "black", 3)
        assert has_marks(image, SIZE)
    image, pen = sheet()
    pen.rectangle((500, 150, 530, 180), outline="black", width=2)
    pen.line((505, 155, 525, 175), "black", 3)
    assert has_marks(image, SIZE)


def test_light_writing_is_a_mark() -> None:
    image, pen = sheet()
    pen.text((300, 200), "Ann", (190, 190, 190), ImageFont.load_default(30))
    assert has_marks(image, SIZE)
