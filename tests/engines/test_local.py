"""The embedded engine from page to answers, alone and from several threads at once."""

from __future__ import annotations

import json
import math
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matplotlib
import mlflow
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_model.config import ExtractorConfig
from ocr_model.engines import build_engine
from ocr_model.engines.deadline import RequestDeadline
from ocr_model.engines.local import LocalEngine
from ocr_model.errors import ExtractionError
from ocr_model.fields import Field, WantedFields
from ocr_model.ocr.orientation import box_before_turn, turn_image
from ocr_model.schema import Box, Outcome, Page, PageResult, Quality

CONFIG = ExtractorConfig(prompt_uri="prompts:/ocr-question-answer/1")


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(CONFIG)


FONT = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), 20)


def middle(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def pairs(result: PageResult) -> list[tuple[str, str | None]]:
    return [(answer.question, answer.answer) for answer in result.answers]


def test_drawn_form_gives_its_pairs(engine: LocalEngine, form_image: Image.Image) -> None:
    result = engine.read_page(Page(2, form_image))
    assert pairs(result) == [("Name:", "Ann Berg"), ("Date:", "14 May 2024")]
    assert [answer.page for answer in result.answers] == [2, 2]
    assert result.usage.prompt_tokens is None


def test_words_and_places_are_kept_where_fields_are_wanted_and_only_there(
    engine: LocalEngine, form_image: Image.Image
) -> None:
    assert engine.read_page(Page(1, form_image)).upright is None
    wanted = WantedFields(fields=(Field(name="Name", labels=("Name",)),))
    turned = turn_image(form_image, 90)
    result = LocalEngine(CONFIG, wanted=wanted).read_page(Page(1, turned))
    upright = result.upright
    assert upright is not None
    assert [word.text for word in upright.words].count("Name:") == 1
    # On the upright page words lie side by side, on the page as it was sent one above the other.
    for asked, placed in zip(upright.answers, result.answers, strict=True):
        assert asked.box is not None
        assert asked.box.right - asked.box.left > asked.box.bottom - asked.box.top
        assert upright.places[asked.box] == placed.box
    [name] = [word.box for word in upright.words if word.text == "Name:"]
    place = upright.places[name]
    assert place.bottom - place.top > place.right - place.left


def test_a_calibration_turns_its_confidences_into_those_of_other_forms(
    engine: LocalEngine, form_image: Image.Image
) -> None:
    half = CONFIG.model_copy(update={"confidence_calibration": ((0.0, 0.0), (1.0, 0.5))})
    given = engine.read_page(Page(1, form_image)).answers
    halved = LocalEngine(half).read_page(Page(1, form_image)).answers
    assert [a.confidence for a in halved] == [
        pytest.approx(a.confidence / 2) for a in given if a.confidence
    ]
    assert len(given) == 2


def test_box_surrounds_the_answer_on_the_page(engine: LocalEngine, form_image: Image.Image) -> None:
    box = engine.read_page(Page(1, form_image)).answers[0].box
    assert box is not None
    assert box.left == pytest.approx(220, abs=12)
    assert 30 < box.top < box.bottom < 80


def test_tick_the_document_tells_of_answers_its_question_however_far_away(
    engine: LocalEngine,
) -> None:
    image, label = Image.new("RGB", (900, 300), "white"), ImageFont.load_default(28)
    draw = ImageDraw.Draw(image)
    for y, text in ((40, "Surname:"), (110, "Member:"), (180, "City:")):
        draw.text((60, y), text, "black", label)
    draw.text((500, 40), "Okonkwo", "black", label)
    draw.text((500, 180), "Ulm", "black", label)
    tick = Box(500, 112, 530, 142)
    draw.rectangle(tick, outline="black", width=2)
    draw.line((506, 118, 524, 136), "black", 4)
    draw.line((506, 136, 524, 118), "black", 4)
    told = dict(pairs(engine.read_page(Page(1, image, ticks=(tick,)))))
    assert told == {"Surname:": "Okonkwo", "Member:": "☑", "City:": "Ulm"}


def test_turned_page_gives_its_pairs_and_says_so(
    engine: LocalEngine, form_image: Image.Image
) -> None:
    upright = engine.read_page(Page(2, form_image))
    turned = engine.read_page(Page(2, turn_image(form_image, 180)))
    assert pairs(turned) == pairs(upright)
    assert (upright.notes, turned.notes) == ((), ("page 2 read turned by 180 degrees",))
    for before, after in zip(upright.answers, turned.answers, strict=True):
        assert before.box is not None
        assert after.box == box_before_turn(before.box, 180, *form_image.size)


@pytest.mark.parametrize("slope", [7, -15])
def test_skewed_page_gives_its_pairs_in_its_own_pixels_and_says_so(
    engine: LocalEngine, form_image: Image.Image, slope: int
) -> None:
    skewed = form_image.rotate(-slope, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    given, read = engine.read_page(Page(1, form_image)), engine.read_page(Page(1, skewed))
    assert pairs(read) == pairs(given)
    (note,) = read.notes
    assert float(note.split()[-2]) == pytest.approx(abs(slope), abs=1.5)
    for before, after in zip(given.answers, read.answers, strict=True):
        assert before.box is not None
        assert after.box is not None
        (x, y), size = middle(before.box), form_image.size
        dx, dy, angle = x - size[0] / 2, y - size[1] / 2, math.radians(slope)
        there = (
            dx * math.cos(angle) - dy * math.sin(angle) + skewed.width / 2,
            dx * math.sin(angle) + dy * math.cos(angle) + skewed.height / 2,
        )
        assert middle(after.box) == pytest.approx(there, abs=10)


@pytest.mark.parametrize("slope", [0, -8])
def test_quality_is_that_of_the_page_as_given(
    engine: LocalEngine, form_image: Image.Image, slope: int
) -> None:
    large = form_image.resize((1800, 720))
    skewed = large.rotate(-slope, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    quality = engine.read_page(Page(2, skewed)).quality
    assert quality is not None
    assert (quality.page, quality.text_source) == (2, "pixels")
    # Print of 24 px, three times as large; capitals are 0.7 of that, and letters have descenders.
    assert quality.letter_height_px == pytest.approx(3 * 20, abs=3 * 5)
    # Four short lines, of which some have descenders at one end only.
    assert quality.skew_deg == pytest.approx(slope, abs=1.5)
    assert quality.unsure_share == 0


def test_quality_of_a_page_without_words_knows_nothing_of_letters(engine: LocalEngine) -> None:
    quality = engine.read_page(Page(1, Image.new("RGB", (400, 500), "white"))).quality
    assert quality == Quality(1, "pixels", None, None, 0.0)


def test_page_in_a_script_the_recogniser_was_not_taught_is_in_doubt(engine: LocalEngine) -> None:
    page = Image.new("RGB", (700, 400), "white")
    for k, text in enumerate(("Фамилия: Щербакова", "Дата рождения: 14 марта", "Адрес: Москва")):
        ImageDraw.Draw(page).text((40, 40 + 90 * k), text, fill="black", font=FONT)
    result = engine.read_page(Page(3, page))
    assert result.doubtful
    assert result.quality is not None
    assert result.quality.unsure_share is not None
    assert result.quality.unsure_share > 0.3
    assert "of its text could not be read surely" in result.notes[0]
    assert result.notes[0].startswith("page 3: ")


def test_clear_page_is_in_no_doubt(engine: LocalEngine, form_image: Image.Image) -> None:
    assert not engine.read_page(Page(1, form_image)).doubtful


def test_white_page_has_no_answers(engine: LocalEngine) -> None:
    assert engine.read_page(Page(1, Image.new("RGB", (400, 500), "white"))).answers == ()


class Hourglass(RequestDeadline):
    """Runs out after so many looks at it."""

    def __init__(self, looks: int) -> None:
        super().__init__(60)
        self.looks = looks

    @property
    def is_over(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def test_long_page_is_given_up_when_the_time_of_the_request_is_over(engine: LocalEngine) -> None:
    page = Page(1, Image.new("RGB", (300, 20_000), "white"))
    with pytest.raises(ExtractionError, match="the 60 s of this request were over") as ended:
        engine.read_page(page, Hourglass(looks=4))
    assert ended.value.outcome is Outcome.TIMEOUT


@pytest.mark.integration
@pytest.mark.slow
def test_pages_read_at_once_equal_pages_read_in_turn(
    engine: LocalEngine, form_image: Image.Image
) -> None:
    pages = [
        Page(number, form_image.resize((600 + 40 * number, 240 + 16 * number)))
        for number in range(1, 9)
    ]
    in_turn = [engine.read_page(page) for page in pages]
    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(engine.read_page, pages))
    assert at_once == in_turn
    assert all(result.answers for result in in_turn)


def test_concurrency_is_bounded_by_cores_and_setting(
    engine: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    assert LocalEngine(CONFIG).concurrency == 3
    assert LocalEngine(CONFIG.model_copy(update={"concurrency": 1})).concurrency == 1


def test_configuration_builds_it_and_it_says_that_the_prompt_is_not_read() -> None:
    built = build_engine(CONFIG, ())
    assert (built.name, built.llm) == ("local", None)
    assert built.notes == ()


def test_spans_hold_counts_and_nothing_of_the_page(
    engine: LocalEngine, form_image: Image.Image, mlflow_store: str
) -> None:
    with mlflow.start_span("document"):
        engine.read_page(Page(1, form_image))
    trace = mlflow.get_trace(mlflow.get_last_active_trace_id() or "")
    assert trace is not None
    [span] = trace.data.spans
    assert span.attributes["read_words"]["words"] == 7
    assert span.attributes["link_words"].items() >= {"answers": 2, "blank": 0}.items()
    written = json.dumps(span.to_dict())
    assert len(written) < 2_000
    assert "Berg" not in written
