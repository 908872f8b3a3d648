"""The embedded OCR as engines use it: in a span of its own."""

from __future__ import annotations

import mlflow
from mlflow.entities import SpanType

from ocr_model.ocr import WordReader
from ocr_model.schema import Page, Word


def read_words(reader: WordReader, page: Page) -> list[Word]:
    """The words of a page; the trace gets their number and nothing they say."""
    with mlflow.start_span("read_words", span_type=SpanType.PARSER) as span:
        span.set_inputs(
            {"page": page.number, "width": page.image.width, "height": page.image.height}
        )
        words = reader.read_words(page.image)
        span.set_outputs({"words": len(words)})
    return words
