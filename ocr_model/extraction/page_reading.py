"""Read the pages of an opened document with the engine, several at once, each in its span."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from typing import Any

from mlflow.entities import SpanStatusCode, SpanType
from mlflow.tracing.attachments import Attachment

from ocr_model.config import ExtractorConfig
from ocr_model.documents import PageSource, box_before, encode_page, square_pixels
from ocr_model.engines import Engine, open_span
from ocr_model.errors import DocumentError, ExtractionError
from ocr_model.extraction.merging import PageFailure
from ocr_model.extraction.pixel_budget import PixelBudget
from ocr_model.extraction.request_state import RequestState
from ocr_model.ocr import return_free_memory
from ocr_model.schema import Box, Outcome, Page, PageResult, Quality, UprightPage
from ocr_model.trace_content import keeps_text, log_defect

_log = logging.getLogger(__name__)

_TRACE_QUALITY = 75  # JPEG quality of a page kept for people to look at
# Decoded at the same time: 3 bytes per pixel while waiting for an LLM, and some 15 more while the
# embedded OCR and the linker process a page, which keep all cores busy with one page.
_PIXELS_SENT, _PIXELS_READ_HERE = 150_000_000, 50_000_000
_SHEET_PIXELS = 4_000_000  # A4 at 200 dpi


class PagePool:
    """Reads pages, at most as many at a time as the engine allows, over all calls together."""

    def __init__(self, engine: Engine, config: ExtractorConfig) -> None:
        self._engine = engine
        self._config = config
        # A page is decoded within its slot: few are in memory, however long the document.
        self._slots = threading.BoundedSemaphore(engine.concurrency)
        # Pixels are limited, too: many of the largest pages at once would take gigabytes. The
        # budget has room for one page of any allowed size, or for a normal sheet in every slot.
        sheets = engine.concurrency * _SHEET_PIXELS
        at_once = _PIXELS_READ_HERE if config.reads_words else _PIXELS_SENT
        self._pixels = PixelBudget(max(at_once, config.max_page_pixels, sheets))

    def read(
        self, source: PageSource, numbers: Sequence[int], request: RequestState
    ) -> list[PageResult | PageFailure]:
        """Read these pages; results have the order of `numbers`.

        Raises:
            DocumentError: the only page of the document cannot be decoded.
        """
        if len(numbers) == 1:
            result = self._read_page(source, numbers[0], request)
            only = source.page_count - len(source.left_out) == 1
            if only and isinstance(result, PageFailure):
                _raise_if_undecoded(result)
            return [result]
        # Spans find their document by context, which threads do not inherit.
        pages = [
            request.page_threads.submit(
                contextvars.copy_context().run, self._read_page, source, number, request
            )
            for number in numbers
        ]
        return [_result_of(page, number) for page, number in zip(pages, numbers, strict=True)]

    def _read_page(
        self, source: PageSource, number: int, request: RequestState
    ) -> PageResult | PageFailure:
        # After the deadline many pages are not tried: they get no span.
        longest_wait_s = min(request.deadline.left_s, threading.TIMEOUT_MAX)
        if request.deadline.is_over or not self._slots.acquire(timeout=longest_wait_s):
            return PageFailure(number, request.deadline.error())
        try:
            return self._read_in_slot(source, number, request)
        finally:
            self._slots.release()

    def _read_in_slot(
        self, source: PageSource, number: int, request: RequestState
    ) -> PageResult | PageFailure:
        longest_wait_s = min(request.deadline.left_s, threading.TIMEOUT_MAX)
        pixels = source.pixels(number)
        try:
            with self._pixels.hold(pixels, longest_wait_s) as held:
                if not held:
                    return PageFailure(number, request.deadline.error())
                return self._read_within_budget(source, number, request)
        finally:
            if pixels > _SHEET_PIXELS:
                return_free_memory()

    def _read_within_budget(
        self, source: PageSource, number: int, request: RequestState
    ) -> PageResult | PageFailure:
        if request.abort_reason is not None:
            return PageFailure(number, _aborted(request.abort_reason))
        with open_span(f"page {number}", SpanType.PARSER) as span:
            try:
                sent = source.read(number)
                page = square_pixels(sent, self._config.max_page_pixels)
                span.set_inputs(self._page_inputs(page))
                read = self._engine.read_page(page, request.deadline)
                result = _as_sent(read, page, sent)
            except ExtractionError as err:
                if not keeps_text():
                    err.hide_text()
                request.observe(err)
                span.set_outputs({"outcome": err.outcome.value, "error": str(err)})
                span.set_status(SpanStatusCode.ERROR)
                return PageFailure(number, err)
            shown = list(result.notes) if keeps_text() else len(result.notes)
            notes = {"notes": shown} if result.notes else {}
            span.set_outputs({"answers": len(result.answers)} | notes)
            return result

    def _page_inputs(self, page: Page) -> dict[str, Any]:
        inputs: dict[str, Any] = {"width": page.image.width, "height": page.image.height}
        # An LLM engine attaches the image that it sends, if it sends one.
        sends_image = self._engine.llm is not None and self._config.page_input != "text"
        if self._config.trace_content == "full" and not sends_image:
            encoded = encode_page(page.image, max(page.image.size), "jpeg", _TRACE_QUALITY)
            inputs["image"] = Attachment(
                content_type=encoded.content_type, content_bytes=encoded.data
            )
        return inputs


def _as_sent(result: PageResult, page: Page, sent: Page) -> PageResult:
    """The result with boxes in pixels of the page as it was sent, and the page's notes first."""
    notes = (*page.notes, *result.notes)
    if page.image.size == sent.image.size:
        return replace(result, notes=notes)
    answers = tuple(
        answer if answer.box is None else replace(answer, box=box_before(answer.box, page, sent))
        for answer in result.answers
    )
    return replace(
        result,
        answers=answers,
        notes=notes,
        quality=_quality_as_sent(result, page, sent),
        upright=_upright_as_sent(result, page, sent),
    )


def _upright_as_sent(result: PageResult, page: Page, sent: Page) -> UprightPage | None:
    if result.upright is None:
        return None
    places = {box: box_before(place, page, sent) for box, place in result.upright.places.items()}
    return replace(result.upright, places=places)


def _quality_as_sent(result: PageResult, page: Page, sent: Page) -> Quality | None:
    quality = result.quality
    if quality is None or quality.letter_height_px is None:
        return quality
    letters = Box(0, 0, 0, quality.letter_height_px)
    height = box_before(letters, page, sent).bottom
    return replace(quality, letter_height_px=round(height, 1))


def _raise_if_undecoded(failure: PageFailure) -> None:
    """If the only page of a document cannot be decoded, the document as a whole fails."""
    if isinstance(failure.error, DocumentError):
        raise failure.error


def _result_of(page: Future[PageResult | PageFailure], number: int) -> PageResult | PageFailure:
    try:
        return page.result()
    except CancelledError:
        return PageFailure(number, _aborted("the call was interrupted"))
    except Exception as err:  # noqa: BLE001 - the border where one page must not cost the others
        log_defect(_log, err, "Page %d met a defect", number)
        return PageFailure(number, ExtractionError(defect_text(err), Outcome.INTERNAL_ERROR))


def defect_text(err: Exception) -> str:
    """The row's message for a defect; the log and the trace, if there is one, have the details."""
    return (
        f"Expected to read this, met a defect of the reader ({type(err).__name__}; the log has "
        "the whole of it). Please report it."
    )


def _aborted(reason: str) -> ExtractionError:
    return ExtractionError(f"Not tried, because before: {reason}", Outcome.ABORTED)
