"""The review page's server, over HTTP as a browser asks it, and as somebody hostile does."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from ocr_model.review.desk import Desk, DeskSettings, Preparation
from ocr_model.review.work_list import Item, reading_of
from ocr_model.web import Access, build_review_app
from ocr_model.web.review_app import MAX_POST_BYTES

HERE = "http://127.0.0.1:8001"
NAME = "scan 7 ä"
AT = f"/api/documents/{NAME}"
TAB = {"X-Review-Editor": "tab-of-ann"}
OTHER_TAB = {"X-Review-Editor": "tab-of-bob"}
TOKEN = "a-token-of-some-length"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    scan = tmp_path / "scan.png"
    Image.new("RGB", (200, 100), "white").save(scan)
    said = [{"question": "Name <b>", "answer": "Ann", "page": 1, "box": [1, 2, 30, 12]}]
    read = reading_of({"answers": said, "outcome": "ok", "fields": []})
    items = [
        Item(NAME, "scan.png", scan, reading=read),
        Item("gone", "gone.png", absent="page not kept", reading=read),
        Item("late", "late.png", scan),
    ]
    settings = DeskSettings(preparation=Preparation(reader=lambda: None))
    return Desk(tmp_path / "into", items, settings)


@pytest.fixture
def page(desk: Desk) -> TestClient:
    return TestClient(build_review_app(desk, Access("Ann")), HERE)


def opened(page: TestClient, tab: dict[str, str] = TAB) -> dict[str, Any]:
    reply = page.post(f"{AT}/open", headers=tab)
    assert reply.status_code == 200
    review: dict[str, Any] = reply.json()["review"]
    return review


def save(
    page: TestClient, review: dict[str, Any], text: str, tab: dict[str, str] = TAB
) -> tuple[int, Any]:
    questions = json.loads(json.dumps(review["questions"]))
    questions[0]["answers"][0]["text"] = text
    body = {"version": review["version"], "questions": questions}
    reply = page.put(AT, json=body, headers=tab)
    return reply.status_code, reply.json()


def test_the_list_says_what_there_is(page: TestClient) -> None:
    work = page.get("/api/work").json()
    assert (work["user"], work["total"], work["done"], work["read"]) == ("Ann", 3, 0, 2)
    lines = {item["name"]: item for item in work["items"]}
    assert lines["gone"]["absent"] == "page not kept"
    assert lines["late"]["outcome"] is None
    assert "30 are needed" in work["known"]


def test_a_document_is_opened_saved_and_done(page: TestClient, desk: Desk) -> None:
    review = opened(page)
    assert "words" not in review["pages"][0]
    status, saved = save(page, review, "Anna")
    assert (status, saved["version"], saved["state"]) == (200, 1, "draft")
    body = {"version": 1, "questions": review["questions"]}
    done = page.post(f"{AT}/done", json=body, headers=TAB).json()
    assert done["written"] == [f"images/{NAME}.png", f"annotations/{NAME}.json"]
    assert done["known"].startswith("1 form reviewed")
    assert (desk.folder / "annotations" / f"{NAME}.json").is_file()
    assert page.get("/api/work").json()["done"] == 1


def test_the_second_tab_is_told_and_given_both_versions(page: TestClient) -> None:
    review = opened(page)
    reply = page.post(f"{AT}/open", headers=OTHER_TAB).json()
    assert reply["claimed_by"] == "Ann"
    assert save(page, review, "first")[0] == 200
    status, said = save(page, review, "second", OTHER_TAB)
    assert status == 409
    assert said["review"]["questions"][0]["answers"][0]["text"] == "first"
    assert said["review"]["version"] == 1


def test_a_page_is_a_picture(page: TestClient) -> None:
    reply = page.get(f"{AT}/pages/1")
    assert reply.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(reply.content)).size == (200, 100)
    assert page.get(f"{AT}/pages/2").status_code == 422


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("gone", 409, "page not kept"),
        ("late", 409, "is not read yet"),
        ("nothing", 404, "a document of the list"),
        ("..%2F..%2Fetc%2Fpasswd", 404, None),
    ],
)
def test_what_cannot_be_opened_is_a_sentence(
    page: TestClient, path: str, status: int, says: str | None
) -> None:
    reply = page.post(f"/api/documents/{path}/open", headers=TAB)
    assert reply.status_code == status
    if says is not None:
        assert says in reply.json()["error"]


QUESTION = {"id": "q", "text": "t"}
LONG = {"id": "q", "text": "x" * 20_001}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"version": 0}',
        b'{"version": -1, "questions": []}',
        b'{"version": NaN, "questions": []}',
        b'{"version": 0, "questions": [], "state": "done"}',
        json.dumps({"version": 0, "questions": [QUESTION | {"id": "../../x"}]}).encode(),
        json.dumps({"version": 0, "questions": [QUESTION, QUESTION]}).encode(),
        json.dumps({"version": 0, "questions": [LONG]}).encode(),
        json.dumps({"version": 0, "questions": [QUESTION] * 5001}).encode(),
        b'{"version": 0, "questions": [{"id": "q", "text": "t", "box": [0, 0, 1e999, 1]}]}',
        b'{"version": 0, "questions": ' + b"[" * 3000 + b"]" * 3000 + b"}",
        b'{"version": 0, "questions": [{"id": "q", "text": "\\ud800"}]}',
    ],
)
def test_a_hostile_save_is_a_sentence_and_changes_nothing(
    page: TestClient, desk: Desk, body: bytes
) -> None:
    opened(page)
    reply = page.put(AT, content=body, headers=TAB)
    assert reply.status_code == 422
    assert 0 < len(reply.json()["error"]) < 600
    assert not list((desk.folder / "reviews").glob("*.json"))


def test_what_is_too_long_is_refused_before_it_is_read_whole(page: TestClient) -> None:
    opened(page)
    reply = page.put(AT, content=b"x" * (MAX_POST_BYTES + 1), headers=TAB)
    assert (reply.status_code, reply.json()["error"]) == (413, "Expected at most 5 MB, got more.")


@pytest.mark.parametrize("method", ["open", "release", "words", "done", "save"])
def test_another_site_changes_nothing(page: TestClient, method: str) -> None:
    path, verb = (AT, "PUT") if method == "save" else (f"{AT}/{method}", "POST")
    for headers in ({}, TAB | {"Origin": "http://evil.example"}):
        reply = page.request(verb, path, headers=headers, content=b"{}")
        assert reply.status_code == 403
        assert "access-control-allow-origin" not in reply.headers


def test_a_box_off_the_page_is_refused(page: TestClient) -> None:
    body = {"page": 1, "box": [0, 0, 5000, 10]}
    reply = page.post(f"{AT}/words", json=body, headers=TAB)
    assert reply.status_code == 422
    assert "within page 1 (200 x 100)" in reply.json()["error"]


def test_the_token_opens_the_page_once_and_stays_in_a_cookie(desk: Desk) -> None:
    app = build_review_app(desk, Access("Ann", token=TOKEN))
    page = TestClient(app, "http://reviews.example", follow_redirects=False)
    assert page.get("/").status_code == 401
    assert page.get("/api/work").status_code == 401
    assert page.get("/assets/review.css").status_code == 401
    assert "set-cookie" not in page.get("/?token=wrong").headers
    reply = page.get(f"/?token={TOKEN}")
    assert (reply.status_code, reply.headers["location"]) == (303, "./")
    assert "HttpOnly" in reply.headers["set-cookie"]
    assert "SameSite=strict" in reply.headers["set-cookie"]
    assert page.get("/api/work").status_code == 200


def test_a_proxy_names_who_saves(desk: Desk) -> None:
    app = build_review_app(desk, Access("nobody", user_header="X-Forwarded-User"))
    page = TestClient(app, HERE)
    assert page.get("/api/work").status_code == 401
    by_bob = {"X-Forwarded-User": "Bob"}
    review = opened(page, TAB | by_bob)
    assert save(page, review, "Bobby", TAB | by_bob)[0] == 200
    assert opened(page, TAB | by_bob)["user"] == "Bob"


def test_without_a_token_no_other_name_leads_here(desk: Desk) -> None:
    page = TestClient(build_review_app(desk, Access("Ann")), "http://evil.example")
    for path in ("/", "/api/work", f"{AT}/pages/1"):
        assert page.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/", "/assets/review/main.js", "/api/work", f"{AT}/pages/1"])
def test_browser_is_told_to_load_nothing_from_elsewhere(page: TestClient, path: str) -> None:
    headers = page.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_no_text_becomes_html() -> None:
    """Documents go into the page as text: nothing there makes HTML of a string."""
    assets = Path(build_review_app.__code__.co_filename).parent / "assets" / "review"
    code = "".join(file.read_text("utf-8") for file in assets.glob("*.js"))
    makes_html = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
    assert [name for name in makes_html if name in code] == []
