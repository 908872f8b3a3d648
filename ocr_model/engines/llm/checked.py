"""An LLM's answers, checked: their boxes on the page, and their confidence.

Changes no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from mlflow.entities import SpanType

from ocr_model.config import ExtractorConfig
from ocr_model.engines.confidence import Evidence, confidence_of
from ocr_model.engines.deadline import NEVER, RequestDeadline
from ocr_model.engines.llm.engine import LLMEngine
from ocr_model.engines.llm.second_opinion import agreement, differently_framed
from ocr_model.engines.steps import open_span, step
from ocr_model.errors import LLMError
from ocr_model.fields import described
from ocr_model.grounding import Grounding, Ink, place_pairs
from ocr_model.normalize import fold_text
from ocr_model.ocr import Reading
from ocr_model.schema import Answer, Page, PageResult
from ocr_model.trace_content import keeps_text


def has_checks(config: ExtractorConfig) -> bool:
    """Whether the settings ask for more than the text of an answer."""
    asked = (config.answer_boxes, config.second_opinion) != ("off", "off")
    return asked or bool(config.llm_parameters.get("logprobs"))


class CheckedEngine:
    """Reads pages like the LLM engine, then adds boxes and confidences to the answers.

    With a second opinion a page takes two requests, each with its own `timeout_s`.
    """

    name = "llm"

    def __init__(self, config: ExtractorConfig, engine: LLMEngine) -> None:
        self.llm = engine.llm
        self.concurrency = engine.concurrency
        self.notes = engine.notes
        self._config = config
        self._engine = engine
        self._other_messages = differently_framed(config.prompt_values, described(engine.wanted))
        self.close = engine.close

    def read_page(self, page: Page, request: RequestDeadline = NEVER) -> PageResult:
        result = self._engine.read_page(page, request)
        result, agreements = self._with_second_opinion(page, result, request)
        groundings = self._place(page, result)
        checked = zip_longest(result.answers, groundings, result.logprobs, agreements)
        answers = [
            replace(
                answer,
                box=None if grounding is None else grounding.answer,
                confidence=self._confidence(answer, grounding, logprobs or (), agrees),
            )
            for answer, grounding, logprobs, agrees in checked
        ]
        quality = self._engine.quality_of(page)
        return replace(result, answers=tuple(answers), quality=quality)

    def _with_second_opinion(
        self, page: Page, result: PageResult, request: RequestDeadline
    ) -> tuple[PageResult, Sequence[float | None]]:
        """The result with the cost of the second request; without answers there is none.

        If the second request fails, the first one's answers stay.
        """
        if self._config.second_opinion == "off" or not result.answers:
            return result, ()
        with open_span("second_opinion", SpanType.CHAIN) as span:
            try:
                other = self._engine.ask(page, self._other_messages, request)
            except LLMError as err:
                if not keeps_text():
                    err.hide_text()
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

    def _place(self, page: Page, result: PageResult) -> list[Grounding]:
        """The places of the answers, in pixels of the original page."""
        reader = self._engine.text_reader
        if self._config.answer_boxes == "off" or reader is None or not result.answers:
            return []
        reading = reader.read(page)
        with step("place_answers") as facts:
            questions = self._questions(result, reading)
            pairs = [(q, a.answer) for q, a in zip(questions, result.answers, strict=True)]
            groundings = place_pairs(pairs, reading.words, Ink(reading.image))
            placed = sum(grounding.answer is not None for grounding in groundings)
            facts |= {"words": len(reading.words), "answers": len(pairs), "placed": placed}
        return [
            grounding
            if grounding.answer is None
            else replace(grounding, answer=reading.box_as_given(grounding.answer))
            for grounding in groundings
        ]

    def _questions(self, result: PageResult, reading: Reading) -> list[str]:
        """The question of each answer on the page; for a field its label, if it is on the page."""
        wanted = self._engine.wanted
        if wanted is None or result.field_keys is None:
            return [answer.question for answer in result.answers]
        page = fold_text(" ".join(word.text for word in reading.words))
        asked = [wanted.labels_of(key) or (key.column or key.name,) for key in result.field_keys]
        return [
            next((label for label in labels if fold_text(label) in page), labels[0])
            for labels in asked
        ]

    def _confidence(
        self,
        answer: Answer,
        grounding: Grounding | None,
        logprobs: tuple[float, ...],
        agrees: float | None,
    ) -> float | None:
        """None for a blank question: there is no answer."""
        if answer.answer is None:
            return None
        similarity = None if grounding is None else grounding.similarity or 0.0
        nearness = None if grounding is None else grounding.nearness
        evidence = Evidence(similarity, nearness, logprobs, agrees)
        return confidence_of(evidence, self._config.confidence_calibration)
