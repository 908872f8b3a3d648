"""One document -> one Extraction; many -> concurrently, in order, none lost.

Every document is one MLflow trace with a span per page; the engines open the spans inside a page.
"""

from __future__ import annotations

import hashlib
import logging
import os
import textwrap
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any

import mlflow
from mlflow.entities import LiveSpan, NoOpSpan, SpanStatusCode, SpanType
from mlflow.pyfunc.context import Context, get_prediction_context, set_prediction_context
from mlflow.tracing.constant import SpanAttributeKey

from ocr_model.config import ExtractorConfig
from ocr_model.documents import (
    Limits,
    PageRequest,
    PageSource,
    decode_base64,
    open_document,
    select_pages,
)
from ocr_model.engines import (
    Engine,
    RequestDeadline,
    build_engine,
    request_seconds,
    show_usage,
)
from ocr_model.errors import DocumentError, ExtractionError
from ocr_model.extraction.merging import merge
from ocr_model.extraction.page_reading import PagePool, defect_text
from ocr_model.extraction.request_state import Document, RequestState
from ocr_model.fields import described, pinned_fields
from ocr_model.finder import pinned_finder
from ocr_model.prompts import PinnedPrompt, render
from ocr_model.schema import Extraction, Outcome
from ocr_model.trace_content import (
    keeps_shapes,
    keeps_text,
    kept_here,
    log_defect,
    while_reading,
)

_log = logging.getLogger(__name__)

_PREVIEW_CHARS = 80
# Of a column of MLflow.
_MOST_TAG_CHARS = 5000
_ALL_PAGES = PageRequest()


class Extractor:
    """Reads documents with one engine. Safe to call from several threads."""

    def __init__(
        self,
        config: ExtractorConfig,
        prompt: PinnedPrompt,
        linker: bytes | None = None,
        fields: object = None,
        finder: bytes | None = None,
    ) -> None:
        """Build the engine; `linker` and `finder` are the weights that `config` names, if any,
        `fields` the content of the fields that `config.fields` names.

        Raises:
            ConfigError: the prompt's variables do not fit, or the engine lacks something.
        """
        self._wanted = pinned_fields(config.fields, fields)
        self._finder = pinned_finder(config.finder, finder, self._wanted)
        # From here on, `trace_content` is capped by this machine's limit.
        config = config.model_copy(update={"trace_content": kept_here(config.trace_content)})
        self.config = config
        self._request_seconds = request_seconds(config, os.environ)
        messages = render(prompt, config.prompt_values, described(self._wanted))
        self.engine: Engine = build_engine(config, messages, linker, self._wanted)
        self._prompt_notes = _notes_on(prompt) if self._wanted and self.engine.llm else ()
        self._page_reader = PagePool(self.engine, config)

    def extract(self, document: Document, asked: PageRequest = _ALL_PAGES) -> Extraction:
        return self.extract_many([document], asked)[0]

    def extract_many(
        self, documents: Sequence[Document], asked: PageRequest = _ALL_PAGES
    ) -> list[Extraction]:
        """Extract all, `engine.concurrency` pages at a time; rows have the order of the input.

        After a fault that every further document would meet, the rest is `aborted` unread; at the
        deadline of the request, unfinished documents become a `timeout`.
        """
        deadline = RequestDeadline(self._request_seconds)
        # Two pools: a document waits for its pages, a page waits only for its slot.
        page_threads = ThreadPoolExecutor(self.engine.concurrency, thread_name_prefix="page")
        request = RequestState(self.config, asked, page_threads, deadline)
        # MLflow links a trace to its model only in the caller's thread.
        extract = partial(self._extract_for, get_prediction_context(), request)
        workers = max(1, min(self.engine.concurrency, len(documents)))
        with ThreadPoolExecutor(workers, thread_name_prefix="extract") as pool:
            try:
                # A single document stays in the caller's thread, and in its open trace.
                run = map if len(documents) == 1 else pool.map
                return list(run(extract, range(len(documents)), documents))
            finally:
                # After Ctrl-C, the documents being read wait for no further page.
                page_threads.shutdown(cancel_futures=True)

    def _extract_for(
        self, caller: Context | None, request: RequestState, index: int, document: Document
    ) -> Extraction:
        with set_prediction_context(caller), while_reading(self.config.trace_content):
            return self._extract_one(request, index, document)

    def _extract_one(self, request: RequestState, index: int, document: Document) -> Extraction:
        started = time.perf_counter()
        with mlflow.start_span(name="extract", span_type=SpanType.CHAIN) as span:
            extraction = self._extract_safely(request, index, document, span)
            extraction = replace(
                extraction,
                latency_ms=round((time.perf_counter() - started) * 1000),
                trace_id=None if isinstance(span, NoOpSpan) else span.trace_id,
            )
            _describe(extraction, span, self.engine.llm)
        return extraction

    def _extract_safely(
        self, request: RequestState, index: int, document: Document, span: LiveSpan
    ) -> Extraction:
        document_id = ""
        try:
            with request.turn(index):
                document_id = document.document_id or ""
                data = self._read_bytes(document)
                digest = hashlib.sha256(data).hexdigest()
                document_id = document_id or digest[:16]
                inputs: dict[str, object] = {"document_id": _storable(document_id)}
                inputs |= {"bytes": len(data), "sha256": digest} if keeps_shapes() else {}
                span.set_inputs(inputs)
                if request.abort_reason is not None:
                    reason = f"Not tried, because before: {request.abort_reason}"
                    return Extraction(document_id, Outcome.ABORTED, reason)
                request.deadline.check()
                source, numbers = self._open(data, request, index)
                # Not in a separate span: that would cost 0.9 kB in MLflow's database.
                inputs |= {"pages": source.page_count}
                span.set_inputs(inputs | ({"format": source.format} if keeps_shapes() else {}))
            with closing(source), while_reading(self.config.trace_content, digest):
                results = self._page_reader.read(source, numbers, request)
            notes = self._notes(source, numbers)
            return merge(document_id, results, notes, numbers, self._wanted, self._finder)
        except ExtractionError as err:
            if not keeps_text():
                err.hide_text()
            return Extraction(document_id, err.outcome, str(err))
        except Exception as err:  # noqa: BLE001 - the border where one row must not cost the others
            log_defect(_log, err, "Document %r met a defect", document_id)
            if keeps_text():
                span.record_exception(err)
            return Extraction(document_id, Outcome.INTERNAL_ERROR, defect_text(err))

    def _open(self, data: bytes, request: RequestState, index: int) -> tuple[PageSource, list[int]]:
        source = open_document(data, self._limits())
        try:
            numbers = select_pages(
                request.asked, source.page_count, self.config.max_pages, source.left_out
            )
            request.admit(index, len(data), len(numbers))
        except BaseException:
            source.close()
            raise
        return source, numbers

    def _notes(self, source: PageSource, numbers: Sequence[int]) -> tuple[str, ...]:
        notes = (*self.engine.notes, *self._prompt_notes, *source.notes)
        there = source.page_count - len(source.left_out)
        return (
            notes
            if len(numbers) == there
            else (*notes, f"{len(numbers)} of {there} pages asked for")
        )

    def _limits(self) -> Limits:
        config = self.config
        return Limits(
            config.max_document_bytes,
            config.max_page_pixels,
            config.pdf_dpi,
            config.pdf_page_timeout_s,
            read_text=config.reads_words and config.read_text == "auto",
        )

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


def _notes_on(prompt: PinnedPrompt) -> tuple[str, ...]:
    if prompt.has_place_for_fields:
        return ()
    return (f"{prompt.uri} has no place {{{{ fields }}}}: they were sent behind it",)


def _describe(extraction: Extraction, span: LiveSpan, llm: str | None) -> None:
    """What a person needs to find this document among thousands of traces."""
    failed = extraction.outcome not in (Outcome.OK, Outcome.EMPTY)
    outputs: dict[str, Any] = {"outcome": extraction.outcome.value}
    if keeps_text():
        outputs["pairs"] = extraction.pairs
    elif keeps_shapes():
        outputs["answers"] = len(extraction.answers)
    if extraction.error:
        outputs["error"] = extraction.error
    if extraction.fields and keeps_shapes():
        outputs["fields"] = _statuses(extraction)
    if extraction.notes and keeps_shapes():
        outputs["notes"] = list(extraction.notes) if keeps_text() else len(extraction.notes)
    span.set_outputs(outputs)
    if not keeps_shapes() and llm is not None and not extraction.cached:
        # No span of a completion has it.
        span.set_attribute(SpanAttributeKey.MODEL, llm)
        show_usage(span, extraction.usage)
    span.set_status(SpanStatusCode.ERROR if failed else SpanStatusCode.OK)
    if extraction.trace_id is None:
        return
    # Only what differs between the traces of a model: each tag costs a row and two indexes,
    # and MLflow notes the model, which has engine, LLM and prompt as parameters.
    name = _storable(extraction.document_id)
    tags = {"document_id": name, "outcome": extraction.outcome.value}
    if extraction.cached:
        tags["cached"] = "true"
    preview = extraction.outcome.value
    if keeps_text():
        preview = extraction.error or _preview(extraction)
    mlflow.update_current_trace(
        tags=tags, request_preview=name, response_preview=_storable(preview)
    )


def _storable(text: str) -> str:
    """Text that a database accepts: MLflow would lose the trace over a NUL or a lone surrogate.

    "a\\x00b" -> "a�b"
    """
    whole = text[:_MOST_TAG_CHARS].encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\x00", "\ufffd")


def _statuses(extraction: Extraction) -> dict[str, dict[str, int]]:
    """The number of items or cells of each field by status: {"total": {"found": 1}}"""
    count: dict[str, Counter[str]] = {}
    for value in extraction.fields:
        count.setdefault(value.name, Counter())[value.status.value] += 1
    return {name: dict(statuses) for name, statuses in count.items()}


def _preview(extraction: Extraction) -> str:
    """The text in the list of traces, cut to its width: "ok: Name: Ann Berg; Date:" """
    pairs = [f"{key} {', '.join(values)}".rstrip() for key, values in extraction.pairs.items()]
    return textwrap.shorten(f"{extraction.outcome.value}: {'; '.join(pairs)}", _PREVIEW_CHARS)
