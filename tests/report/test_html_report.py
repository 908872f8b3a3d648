from __future__ import annotations

import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ocr_model.forms.annotation import LabelledPair, QAPair
from ocr_model.forms.funsd import Form
from ocr_model.report import html_report
from ocr_model.report.html_report import ReportHead, render_report
from ocr_model.report.report_views import ReportedForm, reported_form
from ocr_model.schema import Box

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
TRACE = "tr-0123"
METRICS = {
    "pair_f1_normalized": 0.5,
    "pair_f1_normalized/ci_low": 0.41,
    "pair_f1_normalized/ci_high": 0.63,
    "pair_precision_normalized": 0.5,
    "seconds_per_page": 1.25,
}
ROW = {
    "outcome": "ok",
    "error": None,
    "answers": (),
    "pages": 1,
    "latency_ms": 1234,
    "prompt_tokens": 1200,
    "completion_tokens": None,
    "trace_id": TRACE,
}


class Seen(HTMLParser):
    """Tags with their attributes, and the text outside of style and script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data: str) -> None:
        if self._open not in ("style", "script"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.png"
    Image.new("RGB", (120, 80), "white").save(path)
    return path


def report_of(
    page: Path, predictions: Any, f1: float = 0.5, name: str = "form", **members: Any
) -> ReportedForm:
    place = LabelledPair("Date", "5 May", 1, Box(5, 5, 30, 15), Box(40, 5, 80, 15))
    form = Form(name, page, (QAPair("Date", "5 May"),), places=(place,))
    return reported_form(form, {**ROW, **members}, predictions, f1)


def rendered(*forms: ReportedForm, **head: Any) -> Seen:
    return Seen(render_report(ReportHead("Evaluation of m/1", **head), METRICS, forms))


def test_first_screen_says_how_good_how_sure_and_what_of(page: Path) -> None:
    seen = rendered(report_of(page, {}), facts={"engine": "local"})
    assert "Evaluation of m/1 engine local" in seen.text
    assert "Pair F1 over 1 forms 0.50 95 % interval 0.41 to 0.63 precision 0.50" in seen.text
    assert "seconds per page 1.25" in seen.text


def test_form_shows_truth_prediction_outcome_time_tokens_and_trace(page: Path) -> None:
    text = rendered(report_of(page, {"Date": ["6 May"]})).text
    assert "≠ 1 Date 5 May 6 May" in text
    assert "ok 1.23 s 1,200 + – tokens trace tr-0123" in text


def test_confidences_are_shown_with_their_curves_and_doubtful_rows_are_marked(page: Path) -> None:
    answer = {"question": "Date", "answer": "5 May", "page": 1, "box": None, "confidence": 0.25}
    doubtful = report_of(page, {"Date": ["5 May"]}, answers=[answer], needs_review=True)
    seen = rendered(doubtful)
    assert "needs review" in seen.text
    assert "✓ 1 Date 5 May 5 May 0.25" in seen.text
    assert {path["d"] for path in seen.all("path") if path.get("class") == "line"} == {
        "M25 0",
        "M100 100",
    }


def test_without_confidences_there_are_no_curves(page: Path) -> None:
    seen = rendered(report_of(page, {"Date": ["5 May"]}))
    assert [path for path in seen.all("path") if path.get("class") == "line"] == []
    assert "needs review" not in seen.text


def test_fault_is_told(page: Path) -> None:
    failed = report_of(page, None, 0.0, outcome="timeout", error="No reply within 5 s.")
    text = rendered(failed).text
    assert "timeout: No reply within 5 s." in text
    assert "\N{MINUS SIGN} 1 Date 5 May not read" in text


def test_pair_is_drawn_over_the_picture_in_the_pixels_of_the_page(page: Path) -> None:
    seen = rendered(report_of(page, {"Date": ["6 May"]}))
    assert {"viewbox": "0 0 120 80", "aria-hidden": "true"} in seen.all("svg")
    assert {"class": "wrong_answer", "data-n": "1"} in seen.all("g")
    [image] = seen.all("img")
    assert (image["width"], image["height"], image["loading"]) == ("120", "80", "lazy")


def test_untrusted_text_stays_text(page: Path) -> None:
    hostile = report_of(
        page, {ATTACK: [ATTACK]}, name=ATTACK, trace_id=ATTACK, error=ATTACK, outcome=ATTACK
    )
    seen = rendered(hostile, facts={ATTACK: ATTACK}, trace_link="http://host/?id=")
    assert len(seen.all("script")) == 1
    assert len(seen.all("img")) == 1
    assert not [name for _, given in seen.tags for name in given if name.startswith("on")]
    assert seen.text.count("<script>alert(1)</script>") >= 8


def test_report_needs_nothing_but_itself(page: Path) -> None:
    seen = rendered(report_of(page, {"Date": ["6 May"]}), trace_link="http://host/?id=")
    assert not seen.all("link")
    assert not seen.all("iframe")
    sources = [value for _, given in seen.tags if (value := given.get("src"))]
    assert all(source.startswith("data:") for source in sources)
    html = render_report(ReportHead("m"), METRICS, [report_of(page, {})])
    assert not re.findall(r"url\(|@import|https?://", html)


@pytest.mark.parametrize(
    ("link", "expected"),
    [(None, []), ("http://host/?id=", ["http://host/?id=tr-0123"])],
    ids=["no server", "server"],
)
def test_trace_is_linked_where_a_server_is_known(
    page: Path, link: str | None, expected: list[str]
) -> None:
    seen = rendered(report_of(page, {}), trace_link=link)
    assert [a["href"] for a in seen.all("a") if a.get("class") == "trace"] == expected


def test_worst_forms_come_first_and_among_equals_those_with_more_to_correct(page: Path) -> None:
    seen = rendered(
        report_of(page, {"Date": ["5 May"]}, 1.0, "best"),
        report_of(page, {}, 0.0, "bad"),
        report_of(page, {"Fax": ["1", "2"]}, 0.0, "worse"),
    )
    shown = [image["alt"] for image in seen.all("img")]
    assert shown == [f"page 1 of {name}" for name in ("worse", "bad", "best")]


def test_forms_beyond_the_limit_are_listed_without_a_picture(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_report, "MAX_PICTURED_FORMS", 2)
    forms = [report_of(page, {}, f1, f"form{f1}") for f1 in (0.3, 0.1, 0.2)]
    seen = rendered(*forms)
    assert len(seen.all("img")) == 2
    assert "form0.3 0.30" in seen.text
    assert "Pictured are the 2 worst of 3 forms" in seen.text


def test_picture_that_cannot_be_shown_says_why(tmp_path: Path) -> None:
    text = rendered(report_of(tmp_path / "absent.png", {})).text
    assert "The page cannot be shown." in text
    assert "No such file" in text


def test_half_a_surrogate_pair_does_not_break_the_file(page: Path) -> None:
    html = render_report(ReportHead("m"), METRICS, [report_of(page, {"Date": ["\ud800"]})])
    assert html.encode("utf-8")


def test_rightly_empty_form_says_so(page: Path) -> None:
    empty = reported_form(Form("letter", page, ()), ROW, {}, 1.0)
    assert "Nothing is labelled on this form, and nothing was read." in rendered(empty).text


def test_every_template_is_packaged() -> None:
    checkout = Path(__file__).parents[2]
    project = tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["ocr_model"]
    package = checkout / "ocr_model"
    packaged = {path for pattern in patterns for path in package.glob(pattern)}
    assert set((package / "templates").iterdir()) <= packaged
