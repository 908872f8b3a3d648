"""An LLM's answers, checked: where they stand on the page, and how far they are to be believed.

Changes no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

import mlflow
from mlflow.entities import SpanType

from ocr_model.config import ExtractorConfig
from ocr_model.engines.confidence import Evidence, confidence_of
from ocr_model.engines.deadline import NEVER, RequestDeadline
from ocr_model.engines.llm.engine import LLMEngine
from ocr_model.engines.llm.second_opinion import agreement, differently_framed
from ocr_model.engines.steps import step
from ocr_model.errors import LLMError
from ocr_model.grounding import Ink, Standing, place_pairs
from ocr_model.schema import Answer, Page, PageResult


def has_checks(config: ExtractorConfig) -> bool:
    """Whether the settings ask for anything that says more of an answer than its text."""
    asked = (config.answer_boxes, config.second_opinion) != ("off", "off")
    return asked or bool(config.llm_parameters.get("logprobs"))


class CheckedEngine:
    """Reads pages as the LLM engine does, then places the answers and weighs what is known of them.

    With a second opinion a page takes two requests, each with its own `timeout_s`.
    """

    name = "llm"

    def __init__(self, config: ExtractorConfig, engine: LLMEngine) -> None:
        self.llm = engine.llm
        self.concurrency = engine.concurrency
        self.notes = engine.notes
        self._config = config
        self._engine = engine
        self._other_messages = differently_framed(config.prompt_values)
        self.close = engine.close

    def read_page(self, page: Page, request: RequestDeadline = NEVER) -> PageResult:
        result = self._engine.read_page(page, request)
        result, agreements = self._with_second_opinion(page, result, request)
        standings = self._place(page, result)
        checked = zip_longest(result.answers, standings, result.logprobs, agreements)
        answers = [
            replace(
                answer,
                box=None if standing is None else standing.answer,
                confidence=self._confidence(answer, standing, logprobs or (), agrees),
            )
            for answer, standing, logprobs, agrees in checked
        ]
        quality = self._engine.quality_of(page)
        return replace(result, answers=tuple(answers), quality=quality)

    def _with_second_opinion(
        self, page: Page, result: PageResult, request: RequestDeadline
    ) -> tuple[PageResult, Sequence[float | None]]:
        """The result with what the other request cost; without answers there is nothing to ask.

        A second request that fails costs the first one's answers nothing.
        """
        if self._config.second_opinion == "off" or not result.answers:
            return result, ()
        with mlflow.start_span("second_opinion", span_type=SpanType.CHAIN) as span:
            try:
                other = self._engine.ask(page, self._other_messages, request)
            except LLMError as err:
                notes = (*result.notes, f"second opinion failed: {err}")
                span.set_outputs({"outcome": err.outcome.value, "error": str(err)})
                return replace(result, usage=result.usage + err.usage, notes=notes), ()
            agreements = agreement(result.answers, other.answers)
            span.set_outputs({"agreeing": sum(share == 1 for share in agreements)})
        return replace(
            result,
            usage=result.usage + other.usage,
            notes=(*result.notes, *(f"second opinion: {note}" for note in other.notes)),
            cached=result.cached and other.cached,
        ), agreements

    def _place(self, page: Page, result: PageResult) -> list[Standing]:
        """Where the answers stand, in the pixels of the page as it was given."""
        reader = self._engine.text_reader
        if self._config.answer_boxes == "off" or reader is None or not result.answers:
            return []
        reading = reader.read(page)
        with step("place_answers") as span:
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

    def _confidence(
        self,
        answer: Answer,
        standing: Standing | None,
        logprobs: tuple[float, ...],
        agrees: float | None,
    ) -> float | None:
        """None for a question that was left blank: there is no answer to believe."""
        if answer.answer is None:
            return None
        similarity = None if standing is None else standing.similarity or 0.0
        nearness = None if standing is None else standing.nearness
        evidence = Evidence(similarity, nearness, logprobs, agrees)
        return confidence_of(evidence, self._config.confidence_calibration)
