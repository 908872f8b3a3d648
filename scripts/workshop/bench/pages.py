"""python -m scripts.bench pages [NAME ...]

What the most awkward pages cost on the whole way from bytes to row, OCR and linking included: time
for each million pixels, and memory above the loaded engine. Each document in a process of its own.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import random
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import mlflow
from PIL import Image, ImageDraw, ImageFont

from ocr_model.config import parse_config
from ocr_model.extraction import Document, Extractor
from ocr_model.ocr import usable_cores
from ocr_model.prompts import Message, PinnedPrompt
from scripts.workshop.drawn_files import pdf_bytes, stream
from scripts.workshop.model_server import memory_mb

PROMPT = PinnedPrompt("prompts:/bench/1", (Message(role="system", content="unused"),))

# Heights of an "x" in pixels: as scanned at 200 to 300 dpi, and as small as is still read.
PRINT, SMALL_PRINT = 22, 10
_LABELS = ("Name:", "Date of birth:", "Amount:", "City:", "Account no.:", "Remarks:", "Signature:")
_WORDS = """harbour seventeen ledger transport amber nineteen parcel meadow copper invoice thirty
cabinet river orchard signal concrete balance winter garden station eleven market"""


@dataclass(frozen=True)
class Shape:
    """A document to read: its pixels, its bytes when they are asked for, the limits it takes."""

    pixels: int
    encoded: Callable[[], bytes]
    settings: dict[str, Any]


class Cost(NamedTuple):
    """Of reading one document; `drawing_mb` is the peak of the process that draws a PDF, else 0."""

    outcome: str
    answers: int
    seconds: float
    cpu_s: float
    loaded_mb: float
    peak_mb: float
    drawing_mb: float


def main(argv: list[str] | None = None) -> int:
    shapes = _shapes()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *shapes], help="which; all unless named")
    args = parser.parse_args(argv)
    print(f"{usable_cores()} cores\n\n{_HEAD}\n{_RULE}")
    for name in args.names or shapes:
        shape = shapes[name]
        print(_row(name, shape, measure(shape.encoded(), shape.settings)), flush=True)
    return 0


def measure(data: bytes, settings: dict[str, Any]) -> Cost:
    """Read a document in a fresh process with the embedded engine."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_read_in_this_process, data, settings).result()


def _read_in_this_process(data: bytes, settings: dict[str, Any]) -> Cost:
    mlflow.tracing.disable()
    extractor = Extractor(parse_config({"prompt_uri": PROMPT.uri, **settings}), PROMPT)
    loaded_mb, started, cpu_s = memory_mb(), time.perf_counter(), _cpu_s()
    row = extractor.extract(Document(data))
    seconds, cpu_s = time.perf_counter() - started, _cpu_s() - cpu_s
    drawing_mb = 0.0
    if data.startswith(b"%PDF"):
        drawing_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    answers = sum(answer.answer is not None for answer in row.answers)
    return Cost(
        row.outcome.value,
        answers,
        seconds,
        cpu_s,
        loaded_mb,
        memory_mb(peak=True) - loaded_mb,
        drawing_mb,
    )


def _cpu_s() -> float:
    """Of this process and of those it started."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


_HEAD = (
    "| page | Mpx | outcome | answers | s | s / Mpx | CPU s / Mpx | MB above the loaded engine |"
)
_RULE = "|---|---|---|---|---|---|---|---|"


def _row(name: str, shape: Shape, cost: Cost) -> str:
    mpx = shape.pixels / 1e6
    drawing = f", {cost.drawing_mb:.0f} to draw it" if cost.drawing_mb else ""
    return (
        f"| {name} | {mpx:.3g} | {cost.outcome} | {cost.answers} | {cost.seconds:.1f} "
        f"| {cost.seconds / mpx:.2f} | {cost.cpu_s / mpx:.2f} | {cost.peak_mb:.0f}{drawing} |"
    )


def _shapes() -> dict[str, Shape]:
    def picture(width: int, height: int, x_height: int | None, **settings: Any) -> Shape:
        def encoded() -> bytes:
            return png(dense(width, height, x_height) if x_height else _white(width, height))

        return Shape(width * height, encoded, settings)

    a0 = {"max_page_pixels": 150_000_000}
    return {
        "line": picture(1, 60_000, None),
        "white_scroll": picture(800, 60_000, None),
        "white": picture(7_000, 7_000, None),
        "print": picture(7_000, 7_000, PRINT),
        "small_print": picture(7_000, 7_000, SMALL_PRINT),
        "scroll": picture(800, 60_000, PRINT),
        "small_print_scroll": picture(800, 60_000, SMALL_PRINT),
        "banner": picture(60_000, 800, PRINT),
        "small_print_banner": picture(60_000, 800, SMALL_PRINT),
        "a0": Shape(9_933 * 14_043, lambda: png(a0_form()), a0),
        "a0_print": picture(9_933, 14_043, PRINT, **a0),
        "pdf": Shape(100 * 3_308 * 4_678, lambda: _pdf(100), {}),
    }


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _white(width: int, height: int) -> Image.Image:
    return Image.new("L", (width, height), 255)


def _font(x_height: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    font = ImageFont.load_default(100)
    _, top, _, bottom = font.getbbox("x")
    return ImageFont.load_default(round(100 * x_height / (bottom - top)))


def dense(width: int, height: int, x_height: int) -> Image.Image:
    """Full of text: lines of words from edge to edge, every seventh a label."""
    page, chosen = _white(width, height), random.Random(7)  # noqa: S311  drawn, not kept secret
    draw, font = ImageDraw.Draw(page), _font(x_height)
    pitch, size = round(2.6 * x_height), round(0.5 * x_height)
    for top in range(size, height - pitch, pitch):
        for left, text in _line(width - size, x_height, font, chosen):
            draw.text((size + left, top), text, 0, font)
    return page


def _line(width: int, x_height: int, font: Any, chosen: random.Random) -> Iterator[tuple[int, str]]:
    left, blank = 0, round(0.6 * x_height)
    while True:
        text = chosen.choice(_LABELS if chosen.random() < 1 / 7 else _WORDS.split())
        right = left + round(font.getlength(text))
        if right > width:
            return
        yield left, text
        left = right + blank


def a0_form() -> Image.Image:
    """A0 at 300 dpi: fields in blocks all over the sheet, as on a plan or a poster."""
    page = _white(9_933, 14_043)
    draw, font = ImageDraw.Draw(page), _font(PRINT)
    for number, (left, top) in enumerate(a0_places()):
        draw.text((left, top), f"Part {number + 1} no.:", 0, font)
        draw.text((left + 420, top), str(58_000 + 37 * number), 0, font)
    return page


def a0_places() -> list[tuple[int, int]]:
    """Where the fields of the form begin; the n-th has the number 58,000 + 37 n."""
    return [
        (400 + 2400 * column, 500 + 1320 * row + 80 * line)
        for row in range(10)
        for column in range(4)
        for line in range(3)
    ]


def _pdf(pages: int) -> bytes:
    """Sheets of A2 with a small form on each."""
    lines = b"".join(
        b"BT /F 12 Tf 100 %d Td (%b) Tj 160 0 Td (%d) Tj ET "
        % (1500 - 24 * k, label.encode(), 58_000 + k)
        for k, label in enumerate(_LABELS)
    )
    kids = b" ".join(b"%d 0 R" % (5 + n) for n in range(pages))
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1191 1684]/Contents 4 0 R"
        b"/Resources<</Font<</F 3 0 R>>>>>>"
    )
    return pdf_bytes(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            stream(lines),
            *[page] * pages,
        ]
    )
