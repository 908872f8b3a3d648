"""The steps between a page and its lines: same numbers with less memory, and no thread left."""

from __future__ import annotations

import threading
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from rapidocr.ch_ppocr_det.utils import DetPreProcess

from ocr_model.ocr.networks import load_engine, preparing_in_one_array
from ocr_model.ocr.text_lines import LineReader

FONT = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), 20)
# Of different widths and out of order, so that lines of several threads are put back in place.
TEXTS = ("Total amount to be paid by the buyer", "58312", "Invoice number:", "Date of the order")


@pytest.fixture(scope="module")
def reader() -> LineReader:
    return LineReader()


@pytest.fixture(scope="module")
def page() -> Image.Image:
    image = Image.new("RGB", (600, 300), "white")
    for i, text in enumerate(TEXTS):
        ImageDraw.Draw(image).text((40, 30 + 60 * i), text, fill="black", font=FONT)
    return image


def test_pixels_prepared_in_one_array_are_those_rapidocr_computes() -> None:
    preprocess = DetPreProcess(736, "min", [0.5, 0.4, 0.3], [0.5, 0.25, 0.125])
    pixels = np.random.default_rng(0).integers(0, 256, (800, 740, 3), dtype=np.uint8)
    prepared = preparing_in_one_array(preprocess)(pixels)
    assert prepared is not None
    assert np.array_equal(prepared, preprocess(pixels))
    # Else ONNX Runtime makes a copy.
    assert prepared.flags.c_contiguous


def test_lines_come_in_the_order_of_their_crops(reader: LineReader, page: Image.Image) -> None:
    detection = reader.detect(page)
    together = reader.recognise(detection.crops, detection.aspects)
    assert tuple(line.text for line in together) == TEXTS
    for crop, aspect, line in zip(detection.crops, detection.aspects, together, strict=True):
        (alone,) = reader.recognise([crop], [aspect])
        assert (alone.text, alone.confidence) == (line.text, line.confidence)


def test_lines_are_those_rapidocr_reads(reader: LineReader, page: Image.Image) -> None:
    detection = reader.detect(page)
    read = load_engine().recognize_txt(list(detection.crops))
    assert reader.recognise(detection.crops, detection.aspects) == list(
        zip(read.txts, read.scores, read.word_results, strict=True)
    )


def test_reading_leaves_no_thread_behind(reader: LineReader, page: Image.Image) -> None:
    """A process that forks later would wait for them for ever."""
    before = set(threading.enumerate())
    detection = reader.detect(page)
    reader.recognise(detection.crops, detection.aspects)
    assert set(threading.enumerate()) == before


def test_white_page_has_no_lines(reader: LineReader) -> None:
    detection = reader.detect(Image.new("RGB", (300, 200), "white"))
    assert list(reader.place(detection, reader.recognise(detection.crops, detection.aspects))) == []
    assert detection.quads.shape == (0, 4, 2)
