"""The demo's server, over HTTP, in front of a server that says what a model server says."""

from __future__ import annotations

import base64
import io
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from PIL import Image

from ocr_model.web.app import build_app
from scripts.workshop.drawn_files import paged_pdf
from scripts.workshop.model_server import free_port
from tests.support.model_stub import ROW, ModelStub


@contextmanager
def demo_for(model_url: str, max_bytes: int = 1_000_000) -> Iterator[str]:
    port = free_port()
    settings = uvicorn.Config(
        build_app(model_url, max_bytes), port=port, log_level="error", ws="none"
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    with ModelStub().served() as model, demo_for(model) as url:
        yield url


def post(url: str, data: bytes, **headers: str) -> Any:
    request = urllib.request.Request(url, data=data, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)


def refusal(url: str, data: bytes) -> tuple[int, str]:
    with pytest.raises(urllib.error.HTTPError) as caught:
        post(url, data)
    with caught.value as reply:
        return reply.code, json.load(reply)["error"]


def test_row_and_time_come_back_under_the_documents_own_name(form_png: bytes) -> None:
    stub = ModelStub()
    with stub.served() as model, demo_for(model) as url:
        told = post(f"{url}/rows", form_png, **{"X-Document-Name": "caf%C3%A9%20form.png"})
    assert told["row"] == ROW
    assert 0 < told["seconds"] < 30
    [instance] = stub.asked[0]["instances"]
    assert instance["document_id"] == "café form.png"
    assert base64.b64decode(instance["image"]) == form_png


def test_every_page_is_a_picture_with_the_size_that_boxes_are_measured_in(demo: str) -> None:
    frames = [Image.new("RGB", size, "white") for size in ((600, 240), (2000, 1000))]
    tiff = io.BytesIO()
    frames[0].save(
        tiff, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_deflate"
    )
    pages = post(f"{demo}/pages", tiff.getvalue())
    assert [(page["number"], page["width"], page["height"]) for page in pages] == [
        (1, 600, 240),
        (2, 2000, 1000),
    ]
    shown = [base64.b64decode(page["picture"].partition(",")[2]) for page in pages]
    assert [Image.open(io.BytesIO(data)).size for data in shown] == [(600, 240), (1600, 800)]


def test_a_pdf_is_shown_page_by_page(demo: str) -> None:
    pages = post(f"{demo}/pages", paged_pdf(3))
    assert [page["number"] for page in pages] == [1, 2, 3]


def test_what_is_no_document_is_refused_in_a_sentence(demo: str) -> None:
    status, sentence = refusal(f"{demo}/pages", b"Dear Sir")
    assert status == 422
    assert sentence.startswith("Expected ")


def test_an_empty_file_is_refused(demo: str) -> None:
    assert refusal(f"{demo}/rows", b"") == (422, "The file is empty.")


@pytest.mark.parametrize("path", ["/rows", "/pages"])
@pytest.mark.parametrize("announced", [True, False], ids=["length", "chunked"])
def test_more_than_the_limit_is_refused(path: str, announced: bool) -> None:
    data: Any = b"x" * 3_000 if announced else iter([b"x" * 1_000] * 3)
    stub = ModelStub()
    with stub.served() as model, demo_for(model, max_bytes=2_000) as url:
        assert refusal(f"{url}{path}", data) == (
            413,
            "The file is larger than 0.002 MB, the limit here.",
        )
    assert stub.asked == []


def test_a_model_server_that_is_down_is_told_apart_from_the_demo(form_png: bytes) -> None:
    with demo_for(f"http://127.0.0.1:{free_port()}") as url:
        status, sentence = refusal(f"{url}/rows", form_png)
        with urllib.request.urlopen(f"{url}/status", timeout=10) as reply:
            ready = json.load(reply)["ready"]
    assert status == 502
    assert "Start a server with `mlflow models serve" in sentence
    assert not ready


def test_status_names_the_model_server_and_the_limit(demo: str) -> None:
    with urllib.request.urlopen(f"{demo}/status", timeout=10) as reply:
        told = json.load(reply)
    assert told["ready"]
    assert told["max_bytes"] == 1_000_000


@pytest.mark.parametrize("path", ["/", "/assets/demo.js", "/sample"])
def test_browser_is_told_to_load_nothing_from_elsewhere(demo: str, path: str) -> None:
    with urllib.request.urlopen(f"{demo}{path}", timeout=10) as reply:
        policy = reply.headers["content-security-policy"]
        assert reply.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
