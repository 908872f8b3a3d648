"""Pages of a PDF, rendered by PDFium in a separate process per document.

If it crashes, hangs or runs out of memory, only one page of one document is lost. Starting it takes
0.07 s and 20 MB; there are as many processes as open documents.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping
from typing import IO, Any

from PIL import Image

from ocr_model.documents.limits import Limits
from ocr_model.documents.renderer import Renderer, RendererEndedError
from ocr_model.errors import DocumentError
from ocr_model.schema import Box, Character, Outcome, Page, PrintedText

# Each may take `pdf_page_timeout_s`: the limit for a document that crashes them repeatedly.
_MAX_RENDERERS = 3
# Interpreter, library and fonts; then bitmaps, pipes, and the pictures within a page.
_BASE_BYTES = 300_000_000
_BYTES_PER_PIXEL = 8
# The document, its parts in memory, and a plain copy of it where it is a form.
_COPIES = 4
_BAND_BYTES = 4_000_000
# Reading the text needs a second rendering of the page, so larger pages are read from pixels.
_MOST_PIXELS_WITH_TEXT = 10_000_000
_TEXT_TIMEOUT_S = 10.0

_BAD_INPUT = Outcome.BAD_INPUT


class _Canvas:
    """A page received band by band, so that it is never in memory twice."""

    def __init__(self) -> None:
        self.image: Image.Image | None = None

    def receive(self, reply: dict[str, Any], pixels: IO[bytes]) -> None:
        """Raises ValueError where the pixels end too early."""
        width, height, stride = reply["width"], reply["height"], reply["stride"]
        image = Image.new("RGB", (width, height))
        rows = max(1, _BAND_BYTES // stride)
        for top in range(0, height, rows):
            size = (width, min(rows, height - top))
            band = pixels.read(stride * size[1])
            image.paste(Image.frombytes("RGB", size, band, "raw", "RGBX", stride), (0, top))
        self.image = image


class PdfPages:
    """An opened PDF. One page is drawn at a time; a renderer that ends is started again."""

    format = "PDF"

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Open the document.

        Raises:
            DocumentError: locked or damaged (`bad_input`), or too costly to open (`too_large`).
        """
        self._data = data
        self._limits = limits
        self._lock = threading.Lock()
        self._ends: list[DocumentError] = []
        self._asks_for_text = limits.read_text
        self.left_out: Mapping[int, str] = {}
        self.notes: tuple[str, ...] = ()
        self._renderer, self.page_count = self._opened()

    @property
    def renderer_pid(self) -> int:
        return self._renderer.pid

    def read(self, number: int) -> Page:
        timeout_s = self._limits.pdf_page_timeout_s
        command = {"draw": self._page(number), "max_cpu_s": math.ceil(timeout_s)}
        canvas = _Canvas()
        with self._lock:
            renderer = self._running()
            try:
                reply = renderer.ask(command, timeout_s, canvas.receive)
            except RendererEndedError as err:
                self._ends.append(self._ended(err))
                raise self._ends[-1] from err
            if canvas.image is None:
                raise self._refused(reply)
            printed, of_text = self._printed(number, canvas.image.size)
        ticks = tuple(Box(*map(float, sides)) for sides in reply["ticks"])
        notes = (*self._notes_of(number, reply), *of_text)
        return Page(number, canvas.image, notes, ticks=ticks, printed=printed)

    def _printed(
        self, number: int, size: tuple[int, int]
    ) -> tuple[PrintedText | None, tuple[str, ...]]:
        """The text of a page that was rendered at this size, and notes about it.

        If that fails once, text is not asked for again in this document.
        """
        if not self._asks_for_text or size[0] * size[1] > _MOST_PIXELS_WITH_TEXT:
            return None, ()
        timeout_s = min(self._limits.pdf_page_timeout_s, _TEXT_TIMEOUT_S)
        command = {"text": self._page(number), "max_cpu_s": math.ceil(timeout_s)}
        rest = _Canvas()
        try:
            reply = self._renderer.ask(command, timeout_s, rest.receive)
        except RendererEndedError:
            self._asks_for_text = False
            return None, ()
        notes = tuple(_notes_of_text(number, reply))
        if rest.image is None or rest.image.size != size:
            return None, notes
        characters = tuple(
            Character(text, Box(*sides), *told)
            for text, sides, told in (
                (character[0], character[1:5], character[5:]) for character in reply["characters"]
            )
        )
        return PrintedText(characters, rest.image), notes

    def pixels(self, number: int) -> int:
        timeout_s = self._limits.pdf_page_timeout_s
        command = {"size": self._page(number), "max_cpu_s": math.ceil(timeout_s)}
        with self._lock:
            try:
                reply = self._running().ask(command, timeout_s)
            except RendererEndedError as err:
                self._ends.append(self._ended(err))
                reply = {"error": "ended"}
            except DocumentError:
                reply = {"error": "ended"}
        # If the size is not known, `read` will report why.
        known = "error" not in reply
        return reply["width"] * reply["height"] if known else self._limits.max_page_pixels

    def close(self) -> None:
        with self._lock:
            self._renderer.close()

    def _page(self, number: int) -> dict[str, int]:
        limits = self._limits
        return {
            "index": number - 1,
            "dpi": limits.pdf_dpi,
            "max_pixels": limits.max_page_pixels,
        }

    def _notes_of(self, number: int, reply: dict[str, Any]) -> tuple[str, ...]:
        if reply["dpi"] >= self._limits.pdf_dpi:
            return ()
        return (
            f"page {number} drawn at {reply['dpi']:.0f} dpi instead of {self._limits.pdf_dpi}, "
            "as much as max_page_pixels allows",
        )

    def _running(self) -> Renderer:
        if len(self._ends) >= _MAX_RENDERERS:
            raise self._ends[-1]
        ended_over_text = self._limits.read_text and not self._asks_for_text
        if (self._ends or ended_over_text) and self._renderer.has_ended:
            self._renderer.close()
            self._renderer, _ = self._opened()
        return self._renderer

    def _opened(self) -> tuple[Renderer, int]:
        renderer = Renderer()
        pixels, size = self._limits.max_page_pixels, len(self._data)
        memory = _BASE_BYTES + _BYTES_PER_PIXEL * pixels + _COPIES * size
        try:
            reply = renderer.open(self._data, memory, self._limits.pdf_page_timeout_s)
            if "error" in reply:
                raise self._refused(reply)
            if not reply["pages"]:
                raise DocumentError("Expected a PDF with pages, got one without.", _BAD_INPUT)
            if reply["xfa"] == "placeholder":
                raise DocumentError(
                    "Expected a PDF whose pages show the form, got an XFA form, whose only page "
                    "asks to wait for a program that can draw it. Open it in Adobe's reader and "
                    "print it to a new PDF.",
                    _BAD_INPUT,
                )
        except RendererEndedError as err:
            renderer.close()
            raise self._ended(err) from err
        except DocumentError:
            renderer.close()
            raise
        self.notes = tuple(_notes_of_document(reply))
        return renderer, reply["pages"]

    def _ended(self, err: RendererEndedError) -> DocumentError:
        if err.too_much:
            return DocumentError(
                f"Expected a PDF whose pages can be drawn, got one that {err}. Send its pages as "
                "images, or raise pdf_page_timeout_s or max_page_pixels.",
                Outcome.TOO_LARGE,
            )
        return DocumentError(
            f"Expected a PDF whose pages can be drawn, got one whose drawing {err}, as that of "
            "damaged ones does. Print it to a new PDF, or send images.",
            _BAD_INPUT,
        )

    def _refused(self, reply: dict[str, Any]) -> DocumentError:
        limits = self._limits
        match reply["error"]:
            case "password":
                return DocumentError(
                    "Expected a PDF that opens without a password, got one that is protected. "
                    "Save it without the password.",
                    _BAD_INPUT,
                )
            case "pixels" | "memory" as what:
                size = f"{reply['width']} x {reply['height']}" if what == "pixels" else "more"
                return DocumentError(
                    f"Expected at most {limits.max_page_pixels:,} pixels per page, got {size} at "
                    f"{limits.pdf_dpi} dpi. Send a smaller page or raise max_page_pixels.",
                    Outcome.TOO_LARGE,
                )
            case _:
                return DocumentError(
                    "Expected a complete PDF, got one that breaks off or is damaged.",
                    _BAD_INPUT,
                )


def _notes_of_document(reply: dict[str, Any]) -> Iterator[str]:
    if count := reply["attached"]:
        yield f"{count} attached file{'s' if count > 1 else ''} of the PDF not read"
    if reply["xfa"] == "fields":
        yield "the PDF holds an XFA form, of which only the page beside it is read"


def _notes_of_text(number: int, reply: dict[str, Any]) -> Iterator[str]:
    if fonts := reply.get("unmapped"):
        yield (
            f"page {number}: {fonts} font{'s' if fonts > 1 else ''} of the PDF without a usable "
            "Unicode map, read from the pixels"
        )
