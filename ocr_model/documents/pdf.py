"""Pages of a PDF, drawn by PDFium in a process of its own per document.

Its death, its slowness and its hunger for memory cost a page of one document and nothing else.
Starting it takes 0.07 s and 20 MB; drawing happens in as many processes as documents are open.
"""

from __future__ import annotations

import math
import threading
from typing import Any

from PIL import Image

from ocr_model.documents.limits import Limits
from ocr_model.documents.renderer import Renderer, RendererEndedError
from ocr_model.errors import DocumentError, excerpt
from ocr_model.schema import Outcome, Page

# Each costs up to `pdf_page_timeout_s`: what a document that ends them again and again may cost.
_MAX_RENDERERS = 3
# Interpreter, library and fonts; then bitmaps, pipes, and the pictures within a page.
_BASE_BYTES = 300_000_000
_BYTES_PER_PIXEL = 8

_BAD_INPUT = Outcome.BAD_INPUT


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
        self._renderer, self.page_count = self._opened()

    @property
    def renderer_pid(self) -> int:
        return self._renderer.pid

    def read(self, number: int) -> Page:
        timeout_s = self._limits.pdf_page_timeout_s
        page = {
            "index": number - 1,
            "dpi": self._limits.pdf_dpi,
            "max_pixels": self._limits.max_page_pixels,
        }
        command = {"page": page, "max_cpu_s": math.ceil(timeout_s)}
        with self._lock:
            renderer = self._running()
            try:
                reply, pixels = renderer.ask(command, timeout_s)
            except RendererEndedError as err:
                self._ends.append(self._ended(err))
                raise self._ends[-1] from err
        if "error" in reply:
            raise self._refused(reply)
        size = (reply["width"], reply["height"])
        return Page(number, Image.frombytes("RGB", size, pixels, "raw", "RGBX", reply["stride"]))

    def close(self) -> None:
        with self._lock:
            self._renderer.close()

    def _running(self) -> Renderer:
        if len(self._ends) >= _MAX_RENDERERS:
            raise self._ends[-1]
        if self._ends and self._renderer.has_ended:
            self._renderer.close()
            self._renderer, _ = self._opened()
        return self._renderer

    def _opened(self) -> tuple[Renderer, int]:
        renderer = Renderer()
        memory = _BASE_BYTES + _BYTES_PER_PIXEL * self._limits.max_page_pixels + 2 * len(self._data)
        try:
            reply = renderer.open(self._data, memory, self._limits.pdf_page_timeout_s)
            if "error" in reply:
                raise self._refused(reply)
            if not reply["pages"]:
                raise DocumentError("Expected a PDF with pages, got one without.", _BAD_INPUT)
        except RendererEndedError as err:
            renderer.close()
            raise self._ended(err) from err
        except DocumentError:
            renderer.close()
            raise
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
                    "Expected a complete PDF, got one that breaks off or is damaged: "
                    f"{excerpt(reply['text'])}.",
                    _BAD_INPUT,
                )
