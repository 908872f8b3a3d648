from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_model.engines.printed.marks import marks_of

SIZE = 33.0


def sheet() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (800, 600), "white")
    return image, ImageDraw.Draw(image)


def test_rules_frames_boxes_and_colours_are_no_marks() -> None:
    image, pen = sheet()
    assert marks_of(image, SIZE) is None
    pen.line((50, 50, 750, 50), "black", 2)
    pen.line((50, 50, 50, 550), "black", 5)
    pen.line((300, 100, 345, 100), "black", 2)
    pen.line((500, 100, 560, 100), "black", 4)
    pen.rectangle((100, 150, 400, 250), outline="black", width=3)
    pen.rectangle((500, 150, 530, 180), outline="black", width=2)
    pen.rectangle((500, 300, 700, 400), fill=(200, 220, 255))
    pen.rectangle((100, 450, 700, 480), fill="black")
    pen.point((400, 500), "black")
    assert marks_of(image, SIZE) is None


@pytest.mark.parametrize("text", ["x", "1", "Ann", "l", "HIT", "0", "O", "D"])
@pytest.mark.parametrize("height", [24, 60, 150])
def test_letters_of_any_size_are_marks(text: str, height: int) -> None:
    image, pen = sheet()
    pen.text((300, 200), text, "black", ImageFont.load_default(height))
    assert marks_of(image, SIZE) is not None


def test_strokes_of_a_pen_are_marks() -> None:
    for stroke in ([(300, 200), (303, 236)], [(300, 200), (330, 203)], [(300, 200), (330, 230)]):
        image, pen = sheet()
        pen.line(stroke, "black", 3)
        assert marks_of(image, SIZE) is not None
    image, pen = sheet()
    pen.rectangle((500, 150, 530, 180), outline="black", width=2)
    pen.line((505, 155, 525, 175), "black", 3)
    assert marks_of(image, SIZE) is not None


def test_light_writing_is_a_mark() -> None:
    image, pen = sheet()
    pen.text((300, 200), "Ann", (190, 190, 190), ImageFont.load_default(30))
    assert marks_of(image, SIZE) is not None


def test_marks_are_told_by_the_box_around_them() -> None:
    image, pen = sheet()
    pen.line((50, 50, 750, 50), "black", 2)
    pen.text((300, 200), "Ann", "black", ImageFont.load_default(60))
    pen.text((500, 400), "Lee", "black", ImageFont.load_default(60))
    found = marks_of(image, SIZE)
    assert found is not None
    assert 290 < found.left < 310
    assert 200 < found.top < 240
    assert 560 < found.right < 640
    assert 430 < found.bottom < 470
