"""An LLM's answers, checked against the page: where they stand on it.

Asks nothing by itself and changes no answer.
"""

from __future__ import annotations

from dataclasses import replace

import mlflow
from mlflow.entities import SpanType

from ocr_model.config import ExtractorConfig
from ocr_model.engines.llm import LLMEngine
from ocr_model.ink import Ink
from ocr_model.placing import Standing, place_pairs
from ocr_model.schema import Page, PageResult


class CheckedEngine:
    """Reads pages as the LLM engine does, then says where the answers stand."""

    name = "llm"

    def __init__(self, config: ExtractorConfig, engine: LLMEngine) -> None:
        self.llm = engine.llm
        self.concurrency = engine.concurrency
        self.notes = engine.notes
        self._config = config
        self._engine = engine
        self.close = engine.close

    def read_page(self, page: Page) -> PageResult:
        result = self._engine.read_page(page)
        standings = self._place(page, result)
        answers = [
            replace(answer, box=standing.answer)
            for answer, standing in zip(result.answers, standings, strict=True)
        ]
        return replace(result, answers=tuple(answers))

    def _place(self, page: Page, result: PageResult) -> list[Standing]:
        reader = self._engine.text_reader
        if self._config.answer_boxes == "off" or reader is None or not result.answers:
            return [Standing() for _ in result.answers]
        reading = reader.read(page)
        with mlflow.start_span("place_answers", span_type=SpanType.PARSER) as span:
            span.set_inputs({"page": page.number, "words": len(reading.words)})
            pairs = [(answer.question, answer.answer) for answer in result.answers]
            standings = place_pairs(pairs, reading.words, Ink(reading.image))
            placed = sum(standing.answer is not None for standing in standings)
            span.set_outputs({"answers": len(pairs), "placed": placed})
        return [
            standing
            if standing.answer is None
            else replace(standing, answer=reading.box_as_given(standing.answer))
            for standing in standings
        ]
