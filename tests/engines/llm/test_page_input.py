"""Image, text or both: what of a page reaches the endpoint."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import mlflow
import pytest
from PIL import Image

from ocr_model.documents import EncodedPage
from ocr_model.engines.llm.page_content import SentPage, may_lack_image
from ocr_model.errors import ConfigError, LLMError
from ocr_model.prompts import Message
from ocr_model.schema import Page
from tests.support.endpoint import GOOD, Endpoint, Seen, completion, error
from tests.support.llm import PAGE, SYSTEM, engine_on


@pytest.fixture(autouse=True)
def _no_tracing(request: pytest.FixtureRequest) -> Iterator[None]:
    traced = "mlflow_store" in request.fixturenames
    if not traced:
        mlflow.tracing.disable()
    yield
    mlflow.tracing.reset()  # type: ignore[no-untyped-call]


def sent(image: Image.Image, messages: tuple[Message, ...] = SYSTEM, **settings: Any) -> Seen:
    with (
        Endpoint([completion()]) as endpoint,
        engine_on(endpoint.environment, messages, **settings) as engine,
    ):
        result = engine.read_page(Page(1, image))
    assert [answer.answer for answer in result.answers] == ["Ann Berg", None]
    (seen,) = endpoint.requests
    return seen


def test_text_is_one_string_with_the_columns_of_the_page(form_image: Image.Image) -> None:
    seen = sent(form_image, page_input="text")
    assert seen.data_urls == []
    content = seen.body["messages"][-1]["content"]
    assert isinstance(content, str)
    page = content.partition("<page>\n")[2].partition("\n</page>")[0].splitlines()
    assert [line.split() for line in page if line] == [
        ["Name:", "Ann", "Berg"],
        ["Date:", "14", "May", "2024"],
    ]
    assert page[0].index("Ann") == page[-1].index("14") >= len("Name:  ")
    assert '{"pairs": [{"key":' in content


def test_text_joins_the_users_message_of_a_chat_prompt(form_image: Image.Image) -> None:
    messages = (Message(role="user", content="Read this."),)
    seen = sent(form_image, messages, page_input="text")
    (message,) = seen.body["messages"]
    assert message["content"].startswith("Read this.\n\nThe page as OCR read it")


def test_both_go_as_parts_of_one_message(form_image: Image.Image) -> None:
    seen = sent(form_image, page_input="image+text")
    assert [part["type"] for part in seen.parts] == ["image_url", "text", "text"]
    assert seen.image.size == (600, 240)
    assert "Ann Berg" in seen.text
    assert "with its mistakes" in seen.text


def test_an_image_alone_needs_no_ocr(
    form_image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    assert "Ann Berg" not in sent(form_image).text


@pytest.mark.parametrize("page_input", ["text", "image+text"])
def test_text_without_the_ocr_packages_is_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, page_input: str
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with (
        pytest.raises(ConfigError, match=r"pip install 'ocr_model\[local\]'.*`page_input` 'image'"),
        engine_on({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, page_input=page_input),
    ):
        pass


def test_a_page_without_text_is_not_asked_for() -> None:
    with Endpoint() as endpoint, engine_on(endpoint.environment, page_input="text") as engine:
        result = engine.read_page(Page(1, Image.new("RGB", (400, 300), "white")))
    assert (result.answers, endpoint.requests) == ((), [])
    assert result.notes == ("no text on the page: the LLM was not asked",)


def test_text_too_long_for_the_llm_is_not_sent_again(form_image: Image.Image) -> None:
    refusal = error(400, "too long", code="context_length_exceeded")
    with (
        Endpoint([refusal]) as endpoint,
        engine_on(endpoint.environment, page_input="text") as engine,
        pytest.raises(LLMError, match="too long"),
    ):
        engine.read_page(Page(1, form_image))
    assert len(endpoint.requests) == 1


def test_spans_tell_sizes_and_digest_of_the_text(
    form_image: Image.Image, mlflow_store: str
) -> None:
    with (
        Endpoint([completion()]) as endpoint,
        engine_on(endpoint.environment, page_input="text") as engine,
        mlflow.start_span("page") as root,
    ):
        engine.read_page(Page(1, form_image))
    trace = mlflow.get_trace(root.trace_id)
    assert trace is not None
    page, ask = trace.data.spans
    assert page.attributes["read_words"]["words"] == 7
    assert page.attributes["request"].keys() >= {"text_chars", "text_sha256"}
    assert "image" not in page.attributes["request"]
    assert ask.inputs["messages"][1]["content"].startswith("The page as OCR read it")


@pytest.mark.parametrize("detail", ["low", "high", "auto", "original"])
def test_detail_is_sent_as_configured(detail: str) -> None:
    (part, _) = sent(PAGE.image, image_detail=detail).parts
    assert part["image_url"]["detail"] == detail


def test_detail_can_be_left_out() -> None:
    (part, _) = sent(PAGE.image, image_detail="omit").parts
    assert part["image_url"].keys() == {"url"}


def test_quality_is_that_of_the_jpeg(form_image: Image.Image) -> None:
    sizes = [len(sent(form_image, image_quality=q).data_urls[0]) for q in (20, 90)]
    assert sizes[0] < sizes[1]


LARGE = EncodedPage(b"", "image/jpeg", 773, 1000)
SMALL = EncodedPage(b"", "image/jpeg", 120, 80)


@pytest.mark.parametrize(
    ("image", "detail", "characters", "prompt_tokens", "lacks"),
    [
        (LARGE, "high", 1600, 430, True),
        (LARGE, "high", 1600, 449, True),
        (LARGE, "high", 1600, 450, False),
        (LARGE, "high", 1600, 1200, False),
        (LARGE, "low", 1600, 430, False),
        (SMALL, "high", 1600, 430, False),
        (None, "high", 1600, 10, False),
    ],
    ids=["dropped", "just_below", "just_enough", "there", "low_detail", "small", "no_image"],
)
def test_fewer_tokens_than_text_and_image_take_are_noticed(
    image: EncodedPage | None, detail: str, characters: int, prompt_tokens: int, lacks: bool
) -> None:
    text = "x" * characters
    assert may_lack_image(SentPage((image,) if image else ()), detail, text, prompt_tokens) is lacks


def test_blanks_cost_next_to_nothing() -> None:
    assert not may_lack_image(SentPage((LARGE,)), "high", "a" + " " * 9000 + "b", 60)


def test_a_dropped_image_is_noted_on_the_page_once() -> None:
    usage = {"prompt_tokens": 60, "completion_tokens": 30}
    page = Page(1, Image.new("RGB", (800, 1000), "white"))
    script = [completion("Hm.", usage=usage), completion(GOOD, usage=usage)]
    with Endpoint(script) as endpoint, engine_on(endpoint.environment) as engine:
        notes = engine.read_page(page).notes
    assert notes[0] == "60 prompt tokens: the endpoint may have dropped the image"
    assert sum("dropped the image" in note for note in notes) == 1


@pytest.mark.parametrize(
    ("size", "sent_sizes"),
    [
        ((600, 4000), [(500, 1000)] * 4),
        ((4000, 600), [(1000, 500)] * 4),
        ((300, 1200), [(250, 1000)]),
    ],
    ids=["tall", "wide", "a_little_long"],
)
def test_long_page_is_sent_in_strips_that_can_be_read(
    size: tuple[int, int], sent_sizes: list[tuple[int, int]]
) -> None:
    page = Page(1, Image.new("RGB", size, "white"))
    with Endpoint() as endpoint, engine_on(endpoint.environment) as engine:
        result = engine.read_page(page)
    (seen,) = endpoint.requests
    assert [image.size for image in seen.images] == sent_sizes
    is_cut = len(sent_sizes) > 1
    assert ("here are 4 strips of it" in seen.text) is is_cut
    assert ("page 1 sent in 4 overlapping strips" in result.notes) is is_cut


def test_a_strip_begins_before_the_last_one_ends() -> None:
    page = Image.new("RGB", (100, 2000), "white")
    page.paste("black", (0, 900, 100, 930))
    with Endpoint() as endpoint, engine_on(endpoint.environment) as engine:
        engine.read_page(Page(1, page))
    (seen,) = endpoint.requests
    dark = [image.convert("L").point(lambda grey: 255 * (grey < 128)) for image in seen.images]
    heights = [box[3] - box[1] for image in dark if (box := image.getbbox())]
    assert heights == [pytest.approx(30, abs=1)] * 2
