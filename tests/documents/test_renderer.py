"""PDFs are drawn elsewhere; whatever happens there is an outcome of a page here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from ocr_model.documents import Limits, pdf
from ocr_model.documents.pdf import PdfPages
from ocr_model.documents.renderer import Renderer
from ocr_model.errors import DocumentError
from ocr_model.schema import Outcome
from scripts.workshop.drawn_files import drawn_pdf, encoded, paged_pdf
from tests.support.bombs import pdf_of_forms_within_forms

MEMORY = 1_000_000_000


def opened(data: bytes) -> tuple[Renderer, int]:
    renderer = Renderer()
    renderer.open(data, MEMORY, 20.0)
    return renderer, renderer.pid


def test_killed_renderer_costs_a_page_and_is_started_again() -> None:
    with closing(PdfPages(paged_pdf(3), Limits())) as pages:
        os.kill(pages.renderer_pid, signal.SIGSEGV)
        with pytest.raises(DocumentError, match="drawing ends in SIGSEGV") as caught:
            pages.read(1)
        assert caught.value.outcome is Outcome.BAD_INPUT
        assert pages.read(2).number == 2


def test_text_that_cannot_be_had_costs_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_TEXT_TIMEOUT_S", 0.0001)
    with closing(PdfPages(paged_pdf(4), Limits(read_text=True))) as pages:
        read = [pages.read(number) for number in range(1, 5)]
    assert [page.number for page in read] == [1, 2, 3, 4]
    assert {page.printed for page in read} == {None}


def test_document_that_ends_renderers_is_given_up() -> None:
    data = pdf_of_forms_within_forms(pages=9)
    limits = Limits(pdf_page_timeout_s=0.8)  # a busy machine takes a while to start one
    with closing(PdfPages(data, limits)) as pages:
        drawn_by = []
        for number in range(1, 6):
            with pytest.raises(DocumentError, match="takes too much"):
                pages.read(number)
            drawn_by.append(pages.renderer_pid)
    assert len(set(drawn_by[:3])) == 3
    assert len(set(drawn_by[2:])) == 1


def test_page_that_takes_too_long_is_too_large() -> None:
    # A busy machine takes a while to open it; memory enough that it is time that runs out.
    limits = Limits(pdf_page_timeout_s=1.0, max_page_pixels=500_000_000)
    with (
        closing(PdfPages(pdf_of_forms_within_forms(), limits)) as pages,
        pytest.raises(DocumentError, match="takes too much time") as caught,
    ):
        pages.read(1)
    assert caught.value.outcome is Outcome.TOO_LARGE


def test_renderer_has_no_secrets_and_no_more_than_its_pipes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    renderer, pid = opened(paged_pdf(1))
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    files = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    renderer.close()
    assert b"sk-secret" not in environment
    assert [file for file in files if not file.startswith(("pipe:", "/dev/null"))] == []


def test_closed_or_forgotten_renderers_end() -> None:
    closed, first = opened(paged_pdf(1))
    closed.close()
    forgotten, second = opened(paged_pdf(1))
    del forgotten
    assert not Path(f"/proc/{first}").exists()
    assert not Path(f"/proc/{second}").exists()


ABANDONS = """
import os
from ocr_model.documents import Limits
from ocr_model.documents.pdf import PdfPages
from scripts.workshop.drawn_files import paged_pdf

print(PdfPages(paged_pdf(1), Limits()).renderer_pid, flush=True)
os._exit(9)
"""


def test_renderer_ends_with_the_process_that_started_it() -> None:
    ended = subprocess.run([sys.executable, "-c", ABANDONS], stdout=subprocess.PIPE, text=True)
    renderer = Path(f"/proc/{int(ended.stdout)}")
    gives_up_at = time.monotonic() + 20
    while renderer.exists() and time.monotonic() < gives_up_at:
        time.sleep(0.05)
    assert ended.returncode == 9
    assert not renderer.exists()


def test_a_page_scanned_at_600_dpi_is_within_the_limits() -> None:
    scan = Image.effect_noise((4960, 7016), 40).convert("RGB")
    data = encoded(scan, "PDF", resolution=600, quality=20)
    with closing(PdfPages(data, Limits())) as pages:
        page = pages.read(1).image
    assert page.size == (1654, 2339)  # A4 at 200 dpi
    assert page.convert("L").getextrema() != (255, 255)


def test_drawing_is_the_same_whoever_asks_first() -> None:
    with closing(PdfPages(drawn_pdf(b"1 0 0 rg 0 0 50 50 re f"), Limits())) as pages:
        assert pages.read(1).image.tobytes() == pages.read(1).image.tobytes()
