"""The steps of reading a page in MLflow's traces: attributes of the page's span.

No spans of their own: an empty one takes 0.9 kB of MLflow's database with its indexes, and 10 ms of
CPU to store, which is too much for each of ten million pages.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import mlflow
from mlflow.entities import LiveSpan, NoOpSpan, SpanStatusCode
from mlflow.tracing.constant import SpanAttributeKey, TokenUsageKey

from ocr_model.schema import Usage
from ocr_model.trace_content import keeps_shapes, keeps_text


@contextmanager
def open_span(name: str, span_type: str) -> Iterator[LiveSpan]:
    """A span inside a document; none if only the outcome of a document is stored.

    MLflow records the text of an exception in a span; if no text may be stored, the exception is
    passed around the span.
    """
    if not keeps_shapes():
        yield NoOpSpan()  # type: ignore[misc, no-untyped-call]  # as MLflow where it does not trace
        return
    passing: Exception | None = None
    with mlflow.start_span(name, span_type) as span:
        try:
            yield span
        except Exception as err:
            if keeps_text():
                raise
            span.set_status(SpanStatusCode.ERROR)
            passing = err
    if passing is not None:
        raise passing


@contextmanager
def step(name: str) -> Iterator[dict[str, object]]:
    """Facts in the yielded dict become an attribute of the open span, with the time taken.

    A repeated step gets a number: "parse", "parse 2".
    """
    facts: dict[str, object] = {}
    started = time.perf_counter()
    try:
        yield facts
    finally:
        span = mlflow.get_current_active_span()
        if span is not None and keeps_shapes():
            number, unused = 1, name
            while span.get_attribute(unused) is not None:
                number += 1
                unused = f"{name} {number}"
            ms = round((time.perf_counter() - started) * 1000)
            span.set_attribute(unused, facts | {"ms": ms})


def show_usage(span: LiveSpan, usage: Usage, cached_tokens: int | None = None) -> None:
    """MLflow computes the cost from this attribute; a partial usage would give a wrong cost."""
    if usage.prompt_tokens is None or usage.completion_tokens is None:
        return
    tokens = {
        TokenUsageKey.INPUT_TOKENS: usage.prompt_tokens,
        TokenUsageKey.OUTPUT_TOKENS: usage.completion_tokens,
        TokenUsageKey.TOTAL_TOKENS: usage.prompt_tokens + usage.completion_tokens,
    }
    if cached_tokens is not None:
        tokens[TokenUsageKey.CACHE_READ_INPUT_TOKENS] = cached_tokens
    span.set_attribute(SpanAttributeKey.CHAT_USAGE, tokens)
