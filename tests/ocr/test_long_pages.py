"""Receipts, banners and strips of a pixel: every line once, and bounded memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_model.ocr import detection
from ocr_model.ocr.line_crops import gaps_in
from ocr_model.ocr.process import usable_cores
from ocr_model.ocr.readers import WordReader

_FILE = str(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf")
FONT = ImageFont.truetype(_FILE, 20)


@pytest.fixture(scope="module")
def reader() -> WordReader:
    return WordReader()


def test_every_line_of_a_receipt_is_read_once(reader: WordReader) -> None:
    numbers = [str(58_000 + 37 * k) for k in range(60)]
    receipt = Image.new("RGB", (300, 3000), "white")
    for k, number in enumerate(numbers):
        ImageDraw.Draw(receipt).text((40, 10 + 50 * k), number, fill="black", font=FONT)
    words = reader.read_words(receipt)
    assert [word.text for word in words] == numbers
    tops = [word.box.top for word in words]
    assert tops == pytest.approx([10 + 50 * k for k in range(60)], abs=12)


def test_every_word_of_a_banner_is_read_once_and_whole(reader: WordReader) -> None:
    words = [str(58_000 + 37 * k) for k in range(60)]
    banner = Image.new("RGB", (6000, 60), "white")
    ImageDraw.Draw(banner).text((20, 16), "   ".join(words), fill="black", font=FONT)
    assert [word.text for word in reader.read_words(banner)] == words


def test_a_sideways_receipt_is_turned(reader: WordReader) -> None:
    receipt = Image.new("RGB", (300, 2400), "white")
    texts = [f"Amount {58_000 + 37 * k}" for k in range(24)]
    for k, text in enumerate(texts):
        ImageDraw.Draw(receipt).text((40, 10 + 100 * k), text, fill="black", font=FONT)
    reading = reader.read(receipt.rotate(90, expand=True))
    assert reading.turn_deg == 90
    assert " ".join(word.text for word in reading.words) == " ".join(texts)


@pytest.mark.integration
@pytest.mark.slow
@pytest.mark.parametrize("most_copied", [50_000_000, 10_000_000], ids=["copied", "too large"])
def test_small_print_on_a_large_sheet_is_read_in_tiles(
    reader: WordReader, most_copied: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detection, "_MOST_COPIED", most_copied)
    sheet = Image.new("RGB", (4500, 3000), "white")
    places = [(150 + 1030 * x, 110 + 550 * y) for y in range(5) for x in range(4)]
    small = ImageFont.truetype(_FILE, 14)
    for k, place in enumerate(places):
        ImageDraw.Draw(sheet).text(place, f"Amount {58_000 + k}", fill="black", font=small)
    words = reader.read_words(sheet)
    numbers = [word for word in words if word.text.isdecimal()]
    assert sorted(word.text for word in numbers) == [str(58_000 + k) for k in range(20)]
    by_text = {word.text: word.box for word in numbers}
    for k, (x, y) in enumerate(places):
        assert by_text[str(58_000 + k)][:2] == pytest.approx((x + 61, y), abs=14)


@pytest.mark.parametrize("last", [2, 5], ids=["among the strips", "among the lines"])
def test_what_is_called_between_the_steps_of_a_long_page_may_end_it(
    reader: WordReader, last: int
) -> None:
    receipt = Image.new("RGB", (300, 3000), "white")
    for k in range(60):
        ImageDraw.Draw(receipt).text((40, 10 + 50 * k), f"Amount {k}", fill="black", font=FONT)
    calls: list[int] = []

    def end() -> None:
        calls.append(1)
        if len(calls) > last:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        reader.read(receipt, end)
    assert len(calls) <= last + usable_cores()


def test_a_line_is_cut_where_it_has_gaps() -> None:
    crop = np.full((10, 1000, 3), 255, np.uint8)
    crop[2:8, :310:3] = crop[2:8, 340:690:3] = crop[2:8, 710::3] = 0
    first, second = gaps_in(crop)
    assert 310 <= first <= 340
    assert 690 <= second <= 710


# Alone, as the peak is that of the process.
_PEAK = """
import sys
from pathlib import Path
from PIL import Image
from ocr_model.ocr.readers import WordReader

def mb(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024

reader = WordReader()
page = Image.new("RGB", (int(sys.argv[1]), int(sys.argv[2])), "white")
loaded = mb("VmRSS")
reader.read_words(page)
print(round(mb("VmHWM") - loaded))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the peak")
@pytest.mark.parametrize(
    "size",
    [
        (1, 60_000),
        (20_000, 12),
        pytest.param((7000, 7000), marks=[pytest.mark.integration, pytest.mark.slow]),
    ],
)
def test_memory_is_bounded_whatever_the_shape(size: tuple[int, int]) -> None:
    """17 GB, 2 GB and 0.9 GB before."""
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, *map(str, size)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 1000
