"""python -m scripts.pictures [--out docs]

Draw the pictures of docs in a browser (chromium): the review page with what the embedded engine
reads on bundled forms and invoices; report, demo and MLflow's UI after the README's commands.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import mlflow
from PIL import Image

from ocr_model.commands.cli import SAMPLE
from ocr_model.extraction import Document, Extractor, to_frame
from ocr_model.fields import WantedFields, fields_setting, load_fields
from ocr_model.pyfunc_model import SIGNATURE
from ocr_model.review.desk import Desk, DeskSettings, Editor
from ocr_model.review.record import ReviewState
from ocr_model.review.work_list import items_of_rows
from scripts.workshop.bench.common import PROMPT, config
from scripts.workshop.bench.review import served
from scripts.workshop.chromium import Chromium, find_browser
from scripts.workshop.ui_pictures import take_ui_pictures

FORMS = ("clinic_intake.jpg", "insurance_claim.png", "fax_cover.png", "price_quotation.png")
INVOICES = SAMPLE.parent / "invoices"
INVOICE = "brandis_3.tif"
_DOCS = SAMPLE.parents[1] / "docs"
_COLOURS = 144
_OPEN = "document.querySelector('#list article.lit')"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=_DOCS, help="folder for the pictures")
    out = parser.parse_args(argv).out
    browser = find_browser()
    if browser is None:
        print("error: needs chromium, which is not installed.", file=sys.stderr)
        return 2
    mlflow.tracing.disable()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        forms = _desk(folder / "forms", SAMPLE / "images", FORMS)
        with served(forms) as url, _two_tabs(browser, folder) as (page, other):
            _of_forms(page, other, forms, url, out)
        invoices = _desk(
            folder / "invoices",
            INVOICES / "images",
            [INVOICE],
            load_fields(INVOICES / "fields.yaml"),
        )
        with served(invoices) as url, _two_tabs(browser, folder) as (page, _):
            _of_a_table(page, url, out)
            take_ui_pictures(page, folder, lambda name: _take(page, out / f"{name}.png"))
    return 0


def _desk(
    folder: Path, documents: Path, names: Sequence[str], wanted: WantedFields | None = None
) -> Desk:
    content = None if wanted is None else wanted.to_plain()
    extractor = Extractor(config(fields=fields_setting(wanted)), PROMPT, fields=content)
    read = [extractor.extract(Document((documents / name).read_bytes(), name)) for name in names]
    outputs = SIGNATURE.outputs
    assert outputs is not None
    frame = to_frame(read, outputs.input_names(), extractor, None)
    folder.mkdir()
    rows = folder / "rows.jsonl"
    lines = [json.dumps(_plain(row)) for row in frame.to_dict("records")]
    rows.write_text("\n".join(lines) + "\n", "utf-8")
    items = items_of_rows(rows, documents, [], folder)
    desk = Desk(folder, items, replace(DeskSettings(), wanted=wanted))
    desk.start()
    return desk


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    kept = ("document_id", "outcome", "error", "answers", "fields", "needs_review")
    return {name: row[name] for name in kept}


@contextmanager
def _two_tabs(browser: str, folder: Path) -> Iterator[tuple[Chromium, Chromium]]:
    profiles = [Path(tempfile.mkdtemp(dir=folder)) for _ in range(2)]
    with Chromium(browser, profiles[0]) as one, Chromium(browser, profiles[1]) as other:
        for page in (one, other):
            page.resize(1280, 800)
        yield one, other


def _of_forms(page: Chromium, other: Chromium, desk: Desk, url: str, out: Path) -> None:
    editor = Editor("drawn-before", "Ann")
    _, review, _ = desk.open("fax_cover", editor)
    desk.save("fax_cover", editor, 0, review.questions, ReviewState.DONE)
    while desk.outbox.is_under_way("fax_cover"):
        time.sleep(0.05)
    desk.open("price_quotation", Editor("another-tab", "Bob"))
    _show(page, url, "insurance_claim")
    _take(page, out / "review.png")
    page.keys("ArrowDown", "a")
    page.wait("document.querySelector('.desk.drawing')")
    page.keys("Enter", "ArrowDown", "ArrowDown", "Shift+ArrowRight")
    _take(page, out / "review-draw.png")
    page.keys("Escape")
    _show(page, url, "insurance_claim")
    _show(other, url, "insurance_claim")
    for tab, text in ((page, "F 603 118-2"), (other, "F 603 118 A")):
        tab.keys("e")
        tab.wait("document.querySelector('[data-edit]')")
        tab.call("Input.insertText", text=text)
        tab.keys("Enter")
        time.sleep(0.5)
    other.wait("document.querySelector('#conflict[open]')")
    _take(other, out / "review-conflict.png")
    page.open("about:blank")
    page.open(url)
    page.wait("document.querySelectorAll('#rows tr').length")
    page.run(
        "document.getElementById('where').textContent = document.getElementById('where')"
        f".textContent.replace({json.dumps(str(desk.folder))}, 'scans')"
    )
    _take(page, out / "review-list.png")
    page.resize(768, 1024)
    page.darken(dark=True)
    _show(page, url, "clinic_intake")
    _take(page, out / "review-tablet.png")


def _of_a_table(page: Chromium, url: str, out: Path) -> None:
    _show(page, url, Path(INVOICE).stem)
    while not page.run("document.querySelector('article.lit td.lit') !== null"):
        page.keys("ArrowDown")
    page.keys("Shift+Enter")
    _take(page, out / "review-table.png")


def _show(page: Chromium, url: str, name: str) -> None:
    page.open("about:blank")
    page.open(f"{url}/#{name}")
    page.wait(_OPEN)


def _take(page: Chromium, file: Path) -> None:
    page.wait("document.fonts.status === 'loaded'")
    time.sleep(0.5)  # the picture of the page is decoded
    taken = io.BytesIO(page.taken())
    small = Image.open(taken).convert("RGB").quantize(_COLOURS, kmeans=1, dither=Image.Dither.NONE)
    small.save(file, optimize=True)
    print(f"{file} ({file.stat().st_size // 1000} kB)")
