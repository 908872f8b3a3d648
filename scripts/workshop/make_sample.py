"""python -m scripts.make_sample [--out data/sample]

Draw our own forms as a scanner would deliver them, with annotations in FUNSD's format:
images/<name>.png|jpg, annotations/<name>.json and SHA256SUMS. The same environment always
writes the same bytes. Needs the fonts: pip install 'ocr_model[sample]'.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from scripts.workshop.sample_forms import (
    claims,
    intake,
    office,
    people,
    purchasing,
    services,
    trade,
    works,
)
from scripts.workshop.sample_forms.fonts import missing_faces
from scripts.workshop.sample_forms.scan import Scan, scan_sheet
from scripts.workshop.sample_forms.sheet import Sheet

PAGE_HEIGHT = 1000
JPEG_QUALITY = 72
SUMS_FILE = "SHA256SUMS"


class Form(NamedTuple):
    """What to draw, how wide the page is, and the machine that scans it."""

    draw: Callable[[Sheet], None]
    width: int
    suffix: str
    scan: Scan


FORMS: dict[str, Form] = {
    "bill_of_lading": Form(
        trade.bill_of_lading, 776, "png",
        Scan("copy", 0.4, threshold=165, blur_px=0.22, ragged=18, holes=((22, 330), (22, 660)),
             edges=("right",), specks=90),
    ),
    "clinic_intake": Form(
        intake.clinic_intake, 790, "jpg",
        Scan("grey", -0.7, blur_px=0.5, levels=(50, 238), light=0.05, specks=25),
    ),
    "closing_notice": Form(
        office.closing_notice, 790, "png",
        Scan("copy", -0.5, threshold=175, specks=110, edges=("bottom", "left")),
    ),
    "customs_declaration": Form(
        trade.customs_declaration, 810, "png",
        Scan("copy", -0.8, threshold=190, blur_px=0.45, ragged=26, specks=130, streaks=(788.0,)),
    ),
    "equipment_loan": Form(
        services.equipment_loan, 790, "jpg",
        Scan("grey", 0.3, blur_px=0.4, levels=(70, 228), light=0.07, grain=2.6,
             holes=((270, 8), (500, 8))),
    ),
    "fax_cover": Form(
        office.fax_cover, 800, "png",
        Scan("fax", 0.2, blur_px=0.4, ragged=28, specks=150, streaks=(52.0,)),
    ),
    "insurance_claim": Form(
        claims.insurance_claim, 780, "png",
        Scan("copy", 0.7, threshold=150, blur_px=0.4, specks=160, edges=("top", "right")),
    ),
    "job_application": Form(
        people.job_application, 810, "png",
        Scan("copy", -0.3, threshold=180, blur_px=0.45, ragged=20, specks=70, edges=("left",)),
    ),
    "lab_report": Form(
        works.lab_report, 810, "jpg",
        Scan("grey", 0.5, blur_px=0.45, levels=(95, 222), grain=3.0, specks=40, jpeg_quality=38),
    ),
    "maintenance_log": Form(
        works.maintenance_log, 800, "png",
        Scan("copy", 0.9, threshold=150, specks=320, holes=((18, 240), (18, 490), (18, 740))),
    ),
    "memorandum": Form(
        office.memorandum, 776, "png",
        Scan("copy", -0.4, threshold=138, ragged=28, blur_px=0.35, specks=80, stretch=(1.0, 0.992)),
    ),
    "price_quotation": Form(
        purchasing.price_quotation, 790, "png",
        Scan("fax", -0.6, blur_px=0.3, threshold=165, ragged=16, specks=60, edges=("bottom",)),
    ),
    "purchase_order": Form(
        purchasing.purchase_order, 820, "jpg",
        Scan("grey", -0.2, blur_px=0.35, levels=(30, 246), light=0.02, grain=1.2, specks=8),
    ),
    "reader_survey": Form(
        people.reader_survey, 770, "jpg",
        Scan("grey", 0.6, blur_px=0.5, levels=(105, 214), light=0.06, grain=2.4, specks=20),
    ),
    "school_enrolment": Form(
        intake.school_enrolment, 800, "png",
        Scan("copy", 0.2, threshold=140, blur_px=0.25, specks=45, edges=("left", "top")),
    ),
    "travel_expense": Form(
        claims.travel_expense, 830, "png",
        Scan("copy", -0.9, threshold=178, blur_px=0.42, ragged=22, specks=60,
             stretch=(0.985, 1.0), edges=("right",)),
    ),
    "water_service": Form(
        services.water_service, 800, "jpg",
        Scan("grey", -0.35, blur_px=0.45, levels=(60, 226), light=0.09, specks=60,
             edges=("left",), jpeg_quality=45),
    ),
}  # fmt: skip


def render(name: str) -> tuple[Image.Image, dict[str, list[dict[str, object]]]]:
    """The page and its annotation; everything random is seeded with the name of the form."""
    form = FORMS[name]
    sheet = Sheet(form.width, PAGE_HEIGHT, np.random.default_rng(zlib.crc32(name.encode())))
    form.draw(sheet)
    return scan_sheet(sheet, form.scan)


def encode(name: str, page: Image.Image) -> bytes:
    buffer = io.BytesIO()
    if FORMS[name].suffix == "jpg":
        page.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
    else:
        page.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def write_json(annotation: dict[str, list[dict[str, object]]]) -> str:
    """One item per line, so that a change of a form shows as a change of its items."""
    items = ",\n".join(json.dumps(item) for item in annotation["form"])
    return f'{{"form": [\n{items}\n]}}\n'


def write_sample(out: Path) -> Iterator[str]:
    """Write all files and yield one line of SHA256SUMS for each."""
    files: dict[str, bytes] = {}
    for name, form in FORMS.items():
        page, annotation = render(name)
        files[f"annotations/{name}.json"] = write_json(annotation).encode()
        files[f"images/{name}.{form.suffix}"] = encode(name, page)
    for path, content in sorted(files.items()):
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        yield f"{hashlib.sha256(content).hexdigest()}  {path}"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Draw the sample forms.")
    parser.add_argument("--out", type=Path, default=Path("data/sample"))
    out: Path = parser.parse_args(argv).out
    problems = missing_faces()
    if problems:
        print(f"error: {problems[0]}", file=sys.stderr)
        return 2
    sums = list(write_sample(out))
    (out / SUMS_FILE).write_text("\n".join(sums) + "\n", encoding="ascii")
    print(f"{len(FORMS)} forms written to {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
