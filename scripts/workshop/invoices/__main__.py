"""python -m scripts.workshop.invoices --out DIR

Draw the invoices of data/invoices: images/<name>.png (one of two pages is a TIFF) and
fields/<name>.json, what they say. The same environment writes the same bytes. Needs the fonts:
pip install 'ocr_model[synthetic]'.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from scripts.workshop.drawing_kit import Faults, scan
from scripts.workshop.invoices.content import INVOICES
from scripts.workshop.invoices.layouts import LAYOUTS

# How each of a supplier's three invoices was scanned.
_SCANS = (
    Faults("clean", skew_deg=0.2, specks=3),
    Faults("copy", skew_deg=-0.5, noise=14, toner=8, threshold=185, specks=40, blur_px=0.3),
    Faults("copy", skew_deg=0.8, noise=18, toner=10, threshold=180, specks=25, blur_px=0.35),
)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.workshop.invoices")
    parser.add_argument("--out", type=Path, required=True)
    folder = parser.parse_args(argv).out
    for part in ("images", "fields"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for name, invoice in INVOICES.items():
        _write(folder / "images" / name, draw(name))
        truth = json.dumps(invoice.truth, indent=2, ensure_ascii=False)
        (folder / "fields" / f"{name}.json").write_text(truth + "\n", encoding="utf-8")
    print(f"{len(INVOICES)} invoices in {folder}")
    return 0


def draw(name: str) -> list[Image.Image]:
    """The scanned pages of one of `INVOICES`."""
    invoice, number = INVOICES[name], list(INVOICES).index(name)
    sheets = LAYOUTS[invoice.supplier.layout](invoice, np.random.default_rng([26, number]))
    return [scan(sheet, _SCANS[number % len(_SCANS)])[0] for sheet in sheets]


def _write(path: Path, pages: Sequence[Image.Image]) -> None:
    first, *rest = pages
    if not rest:
        first.save(path.with_suffix(".png"), optimize=True)
        return
    tiff = path.with_suffix(".tif")
    first.save(tiff, save_all=True, append_images=rest, compression="tiff_adobe_deflate")


if __name__ == "__main__":
    raise SystemExit(main())
