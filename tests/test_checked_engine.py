"""Where the answers of an LLM stand, as its engine says it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import mlflow
import pytest
from PIL import Image

from ocr_model.engines import build_engine
from ocr_model.errors import ConfigError
from ocr_model.schema import Page, PageResult
from tests.endpoint import Endpoint, Seen, completion
from tests.llm import SYSTEM, config_of


@pytest.fixture(autouse=True)
def _no_tracing() -> Iterator[None]:
    mlflow.tracing.disable()
    yield
    mlflow.tracing.enable()


def read(
    image: Image.Image, monkeypatch: pytest.MonkeyPatch, *script: Any, **settings: Any
) -> tuple[PageResult, list[Seen]]:
    with Endpoint(list(script) or [completion()]) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        engine = build_engine(config_of(**settings), SYSTEM)
        result = engine.read_page(Page(1, image))
        return result, endpoint.requests


def test_answers_have_a_box_around_their_letters(
    form_image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, _ = read(form_image, monkeypatch, answer_boxes="ocr")
    name, blank = result.answers
    assert (name.answer, blank.answer) == ("Ann Berg", None)
    assert name.box is not None
    left, top, right, bottom = name.box
    inside = form_image.convert("L").point(lambda grey: 255 * (grey < 128))
    around = inside.crop((int(left), int(top), int(right), int(bottom)))
    beside = inside.crop((int(right) + 1, int(top), form_image.width, int(bottom)))
    assert around.getbbox() is not None
    assert beside.getbbox() is None
    assert 10 < bottom - top < 60
    assert blank.box is None


def test_boxes_of_a_turned_page_are_in_its_own_pixels(
    form_image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    upright, _ = read(form_image, monkeypatch, answer_boxes="ocr")
    turned, _ = read(form_image.rotate(180), monkeypatch, answer_boxes="ocr")
    box, other = upright.answers[0].box, turned.answers[0].box
    assert box is not None
    assert other is not None
    width, height = form_image.size
    expected = (width - box.right, height - box.bottom, width - box.left, height - box.top)
    assert other == pytest.approx(expected, abs=4)


def test_without_the_setting_no_word_is_read(
    form_image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    result, _ = read(form_image, monkeypatch)
    assert [answer.box for answer in result.answers] == [None, None]


def test_boxes_without_the_ocr_packages_are_refused_with_the_remedy(
    form_image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(ConfigError, match=r"pip install 'ocr_model\[local\]'"):
        read(form_image, monkeypatch, answer_boxes="ocr")


def test_a_page_is_read_once_for_its_text_and_its_boxes(
    form_image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ocr_model.ocr import WordReader

    read_pages: list[Image.Image] = []
    real = WordReader.read

    def counted(self: WordReader, image: Image.Image) -> Any:
        read_pages.append(image)
        return real(self, image)

    monkeypatch.setattr(WordReader, "read", counted)
    result, _ = read(form_image, monkeypatch, answer_boxes="ocr", page_input="image+text")
    assert result.answers[0].box is not None
    assert read_pages == [form_image]
