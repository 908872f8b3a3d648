"""The review page in a real browser, by keys and mouse as a person would, before a real model."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow
import pytest

from ocr_model.fields import load_fields
from ocr_model.forms import load_forms
from ocr_model.review.desk import Desk, DeskSettings
from ocr_model.review.record import load_reviews, read_review
from ocr_model.review.work_list import items_of_rows
from scripts.workshop.bench.review import served
from scripts.workshop.chromium import BROWSERS, Chromium, find_browser
from scripts.workshop.person import Person, truth_of
from scripts.workshop.synthetic_forms.writing import write_forms
from tests.integration.conftest import CHECKOUT, Registered
from tests.support.review_server import ReviewServer

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SCANS = 12
FORMS = CHECKOUT / "data" / "sample"
INVOICES = CHECKOUT / "data" / "invoices"
USED = ("total", "items")
OPEN = "document.querySelector('#list article')"
SAVED = "document.getElementById('save').textContent === 'All saved'"
LISTED = "document.querySelectorAll('#rows tr').length"


@pytest.fixture
def browser() -> str:
    found = find_browser()
    if found is None:
        pytest.skip(f"needs one of {', '.join(BROWSERS)}")
    return found


@pytest.fixture(scope="module")
def environment(registered: Registered) -> dict[str, str]:
    return {**registered.environment, "PYTHONPATH": str(CHECKOUT), "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def bundled(
    registered: Registered, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ReviewServer]:
    """Three bundled forms, read."""
    folder = tmp_path_factory.mktemp("bundled")
    (folder / "scans").mkdir()
    for name in ("fax_cover.png", "insurance_claim.png", "price_quotation.png"):
        shutil.copy(FORMS / "images" / name, folder / "scans")
    options = ("--data", str(folder / "scans"), "--model-uri", registered.model_uri)
    with ReviewServer(environment, folder / "log", *options, "--user", "Ann") as server:
        server.wait_until_read(3)
        server.folder = folder / "scans"  # type: ignore[attr-defined]
        yield server


def open_document(page: Chromium, url: str, name: str) -> None:
    page.open("about:blank")
    page.open(f"{url}/#{name}")
    page.wait(OPEN)


def test_twelve_scans_become_what_is_true_of_them(
    browser: str, registered: Registered, environment: dict[str, str], tmp_path: Path
) -> None:
    """No label is there at first; the server is killed while the person writes."""
    drawn, scans = tmp_path / "drawn", tmp_path / "scans"
    write_forms(drawn, SCANS, seed=7, style="train")
    shutil.copytree(drawn / "images", scans)
    options = ("--data", str(scans), "--model-uri", registered.model_uri, "--user", "Ann")
    server = ReviewServer(environment, tmp_path / "log", *options)
    with server, Chromium(browser, tmp_path / "profile") as page:
        server.wait_until_read(SCANS)
        page.resize(1280, 800)
        page.open(server.url)
        page.wait(LISTED)
        page.click("[data-do=start]")
        for number in range(SCANS):
            page.wait(OPEN)
            name = page.run("decodeURIComponent(location.hash.slice(1))")
            person = Person(page)
            if number == 5:
                _kill_while_writing(person, server, scans / "reviews" / f"{name}.json")
            person.go_through(truth_of(drawn, name))
            person.finish()
        page.wait("document.getElementById('count').textContent === '12 of 12 done'")
        page.wait("!document.body.innerText.includes('being written')")
        assert {url.partition(str(server.port))[0] for url in page.requests} == {
            "http://127.0.0.1:"
        }
        # Of the server that was killed.
        broken = "Failed to load resource: net::ERR_CONNECTION_"
        assert [said for said in page.complaints if broken not in said] == []
    _is_true(drawn, scans)
    _is_told(registered, scans)


def _kill_while_writing(person: Person, server: ReviewServer, record: Path) -> None:
    page = person.page
    page.keys("e")
    page.wait("document.querySelector('[data-edit]')")
    server.kill()
    page.call("Input.insertText", text="written while nobody listened")
    page.keys("Enter")
    page.wait("document.getElementById('save').textContent.startsWith('Not saved')")
    server.start()
    page.wait(SAVED)
    review = read_review(record)
    texts = [answer.text for question in review.questions for answer in question.answers]
    assert "written while nobody listened" in texts
    page.keys("Control+z")
    page.wait(SAVED)


def _is_true(drawn: Path, scans: Path) -> None:
    """What is labelled is what was drawn, but for the order of what was added."""
    made, true = ({form.name: form for form in load_forms(folder)} for folder in (scans, drawn))
    assert made.keys() == true.keys()
    for name, form in made.items():
        got, expected = form.references, true[name].references
        assert {q: sorted(a) for q, a in got.items()} == {q: sorted(a) for q, a in expected.items()}
        assert form.image_path.read_bytes() == true[name].image_path.read_bytes()


def _is_told(registered: Registered, scans: Path) -> None:
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(registered.tracking_uri)
    try:
        for review in load_reviews(scans):
            assert review.trace_id is not None
            trace = mlflow.get_trace(review.trace_id)
            assert trace is not None
            [pairs] = [a for a in trace.info.assessments if a.name == "pairs"]
            assert pairs.source.source_type == "HUMAN"
            assert pairs.source.source_id == "Ann"
    finally:
        mlflow.set_tracking_uri(before)


def test_who_saves_second_sees_both_versions(
    browser: str, bundled: ReviewServer, tmp_path: Path
) -> None:
    with Chromium(browser, tmp_path / "a") as ann, Chromium(browser, tmp_path / "b") as bob:
        for page in (ann, bob):
            open_document(page, bundled.url, "fax_cover")
        assert bob.run("document.getElementById('banner').textContent").startswith("Ann has this")
        people = Person(ann), Person(bob)
        first, second = (card["answers"][0] for card in people[0].look()[:2])
        for person, answer, text in zip(people, (first, second), ("by Ann", "by Bob"), strict=True):
            person._go_to(answer)
            person.press("e")
            person.write(text)
            if person is people[0]:
                ann.wait(SAVED)
        bob.wait("document.querySelector('#conflict[open]')")
        shown = bob.run("document.getElementById('conflict-list').innerText")
        assert "by Ann" in shown
        assert "by Bob" in shown
        # What only one of them changed is chosen already.
        bob.click("#conflict form button")
        bob.wait(SAVED)
        texts = [a["text"] for card in people[1].look()[:2] for a in card["answers"]]
        assert texts[:2] == ["by Ann", "by Bob"]
    review = read_review(bundled.folder / "reviews" / "fax_cover.json")  # type: ignore[attr-defined]
    assert [c.after for c in review.changes if c.what == "answer changed"] == ["by Ann", "by Bob"]


def test_what_was_typed_outlives_a_browser_that_is_killed(
    browser: str, bundled: ReviewServer, tmp_path: Path
) -> None:
    page = Chromium(browser, tmp_path / "a")
    with page:
        open_document(page, bundled.url, "insurance_claim")
        page.keys("e")
        page.wait("document.querySelector('[data-edit]')")
        page.call("Input.insertText", text="half a sen")
        page.wait(SAVED)
        page.kill()
    with Chromium(browser, tmp_path / "b") as page:
        open_document(page, bundled.url, "insurance_claim")
        assert "half a sen" in page.run("document.getElementById('list').innerText")


def test_boxes_are_moved_by_mouse_and_keys_on_a_turned_page(
    browser: str, bundled: ReviewServer, tmp_path: Path
) -> None:
    with Chromium(browser, tmp_path / "a") as page:
        page.resize(1280, 800)
        open_document(page, bundled.url, "price_quotation")
        page.keys(".", "+")
        before = _lit_box(bundled)
        page.wait("document.querySelector('.grip')")
        x, y = page.middle(".grip")
        page.drag((x, y), (x + 30, y))
        page.wait(SAVED)
        moved = _lit_box(bundled)
        # What goes to the right on a page turned to the right goes up on the page itself.
        assert moved[0] == pytest.approx(before[0], abs=1)
        assert moved[1] < before[1] - 5
        page.keys("r", "ArrowRight", "Enter")
        page.wait(SAVED)
        page.wait("!document.querySelector('.drawing')")
        assert _lit_box(bundled)[1] < moved[1]
        page.keys("Control+z", "Control+z")
        page.wait(SAVED)
        assert _lit_box(bundled) == before


def _lit_box(server: ReviewServer) -> tuple[float, ...]:
    """Of the first answer that is marked unsure."""
    file = server.folder / "reviews" / "price_quotation.json"  # type: ignore[attr-defined]
    if not file.is_file():
        return _first_unsure(json.loads(_opened(server, "price_quotation"))["review"])
    return _first_unsure(json.loads(file.read_text()))


def _first_unsure(review: dict[str, Any]) -> tuple[float, ...]:
    unsure = [a for q in review["before"] for a in q["answers"] if (a["confidence"] or 0) < 0.9]
    [box] = [
        a["box"] for q in review["questions"] for a in q["answers"] if a["id"] == unsure[0]["id"]
    ]
    return tuple(box)


def _opened(server: ReviewServer, name: str) -> bytes:
    import urllib.request

    request = urllib.request.Request(
        f"{server.url}/api/documents/{name}/open",
        data=b"",
        headers={"X-Review-Editor": "another-tab"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=30) as reply:
        return bytes(reply.read())


TAG = "<img src=x onerror=document.title=1>"
HOSTILE = TAG + "\u202egpj.exe"
FIELD = {"status": "found", "page": 1, "confidence": 0.5}


def test_a_table_is_set_right_by_keys_and_no_text_becomes_code(
    browser: str, tmp_path: Path
) -> None:
    wanted = load_fields(INVOICES / "fields.yaml")
    said = [
        FIELD | {"name": "total", "text": HOSTILE, "box": [10, 10, 60, 30]},
        *(
            FIELD | {"name": "items", "row": row, "column": "article", "text": text}
            for row, text in enumerate(("Bolt", "Nut"), start=1)
        ),
        *({"name": f.name, "status": "missing"} for f in wanted.fields if f.name not in USED),
    ]
    row = {"document_id": "brandis_3.tif", "outcome": "ok", "answers": [], "fields": said}
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps(row) + "\n", "utf-8")
    items = items_of_rows(rows, INVOICES / "images", [], tmp_path)
    desk = Desk(tmp_path, items, DeskSettings(wanted=wanted))
    with served(desk) as url, Chromium(browser, tmp_path / "profile") as page:
        open_document(page, url, "brandis_3")
        assert page.run("document.querySelectorAll('#list img').length") == 0
        assert f"{TAG}⟨U+202E⟩gpj.exe" in page.run("document.getElementById('list').innerText")
        page.keys("]")
        assert page.run("document.getElementById('page-number').textContent") == "2 of 2"
        page.keys("[")
        while page.run("document.querySelector('article.lit td.lit') === null"):
            page.keys("ArrowDown")
        page.keys("Shift+Enter", "i")
        for text in ("Washer", "12"):
            page.wait("document.querySelector('[data-edit]')")
            page.call("Input.insertText", text=text)
            page.keys("Enter")
        page.keys("Escape", "ArrowUp", "Shift+Delete")
        page.wait(SAVED)
        page.keys("f")
        page.wait("document.querySelector('#ask[open]')")
        page.keys("Enter")
        page.wait("document.getElementById('count').textContent === '1 of 1 done'")
        assert page.run("document.title") == "Review"
        assert page.complaints == []
    truth = json.loads((tmp_path / "fields" / "brandis_3.json").read_text("utf-8"))
    assert truth["total"] == HOSTILE
    assert truth["items"] == [{"article": "Bolt"}, {"article": "Washer", "quantity": "12"}]
    assert truth["due"] is None


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm")
    folder = tmp_path_factory.mktemp("axe")
    subprocess.run([npm, "install", "--silent", "axe-core@4"], cwd=folder, check=True, timeout=120)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.mark.parametrize(
    ("size", "dark"), [((1280, 800), False), ((768, 1024), True)], ids=["screen", "dark_tablet"]
)
def test_no_serious_fault_for_those_who_cannot_see_or_point(
    browser: str, bundled: ReviewServer, axe: str, tmp_path: Path, size: tuple[int, int], dark: bool
) -> None:
    with Chromium(browser, tmp_path / "a") as page:
        page.resize(*size)
        page.darken(dark=dark)
        page.open(bundled.url)
        page.wait(LISTED)
        page.run(axe)
        faults = {"list": _faults(page)}
        page.click("[data-do=start]")
        page.wait(OPEN)
        faults["document"] = _faults(page)
        assert page.run("document.documentElement.scrollWidth") == size[0]
        page.keys("?")
        faults["help"] = _faults(page)
        page.keys("Escape", "e")
        faults["writing"] = _faults(page)
        page.keys("Escape", "m")
        faults["choosing"] = _faults(page)
        assert faults == {shown: [] for shown in faults}


def _faults(page: Chromium) -> list[str]:
    found = page.run(
        "axe.run().then(({violations}) => violations.map(({id, impact, nodes}) => "
        "({id, impact, where: nodes.map(node => node.html.slice(0, 120))})))"
    )
    return [f"{one['id']}: {one['where']}" for one in found if one["impact"] != "minor"]
