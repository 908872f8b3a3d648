"""What a request names is never opened: neither a file of the server nor a URL."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ocr_model.config import parse_config
from ocr_model.documents import decode_pages
from ocr_model.extraction.extractor import Document, Extractor
from ocr_model.prompts import Message, PinnedPrompt
from ocr_model.schema import Outcome
from scripts.workshop.drawn_files import drawn_pdf, pdf_bytes
from tests.support.endpoint import Endpoint

PROMPT = PinnedPrompt("prompts:/test/1", (Message(role="system", content="Read."),))
WATCHED = {"open", "socket.connect", "socket.getaddrinfo"}

_events: list[tuple[str, tuple[Any, ...]]] | None = None


def _audit(event: str, details: tuple[Any, ...]) -> None:
    if _events is not None and event in WATCHED:
        _events.append((event, details))


sys.addaudithook(_audit)  # cannot be taken away again, hence the switch


@contextmanager
def audited() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    global _events
    _events = events = []
    try:
        yield events
    finally:
        _events = None


def names(path: Path, url: str) -> list[object]:
    """Ways to say: read that."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/></svg>'.encode()
    link = base64.b64encode(url.encode()).decode()
    return [
        *(
            str(path),
            path.as_uri(),
            url,
            f"@{path}",
            "etc/passwd12",
            f"{url}?data:image/png;base64,",
        ),
        *(str(path).encode(), path.as_uri().encode(), url.encode()),
        *(f"data:text/uri-list;base64,{link}", f"data:image/png,{url}", svg, path),
    ]


@pytest.mark.usefixtures("mlflow_store")
def test_paths_and_urls_are_bad_input_and_stay_closed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form_png: bytes
) -> None:
    path = tmp_path / "form.png"
    path.write_bytes(form_png)
    with Endpoint() as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        settings = {"engine": "llm", "prompt_uri": PROMPT.uri, "concurrency": 1}
        extractor = Extractor(parse_config(settings), PROMPT)
        url = endpoint.environment["OPENAI_BASE_URL"] + "/form.png"
        with audited() as events:
            rows = extractor.extract_many([Document(name) for name in names(path, url)])
    assert {row.outcome for row in rows} == {Outcome.BAD_INPUT}
    assert endpoint.requests == []
    opened = [str(details[0]) for event, details in events if event == "open"]
    assert [name for name in opened if "form.png" in name or "passwd" in name] == []
    assert [event for event, _ in events if event != "open"] == []


def test_audit_sees_what_is_opened(tmp_path: Path) -> None:
    (tmp_path / "form.png").write_bytes(b"x")
    with audited() as events:
        (tmp_path / "form.png").read_bytes()
    assert any(event == "open" and "form.png" in str(details[0]) for event, details in events)


def test_a_pdf_gets_nothing_from_a_file_it_names(tmp_path: Path) -> None:
    red = b"1 0 0 rg 0 0 200 100 re f"
    path = tmp_path / "drawing"
    path.write_bytes(red)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R>>"
    elsewhere = b"<</Length 0/F(%b)>>\nstream\n\nendstream" % str(path).encode()
    tree = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    data = pdf_bytes([b"<</Type/Catalog/Pages 2 0 R>>", tree, page, elsewhere])
    [read] = decode_pages(data, 100_000, 1_000_000)
    [drawn] = decode_pages(drawn_pdf(red), 100_000, 1_000_000)
    assert read.image.getpixel((9, 9)) == (255, 255, 255)
    assert drawn.image.getpixel((9, 9)) == (255, 0, 0)


READS_A_PAGE = """
from PIL import Image
from ocr_model.ocr import WordReader
WordReader().read(Image.new("RGB", (64, 64), "white"))
"""


def test_the_embedded_engine_reports_to_nobody_and_leaves_nothing_at_home(tmp_path: Path) -> None:
    """ONNX Runtime's telemetry looks up its host and keeps a database in the cache folder."""
    variables = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    kept = {k: v for k, v in os.environ.items() if k not in ("ORT_DISABLE_TELEMETRY", "CI")}
    subprocess.run(
        [sys.executable, "-c", READS_A_PAGE], env=kept | variables, timeout=120, check=True
    )
    assert list(tmp_path.iterdir()) == []
