"""One document -> one Extraction; many -> concurrently, in order, none lost.

Every document is one MLflow trace with a span per page; the engines open the spans inside a page.
"""

from __future__ import annotations

import hashlib
import logging
import textwrap
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import mlflow
from mlflow.entities import LiveSpan, NoOpSpan, SpanStatusCode, SpanType
from mlflow.tracing.attachments import Attachment

from ocr_model.config import ExtractorConfig
from ocr_model.documents import decode_base64, decode_pages, encode_page
from ocr_model.engines import Engine, build_engine
from ocr_model.errors import DocumentError, ExtractionError, LLMError
from ocr_model.prompts import PinnedPrompt, render
from ocr_model.schema import Answer, Extraction, Outcome, Page, PageResult, Usage

_log = logging.getLogger(__name__)

_PREVIEW_CHARS = 80
_TRACE_QUALITY = 75  # JPEG quality of a page kept for people to look at


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it arrives: base64 text, a base64 data URL, or raw bytes."""

    content: object
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class _PageFailure:
    page: int
    error: ExtractionError


class _Batch:
    """Remembers the fault that makes going on pointless, for the documents still to come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reason: str | None = None

    @property
    def abort_reason(self) -> str | None:
        with self._lock:
            return self._reason

    def observe(self, error: ExtractionError) -> None:
        if isinstance(error, LLMError) and error.aborts_batch:
            with self._lock:
                self._reason = self._reason or str(error)


class Extractor:
    """Reads documents with one engine. Safe to call from several threads."""

    def __init__(
        self, config: ExtractorConfig, prompt: PinnedPrompt, linker: bytes | None = None
    ) -> None:
        """Build the engine; `linker` are the weights that `config.linker` names, if any.

        Raises:
            ConfigError: the prompt's variables do not fit, or the engine lacks something.
        """
        self.config = config
        self.engine: Engine = build_engine(config, render(prompt, config.prompt_values), linker)

    def extract(self, document: Document) -> Extraction:
        return self._extract_one(document, _Batch())

    def extract_many(self, documents: Sequence[Document]) -> list[Extraction]:
        """Extract all, `engine.concurrency` at a time; the result has the order of the input.

        After a fault that every further document would meet, the rest is `aborted` unread.
        """
        batch = _Batch()
        if len(documents) <= 1:
            return [self._extract_one(document, batch) for document in documents]
        workers = min(self.engine.concurrency, len(documents))
        with ThreadPoolExecutor(workers, thread_name_prefix="extract") as pool:
            return list(pool.map(lambda document: self._extract_one(document, batch), documents))

    def _extract_one(self, document: Document, batch: _Batch) -> Extraction:
        started = time.perf_counter()
        with mlflow.start_span(name="extract", span_type=SpanType.CHAIN) as span:
            extraction = self._extract_safely(document, batch, span)
            extraction = replace(
                extraction,
                latency_ms=round((time.perf_counter() - started) * 1000),
                trace_id=None if isinstance(span, NoOpSpan) else span.trace_id,
            )
            self._describe(extraction, span)
        return extraction

    def _extract_safely(self, document: Document, batch: _Batch, span: LiveSpan) -> Extraction:
        document_id = document.document_id or ""
        try:
            data = self._read_bytes(document)
            digest = hashlib.sha256(data).hexdigest()
            document_id = document_id or digest[:16]
            span.set_inputs({"document_id": document_id, "bytes": len(data), "sha256": digest})
            if batch.abort_reason is not None:
                return Extraction(
                    document_id, Outcome.ABORTED, f"Not tried, because before: {batch.abort_reason}"
                )
            with mlflow.start_span(
                name="decode_document", span_type=SpanType.PARSER
            ) as decode_span:
                pages = decode_pages(
                    data, self.config.max_document_bytes, self.config.max_page_pixels
                )
                decode_span.set_outputs({"pages": [list(page.image.size) for page in pages]})
            return self._merge(document_id, [self._read_page(page, batch) for page in pages])
        except ExtractionError as err:
            return Extraction(document_id, err.outcome, str(err))
        except Exception as err:  # noqa: BLE001 - the border where one row must not cost the others
            _log.exception("Document %r met a defect", document_id)
            span.record_exception(err)
            return Extraction(document_id, Outcome.INTERNAL_ERROR, f"{type(err).__name__}: {err}")

    def _read_bytes(self, document: Document) -> bytes:
        content = document.content
        if isinstance(content, bytes | bytearray | memoryview):
            return bytes(content)
        if isinstance(content, str):
            return decode_base64(content, self.config.max_document_bytes)
        raise DocumentError(
            f"Expected the document as base64 text or bytes, got {type(content).__name__}.",
            Outcome.BAD_INPUT,
        )

    def _read_page(self, page: Page, batch: _Batch) -> PageResult | _PageFailure:
        with mlflow.start_span(name=f"page {page.number}", span_type=SpanType.PARSER) as span:
            span.set_inputs(self._page_inputs(page))
            try:
                result = self.engine.read_page(page)
            except ExtractionError as err:
                batch.observe(err)
                span.set_outputs({"outcome": err.outcome.value, "error": str(err)})
                span.set_status(SpanStatusCode.ERROR)
                return _PageFailure(page.number, err)
            notes = {"notes": list(result.notes)} if result.notes else {}
            span.set_outputs({"answers": len(result.answers)} | notes)
            return result

    def _page_inputs(self, page: Page) -> dict[str, Any]:
        inputs: dict[str, Any] = {"width": page.image.width, "height": page.image.height}
        # An LLM engine attaches the very image it sends, if it sends one.
        sends_image = self.engine.llm is not None and self.config.page_input != "text"
        if self.config.trace_images == "full" and not sends_image:
            encoded = encode_page(page.image, max(page.image.size), "jpeg", _TRACE_QUALITY)
            inputs["image"] = Attachment(
                content_type=encoded.content_type, content_bytes=encoded.data
            )
        return inputs

    def _merge(self, document_id: str, results: Sequence[PageResult | _PageFailure]) -> Extraction:
        read = [result for result in results if isinstance(result, PageResult)]
        failed = [result for result in results if isinstance(result, _PageFailure)]
        answers = tuple(answer for result in read for answer in result.answers)
        usage = sum((result.usage for result in read), Usage())
        for failure in failed:
            if isinstance(failure.error, LLMError):
                usage += failure.error.usage
        return Extraction(
            document_id,
            _outcome_of(answers, read, failed),
            error=_error_of(failed, len(results)),
            answers=answers,
            pages=len(results),
            usage=usage,
            cached=bool(read) and not failed and all(result.cached for result in read),
            notes=(
                *self.engine.notes,
                *_partly_cached(read, len(results)),
                *(note for result in read for note in result.notes),
            ),
        )

    def _describe(self, extraction: Extraction, span: LiveSpan) -> None:
        """What a person looking for this document among thousands of traces needs to see."""
        failed = extraction.outcome not in (Outcome.OK, Outcome.EMPTY)
        outputs: dict[str, Any] = {"outcome": extraction.outcome.value, "pairs": extraction.pairs}
        if extraction.error:
            outputs["error"] = extraction.error
        if extraction.notes:
            outputs["notes"] = list(extraction.notes)
        span.set_outputs(outputs)
        span.set_status(SpanStatusCode.ERROR if failed else SpanStatusCode.OK)
        if extraction.trace_id is None:
            return
        # Only what differs between the traces of a model: each tag costs a row and two indexes,
        # and MLflow notes the model, which has engine, LLM and prompt as parameters.
        tags = {"document_id": extraction.document_id, "outcome": extraction.outcome.value}
        if extraction.cached:
            tags["cached"] = "true"
        preview = extraction.error or _preview(extraction)
        mlflow.update_current_trace(
            tags=tags, request_preview=extraction.document_id, response_preview=preview
        )


def _preview(extraction: Extraction) -> str:
    """What the list of traces shows: "ok: Name: Ann Berg; Date:" and no more than fits there."""
    pairs = [f"{key} {', '.join(values)}".rstrip() for key, values in extraction.pairs.items()]
    return textwrap.shorten(f"{extraction.outcome.value}: {'; '.join(pairs)}", _PREVIEW_CHARS)


def _outcome_of(
    answers: Sequence[Answer], read: Sequence[PageResult], failed: Sequence[_PageFailure]
) -> Outcome:
    if failed:
        return Outcome.PARTIAL if read else failed[0].error.outcome
    return Outcome.OK if answers else Outcome.EMPTY


def _partly_cached(read: Sequence[PageResult], pages: int) -> list[str]:
    """A row is `cached` when all of it is; this says that some of it is."""
    cached = sum(result.cached for result in read)
    return [f"{cached} of {pages} pages from the cache"] if 0 < cached < pages else []


def _error_of(failed: Sequence[_PageFailure], pages: int) -> str | None:
    if not failed:
        return None
    if pages == 1:
        return str(failed[0].error)
    return "; ".join(f"page {failure.page}: {failure.error}" for failure in failed)
