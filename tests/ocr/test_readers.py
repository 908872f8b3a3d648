"""A page drawn here, read by the real recogniser: texts, places, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_model.errors import ConfigError
from ocr_model.ocr.networks import weights_in
from ocr_model.ocr.orientation import turn_image
from ocr_model.ocr.readers import WordReader, words_of_run
from ocr_model.schema import Box, Word

FONT = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), 20)
QUAD = [(0, 0), (100, 0), (100, 20), (0, 20)]
LINES = (("Invoice number:", 40, 60), ("58312", 300, 60), ("Total amount", 40, 140))


@pytest.fixture(scope="module")
def reader() -> WordReader:
    return WordReader()


@pytest.fixture(scope="module")
def page() -> Image.Image:
    image = Image.new("RGB", (600, 240), "white")
    pen = ImageDraw.Draw(image)
    for text, x, y in LINES:
        pen.text((x, y), text, fill="black", font=FONT)
    return image


def test_words_are_read_in_lines_from_the_top(reader: WordReader, page: Image.Image) -> None:
    texts = [word.text for word in reader.read_words(page)]
    assert texts == ["Invoice", "number:", "58312", "Total", "amount"]


def test_boxes_lie_where_the_words_were_drawn(reader: WordReader, page: Image.Image) -> None:
    found = {word.text: word.box for word in reader.read_words(page)}
    pen = ImageDraw.Draw(page)
    for first, text, x, y in (("Invoice", "Invoice", 40, 60), ("58312", "58312", 300, 60)):
        drawn = Box(*pen.textbbox((x, y), text, font=FONT))
        assert found[first] == pytest.approx(drawn, abs=12)


def test_confidence_of_clear_print_is_high(reader: WordReader, page: Image.Image) -> None:
    assert all(0.9 < word.confidence <= 1 for word in reader.read_words(page))


@pytest.mark.parametrize("turn_deg", [90, 180, 270])
def test_turned_page_is_read_as_the_upright_one(
    reader: WordReader, page: Image.Image, turn_deg: int
) -> None:
    upright = reader.read(page)
    turned = reader.read(turn_image(page, 360 - turn_deg))
    assert (upright.turn_deg, turned.turn_deg) == (0, turn_deg)
    assert turned.words == upright.words


@pytest.mark.parametrize("turn_deg", [90, 180, 270])
def test_boxes_of_a_turned_page_are_in_its_own_pixels(
    reader: WordReader, page: Image.Image, turn_deg: int
) -> None:
    given = turn_image(page, 360 - turn_deg)
    for word in reader.read_words(given):
        inked = given.crop(tuple(map(int, word.box))).convert("L").getextrema()
        assert inked[0] < 100


@pytest.mark.parametrize("drawn", ["margin", "sideways_scribble"])
def test_page_that_is_upright_is_left_as_it_is(reader: WordReader, drawn: str) -> None:
    image = Image.new("RGB", (400, 500), "white")
    pen = ImageDraw.Draw(image)
    if drawn == "margin":
        pen.text((40, 60), "Name of the applicant:", fill="black", font=FONT)
        margin = Image.new("RGB", (120, 30), "white")
        ImageDraw.Draw(margin).text((2, 2), "50123 984", fill="black", font=FONT)
        image.paste(turn_image(margin, 90), (360, 300))
    else:
        pen.line([(200 + 12 * (y % 3 - 1), 50 + 8 * y) for y in range(50)], "black", 4)
    assert reader.read(image).turn_deg == 0


@pytest.mark.parametrize("size", [(600, 240), (1, 1), (3, 2000), (2000, 3)], ids=str)
def test_page_without_text_has_no_words(reader: WordReader, size: tuple[int, int]) -> None:
    """Without padding, the process that read such a strip was killed."""
    assert reader.read_words(Image.new("RGB", size, "white")) == []


def test_boxes_of_a_padded_strip_keep_their_place(reader: WordReader) -> None:
    strip = Image.new("RGB", (1200, 40), "white")
    ImageDraw.Draw(strip).text((500, 6), "58312", fill="black", font=FONT)
    (word,) = reader.read_words(strip)
    assert word.text == "58312"
    assert word.box.left == pytest.approx(500, abs=12)
    assert word.box.bottom <= 45


@pytest.mark.parametrize(
    ("text", "pieces", "expected"),
    [
        (
            "Date: 6/21",
            [("Date:", 0.9, [(0, 0), (52, 0), (52, 20), (0, 20)]), ("6/21", 0.8, QUAD)],
            [Word("Date:", Box(0, 0, 52, 20), 0.7), Word("6/21", Box(0, 0, 100, 20), 0.7)],
        ),
        ("Ann Lee", [("Ann", 0.9, QUAD)], [Word("Ann Lee", Box(0, 0, 100, 20), 0.7)]),
        ("Ann", [], [Word("Ann", Box(0, 0, 100, 20), 0.7)]),
        (
            "\u533aP.O.",
            [(char, 0.9, QUAD) for char in "\u533aP.O."],
            [Word("\u533aP.O.", Box(0, 0, 100, 20), 0.7)],
        ),
    ],
    ids=["pieces", "pieces_incomplete", "no_pieces", "ideograph_pieces_are_characters"],
)
def test_words_of_run(text: str, pieces: list[Any], expected: list[Word]) -> None:
    assert words_of_run(text, 0.7, QUAD, pieces) == expected


@pytest.mark.parametrize("package", ["rapidocr", "onnxruntime"])
def test_missing_package_names_the_remedy(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ConfigError, match=r"pip install 'ocr_model\[local\]'"):
        WordReader()


def test_wheel_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"PP-OCRv6_det_small\.onnx and PP-OCRv6_rec_small"):
        weights_in(tmp_path)


# In a process of its own: here the packages are already imported.
_ALONE = """
import hashlib, logging, socket, sys, warnings
from pathlib import Path

def refuse(*_):
    raise AssertionError("the network was asked for")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
root = logging.getLogger()
before = (root.level, list(root.handlers), logging.getLevelName(root.getEffectiveLevel()))

from PIL import Image
from ocr_model.ocr.readers import WordReader
assert "rapidocr" not in sys.modules and "onnxruntime" not in sys.modules

import rapidocr
models = Path(rapidocr.__file__).parent / "models"
files = sorted((file.name, file.stat().st_mtime_ns) for file in models.iterdir())
page = Image.open(sys.argv[1]).convert("RGB")
print([word.text for word in WordReader().read_words(page)])
assert sorted((file.name, file.stat().st_mtime_ns) for file in models.iterdir()) == files
assert (root.level, list(root.handlers), logging.getLevelName(root.getEffectiveLevel())) == before
"""


def test_reading_needs_no_network_and_leaves_host_and_package_alone(
    page: Image.Image, tmp_path: Path
) -> None:
    page.save(tmp_path / "page.png")
    done = subprocess.run(
        [sys.executable, "-c", _ALONE, str(tmp_path / "page.png")],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == "['Invoice', 'number:', '58312', 'Total', 'amount']"
