"""Where the answers of an LLM stand and how sure they are, as its engine says it."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow
import pytest
from PIL import Image

from ocr_model.config import parse_config
from ocr_model.engines import build_engine
from ocr_model.errors import ConfigError
from ocr_model.schema import Page, PageResult, Quality
from tests.support.endpoint import GOOD, USAGE, Endpoint, Reply, Seen, completion
from tests.support.llm import SYSTEM, config_of


@pytest.fixture(autouse=True)
def _no_tracing() -> Iterator[None]:
    mlflow.tracing.disable()
    yield
    mlflow.tracing.reset()  # type: ignore[no-untyped-call]


def read_twice(
    image: Image.Image, monkeypatch: pytest.MonkeyPatch, *script: Any, **settings: Any
) -> tuple[PageResult, PageResult, list[Seen]]:
    with Endpoint(list(script)) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        engine = build_engine(config_of(**settings), SYSTEM)
        first, again = engine.read_page(Page(1, image)), engine.read_page(Page(1, image))
        return first, again, endpoint.requests


def read(
    image: Image.Image, monkeypatch: pytest.MonkeyPatch, *script: Any, **settings: Any
) -> tuple[PageResult, list[Seen]]:
    with Endpoint(list(script) or [completion()]) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        engine = build_engine(config_of(**settings), SYSTEM)
        return engine.read_page(Page(1, image)), endpoint.requests


def test_quality_is_known_where_the_ocr_read_the_page(
    form_image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed, _ = read(form_image, monkeypatch, answer_boxes="ocr")
    alone, _ = read(form_image, monkeypatch)
    assert placed.quality is not None
    assert placed.quality.letter_height_px == pytest.approx(20, abs=5)
    assert placed.quality.unsure_share == 0
    assert alone.quality == Quality(1)


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
    from ocr_model.ocr.readers import WordReader

    read_pages: list[Image.Image] = []
    real = WordReader.read

    def counted(self: WordReader, image: Image.Image, *others: Any) -> Any:
        read_pages.append(image)
        return real(self, image, *others)

    monkeypatch.setattr(WordReader, "read", counted)
    result, _ = read(form_image, monkeypatch, answer_boxes="ocr", page_input="image+text")
    assert result.answers[0].box is not None
    assert read_pages == [form_image]


def test_what_stands_beside_its_question_is_surer_than_what_does_not_stand_there(
    form_image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = json.dumps(
        {
            "pairs": [
                {"key": "Name:", "value": ["Ann Berg"]},
                {"key": "Town:", "value": ["Antwerp"]},
                {"key": "Date:", "value": []},
            ]
        }
    )
    result, _ = read(form_image, monkeypatch, completion(reply), answer_boxes="ocr")
    found, invented, blank = result.answers
    assert found.confidence is not None
    assert found.confidence > 0.8
    assert invented.box is None
    # Not alike at all: log odds of -1.5.
    assert invented.confidence == pytest.approx(0.1824, abs=1e-4)
    assert blank.confidence is None


def test_two_replies_that_agree_are_surer_than_two_that_do_not(
    form_image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = json.dumps(
        {"pairs": [{"key": "NAME", "value": ["ann berg"]}, {"key": "Town", "value": ["Rome"]}]}
    )
    first = json.dumps(
        {"pairs": [{"key": "Name:", "value": ["Ann Berg"]}, {"key": "Town", "value": ["Bonn"]}]}
    )
    result, requests = read(
        form_image, monkeypatch, completion(first), completion(other), second_opinion="on"
    )
    assert [answer.answer for answer in result.answers] == ["Ann Berg", "Bonn"]
    assert [answer.confidence for answer in result.answers] == pytest.approx(
        [0.8808, 0.1192], abs=1e-4
    )
    assert (result.usage.prompt_tokens, len(requests)) == (2 * USAGE["prompt_tokens"], 2)
    framings = [seen.body["messages"][0]["content"] for seen in requests]
    assert framings[0] == SYSTEM[0]["content"]
    assert framings[1] != framings[0]


def test_a_second_opinion_that_fails_costs_no_answer(
    form_image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = completion(None, refusal="I cannot.")
    result, _ = read(form_image, monkeypatch, completion(), refused, second_opinion="on")
    assert [answer.answer for answer in result.answers] == ["Ann Berg", None]
    assert [answer.confidence for answer in result.answers] == [None, None]
    assert result.usage.prompt_tokens == 2 * USAGE["prompt_tokens"]
    (note,) = result.notes
    assert note.startswith("second opinion failed: ")


def test_a_second_opinion_is_kept_like_any_reply(
    form_image: Image.Image, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = {"second_opinion": "on", "cache": "read-write", "cache_path": str(tmp_path / "c")}
    first, again, requests = read_twice(
        form_image, monkeypatch, completion(), completion(), **settings
    )
    assert len(requests) == 2
    assert (first.cached, again.cached) == (False, True)
    assert again.answers == first.answers
    assert again.answers[0].confidence == pytest.approx(0.8808, abs=1e-4)


def with_logprobs(least: float) -> Reply:
    """The usual reply, one token a character, the second letter of the name less sure."""
    reply = completion(GOOD)
    position = GOOD.index("nn Berg")
    content = [
        {"token": sign, "logprob": least if number == position else 0.0, "bytes": None}
        for number, sign in enumerate(GOOD)
    ]
    reply.body["choices"][0]["logprobs"] = {"content": content}
    return reply


@pytest.mark.parametrize("cache", ["off", "read-write"])
def test_logprobs_that_are_asked_for_make_a_confidence(
    form_image: Image.Image, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: str
) -> None:
    settings = {"llm_parameters": {"logprobs": True}, "cache": cache}
    settings["cache_path"] = str(tmp_path / "cache")
    # Least token 0.5: no gain; the mean of 8 tokens 0.5 ** (1 / 8): 0.5 * (2 * 0.917 - 1)
    expected = 1 / (1 + math.exp(-0.5 * (2 * 0.5 ** (1 / 8) - 1)))
    script = [with_logprobs(math.log(0.5))] * 2
    *results, requests = read_twice(form_image, monkeypatch, *script, **settings)
    assert len(requests) == (2 if cache == "off" else 1)
    for result in results:
        name, blank = result.answers
        assert name.confidence == pytest.approx(expected)
        assert blank.confidence is None


def test_a_calibration_turns_scores_into_its_confidences(
    form_image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, _ = read(
        form_image,
        monkeypatch,
        completion(),
        completion(),
        second_opinion="on",
        confidence_calibration=((0.0, 0.3), (1.0, 0.3)),
    )
    assert result.answers[0].confidence == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([[0.0, 0.5], [1.0, 0.4]], "expected points that rise"),
        ([[0.5, 0.5], [0.1, 0.6]], "expected points that rise"),
        ([[0.0, 0.5], [1.0, 1.4]], r"in \[0, 1\]"),
    ],
)
def test_a_calibration_that_makes_no_sense_is_refused(points: Any, said: str) -> None:
    settings = {"prompt_uri": "prompts:/p/1", "confidence_calibration": points}
    with pytest.raises(ConfigError, match=said):
        parse_config(settings)
