"""python -m scripts.bench text [--data FOLDER] [--n 0]

What the text of digital PDFs is worth: labelled forms, drawn as PDFs with their words where the
annotations have them and the straight lines of their pictures, are read with `read_text=auto` and
with `never`. Prints the share of answers exactly right and the seconds of CPU a page takes.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import cv2
import mlflow
import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image
from tqdm import tqdm

from ocr_model.documents import Limits, open_document
from ocr_model.engines.local import LocalEngine
from ocr_model.forms import Form
from ocr_model.schema import Box, Page, PageResult
from scripts.workshop.bench.common import config, cpu_s, forms_in, forms_parser

_SETTINGS = ("never", "auto")
_WIDTH_PT = 612.0
_SHORTEST_RULE_PX = 30
_DARK = 128
_NARROWEST, _WIDEST = 0.6, 1.3


def main(argv: list[str] | None = None) -> int:
    args = forms_parser(__doc__).parse_args(argv)
    mlflow.tracing.disable()
    forms = forms_in(args.data, args.n)
    engine = LocalEngine(config())
    # The first page that an engine reads takes longer.
    engine.read_page(_opened(form_pdf(forms[0]), reads_text=True))
    spent_s = dict.fromkeys(_SETTINGS, 0.0)
    sources = Counter[tuple[str, str]]()
    right, there = Counter[str](), sum(len(form.pairs) for form in forms)
    for form in tqdm(forms, unit="form"):
        document = form_pdf(form)
        for setting in _SETTINGS:
            began_s = cpu_s()
            result = engine.read_page(_opened(document, reads_text=setting == "auto"))
            spent_s[setting] += cpu_s() - began_s
            right[setting] += _right(form, result)
            assert result.quality is not None
            sources[setting, result.quality.text_source] += 1
            for note in result.notes:
                tqdm.write(f"{form.name}, {setting}: {note}")
    print(f"{'read_text':<10} {'answers right':>16} {'s CPU/page':>11}  read from")
    for setting in _SETTINGS:
        told = ", ".join(f"{n} {source}" for (of, source), n in sources.items() if of == setting)
        share = f"{right[setting]} of {there}"
        print(f"{setting:<10} {share:>16} {spent_s[setting] / len(forms):>11.2f}  {told}")
    return 0


def form_pdf(form: Form) -> bytes:
    """The words of a form in Helvetica, each as large as its box, and its straight lines."""
    with Image.open(form.image_path) as picture:
        grey = np.asarray(picture.convert("L"))
    scale = _WIDTH_PT / grey.shape[1]
    height = grey.shape[0] * scale
    document = pypdfium2.PdfDocument.new()
    page = document.new_page(_WIDTH_PT, height)
    for box in _rules(grey):
        left, top, right, bottom = (side * scale for side in box)
        rule = pdfium.FPDFPageObj_CreateNewRect(left, height - bottom, right - left, bottom - top)
        pdfium.FPDFPageObj_SetFillColor(rule, 0, 0, 0, 255)
        pdfium.FPDFPath_SetDrawMode(rule, pdfium.FPDF_FILLMODE_WINDING, False)
        pdfium.FPDFPage_InsertObject(page, rule)
    for word in form.words[0]:
        _write(document, page, word.text, Box(*(side * scale for side in word.box)), height)
    pdfium.FPDFPage_GenerateContent(page)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _write(
    document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, text: str, box: Box, height: float
) -> None:
    letters = pdfium.FPDFPageObj_NewTextObj(document, b"Helvetica", 10.0)
    wide = (text + "\0").encode("utf-16-le")
    units = np.frombuffer(wide, np.uint16).ctypes.data_as(pdfium.FPDF_WIDESTRING)
    pdfium.FPDFText_SetText(letters, units)
    left, bottom, right, top = (pdfium.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(letters, left, bottom, right, top)
    if right.value <= left.value or top.value <= bottom.value:
        return
    down = (box.bottom - box.top) / (top.value - bottom.value)
    across = (box.right - box.left) / (right.value - left.value)
    # A serif "I" is wide, and a dash may be high: theirs are not the letters of Helvetica.
    across = min(max(across, _NARROWEST * down), _WIDEST * down)
    x, y = box.left - across * left.value, height - box.bottom - down * bottom.value
    pdfium.FPDFPageObj_Transform(letters, across, 0, 0, down, x, y)
    pdfium.FPDFPage_InsertObject(page, letters)


def _rules(grey: np.ndarray) -> Iterator[Box]:
    """Long dark runs, level and upright."""
    dark = (grey < _DARK).astype(np.uint8)
    for shape in ((1, _SHORTEST_RULE_PX), (_SHORTEST_RULE_PX, 1)):
        runs = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(runs)
        for x, y, width, height, _ in stats[1:].tolist():
            if min(width, height) <= 4:
                yield Box(x, y, x + width, y + height)


def _opened(data: bytes, *, reads_text: bool) -> Page:
    with closing(open_document(data, Limits(read_text=reads_text))) as source:
        return source.read(1)


def _right(form: Form, result: PageResult) -> int:
    """How many pairs of a form were found to the letter."""
    true: Counter[tuple[str, str | None]]
    true = Counter((pair.question, pair.answer) for pair in form.pairs)
    return (true & Counter((answer.question, answer.answer) for answer in result.answers)).total()
