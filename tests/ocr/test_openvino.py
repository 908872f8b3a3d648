"""Reading with OpenVINO; what needs the package is skipped where it is not installed."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import matplotlib
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_model.config import parse_config
from ocr_model.engines.local import LocalEngine
from ocr_model.errors import ConfigError
from ocr_model.ocr import WordReader
from ocr_model.schema import Page

FONT = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), 20)
WORDS = ["Invoice", "number:", "58312", "Date", "of", "the", "order:", "6", "May", "1996"]
installed = pytest.mark.skipif(find_spec("openvino") is None, reason="the extra `openvino`")


@pytest.fixture(scope="module")
def page() -> Image.Image:
    image = Image.new("RGB", (600, 200), "white")
    for y, text in ((30, "Invoice number: 58312"), (90, "Date of the order: 6 May 1996")):
        ImageDraw.Draw(image).text((40, y), text, fill="black", font=FONT)
    return image


def test_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(ConfigError, match=r"openvino, got: .*pip install 'ocr_model\[openvino\]'"):
        WordReader("openvino")


def test_rows_of_the_default_runtime_have_no_note_of_it() -> None:
    assert LocalEngine(parse_config({"prompt_uri": "prompts:/p/1"})).notes == ()


@installed
def test_rows_say_that_openvino_read_them_and_how(page: Image.Image) -> None:
    engine = LocalEngine(parse_config({"prompt_uri": "prompts:/p/1", "ocr_runtime": "openvino"}))
    assert engine.notes in {(f"words read by OpenVINO in {kind}",) for kind in ("bf16", "f32")}
    answers = engine.read_page(Page(1, page)).answers
    assert [(answer.question, answer.answer) for answer in answers] == [
        ("Invoice number:", "58312"),
        ("Date of the order:", "6 May 1996"),
    ]


@installed
def test_words_and_boxes_are_those_of_the_default_runtime(page: Image.Image) -> None:
    ours, theirs = WordReader("openvino").read_words(page), WordReader().read_words(page)
    assert [word.text for word in ours] == [word.text for word in theirs] == WORDS
    for word, other in zip(ours, theirs, strict=True):
        assert word.box == pytest.approx(other.box, abs=6)
        assert word.confidence == pytest.approx(other.confidence, abs=0.05)


_ALONE = """
import socket, sys
def refuse(*_):
    raise AssertionError("the network was asked for")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from ocr_model.ocr import WordReader
from PIL import Image
WordReader("openvino").read_words(Image.new("RGB", (200, 100), "white"))
print(sorted({"onnxruntime", "openvino"} & sys.modules.keys()))
"""


@installed
def test_one_runtime_is_loaded_and_nothing_is_fetched() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ALONE], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "['openvino']\n"), done.stderr
