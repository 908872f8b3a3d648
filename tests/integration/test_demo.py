"""The demo in a real browser, before a real model server."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ocr_model.web.client import read_document
from scripts.workshop.chromium import BROWSERS, Chromium, find_browser
from scripts.workshop.model_server import Serving, free_port, served
from tests.integration.conftest import CHECKOUT, Registered
from tests.support.model_stub import ROW, ModelStub
from tests.web.test_demo import demo_for

pytestmark = [pytest.mark.integration, pytest.mark.slow]

FORM = CHECKOUT / "data" / "sample" / "images" / "fax_cover.png"
READ = "document.querySelectorAll('.pair').length"
ERROR = "!document.getElementById('error').hidden"
TAB = 9


@pytest.fixture(scope="module")
def model_url(registered: Registered, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    serving = Serving(registered.model_uri, registered.environment)
    with served(serving, tmp_path_factory.mktemp("serve")) as server:
        yield server.url


@pytest.fixture(scope="module")
def demo(model_url: str) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "scripts.demo", "--url", model_url, "--port", str(port)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(url)
            yield url
        finally:
            process.terminate()


def wait_for(url: str, path: str = "/status") -> None:
    gives_up_at = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}{path}", timeout=5).close()
        except OSError:
            assert time.monotonic() < gives_up_at
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def page(demo: str, tmp_path: Path) -> Iterator[Chromium]:
    browser = find_browser()
    if browser is None:
        pytest.skip(f"needs one of {', '.join(BROWSERS)}")
    with Chromium(browser, tmp_path / "profile") as opened:
        opened.resize(1280, 800)
        opened.open(demo)
        yield opened
        assert {url.partition("/assets")[0].rstrip("/") for url in opened.requests} <= {
            f"{demo}{path}" for path in ("", "/status", "/rows", "/pages", "/sample")
        }


@pytest.fixture(scope="module")
def row(model_url: str) -> dict[str, Any]:
    return read_document(FORM.read_bytes(), FORM.name, model_url)


def test_a_scan_becomes_its_pairs_and_boxes(page: Chromium, row: dict[str, Any]) -> None:
    page.choose_file("#file", FORM)
    page.wait(READ)
    shown = page.run(
        "[...document.querySelectorAll('.pair')].map(pair => [...pair.children].map(part => "
        "part.textContent))"
    )
    assert shown == [
        [answer["question"], "left blank" if answer["answer"] is None else answer["answer"]]
        for answer in row["answers"]
    ]
    facts = page.run("document.getElementById('facts').textContent")
    assert facts.startswith("OutcomeokTime")
    assert f"Pairs{len(row['answers'])}" in facts
    assert page.run("document.getElementById('notes').textContent") == "".join(row["notes"])
    boxes = page.run(
        "[...document.querySelectorAll('.box')].map(box => {const sheet = "
        "box.parentElement.querySelector('img'); const scale = sheet.naturalWidth / "
        "sheet.clientWidth; return [box.offsetLeft * scale, box.offsetTop * scale]})"
    )
    expected = [answer["box"][:2] for answer in row["answers"] if answer["box"]]
    assert boxes == [pytest.approx(corner, abs=2.5) for corner in expected]
    assert page.complaints == []


def test_a_pair_and_its_box_light_up_together(page: Chromium) -> None:
    page.choose_file("#file", FORM)
    page.wait(READ)
    page.hover("button.pair")
    page.wait("document.querySelector('.box.lit')")
    page.hover(".box:last-of-type")
    page.wait("document.querySelector('.box:last-of-type.lit')")
    lit = page.run("[...document.querySelectorAll('.pair.lit .question')].map(q => q.textContent)")
    assert lit == ["Comments:"]


def test_everything_is_reached_by_keyboard_and_named(page: Chromium, row: dict[str, Any]) -> None:
    page.choose_file("#file", FORM)
    page.wait(READ)
    focused = []
    for _ in range(4):
        page.press("Tab", TAB)
        focused.append(page.run("document.activeElement.id || document.activeElement.className"))
    assert focused[:2] == ["file", "sample"]
    assert "pair" in focused[2]
    assert page.run("document.querySelectorAll('.pair.lit, .box.lit').length") == 2
    tree = page.call("Accessibility.getFullAXTree")["nodes"]
    named = {
        (node["role"]["value"], node.get("name", {}).get("value"))
        for node in tree
        if not node["ignored"]
    }
    assert ("button", "Choose a scan or PDF") in named
    assert ("button", "To: Mr. Duncan Abara") in named
    assert ("list", "Questions and answers") in named
    status = page.run("document.getElementById('status').textContent")
    assert status.startswith(f"ok: {len(row['answers'])} pairs in")


def test_a_phone_scrolls_in_one_direction_only(page: Chromium) -> None:
    page.resize(390, 844)
    page.darken(dark=True)
    page.run("document.getElementById('sample').click()")
    page.wait(READ)
    assert page.run("document.documentElement.scrollWidth") == 390
    assert page.run("getComputedStyle(document.body).backgroundColor") == "rgb(18, 20, 22)"
    heights = page.run(
        "[...document.querySelectorAll('.button, .quiet, .pair')].filter(e => e.offsetHeight)"
        ".map(e => e.offsetHeight)"
    )
    assert min(heights) >= 44


FIELDS = [
    {"name": "total", "status": "found", "value": "9.00", "text": "9,00 <b>", "page": 1},
    {"name": "due", "status": "ambiguous", "text": "03/04/26", "page": 1, "reason": "two dates"},
    {"name": "items", "status": "found", "value": "Bolt", "text": "Bolt", "page": 1},
    {"name": "note", "status": "missing", "reason": "nothing asks it"},
]
PLACES = [{"box": [200, 40, 300, 60]}, {}, {"box": [20, 80, 90, 99], "row": 1, "column": "article"}]


def test_fields_are_a_table_with_boxes_and_reasons(tmp_path: Path) -> None:
    browser = find_browser()
    if browser is None:
        pytest.skip(f"needs one of {', '.join(BROWSERS)}")
    fields = [{**field, **place} for field, place in zip(FIELDS, [*PLACES, {}], strict=True)]
    model = ModelStub({"predictions": [ROW | {"fields": fields}]})
    with (
        model.served() as model_url,
        demo_for(model_url) as url,
        Chromium(browser, tmp_path / "profile") as page,
    ):
        page.open(url)
        page.choose_file("#file", FORM)
        page.wait("document.querySelectorAll('#fields tr').length")
        shown = page.run(
            "[...document.querySelectorAll('#fields tr')].map(line => [...line.children].map(cell "
            "=> cell.textContent))"
        )
        assert shown == [
            ["total", "9.00", "9,00 <b>", "found", "1"],
            ["due", "", "03/04/26", "ambiguous: two dates", "1"],
            ["items 1 article", "Bolt", "Bolt", "found", "1"],
            ["note", "", "", "missing: nothing asks it", ""],
        ]
        assert page.run("document.querySelectorAll('.box').length") == 2
        assert page.run("document.querySelectorAll('.pair').length") == 0
        assert "Fields found2 of 4" in page.run("document.getElementById('facts').textContent")
        page.run("document.querySelector('#fields tr').focus()")
        assert page.run("document.querySelector('.box.lit').title") == "total 9.00"
        assert page.complaints == []


def test_a_text_that_turns_its_direction_is_shown_by_number(tmp_path: Path) -> None:
    browser = find_browser()
    if browser is None:
        pytest.skip(f"needs one of {', '.join(BROWSERS)}")
    answer = {"question": "Paid\u202e:", "answer": "\u2066100", "page": 1, "box": [1, 1, 9, 9]}
    row = ROW | {"answers": [answer], "pairs": {"Paid\u202e:": ["\u2066100"]}}
    form = tmp_path / "fdp\u202egnp.png"
    form.write_bytes(FORM.read_bytes())
    with (
        ModelStub({"predictions": [row]}).served() as model_url,
        demo_for(model_url) as url,
        Chromium(browser, tmp_path / "profile") as page,
    ):
        page.open(url)
        page.choose_file("#file", form)
        page.wait(READ)
        shown = page.run("document.getElementById('pairs').innerText")
        assert "Paid⟨U+202E⟩:" in shown
        assert "⟨U+2066⟩100" in shown
        assert page.run("document.getElementById('name').textContent") == "fdp⟨U+202E⟩gnp.png"
        assert page.run("document.querySelector('.box').title") == "Paid⟨U+202E⟩: ⟨U+2066⟩100"
        copied = page.run("document.getElementById('json').textContent")
        assert "\u202e" not in copied
        assert json.loads(copied) == row["pairs"]
        assert page.complaints == []


def test_faults_are_sentences(page: Chromium, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir", "utf-8")
    page.choose_file("#file", letter)
    page.wait(ERROR)
    assert page.run("document.getElementById('error').textContent").startswith("Expected ")
    large = tmp_path / "large.png"
    large.write_bytes(b"x" * 20_000_001)
    page.choose_file("#file", large)
    page.wait("document.getElementById('error').textContent.includes('larger')")
    said = page.run("document.getElementById('error').textContent")
    assert said == "large.png is larger than 20 MB, the limit here."
    # The next document is read as if nothing had happened.
    page.choose_file("#file", FORM)
    page.wait(READ)
    assert page.run("document.getElementById('error').hidden")
