"""The embedded engine: OCR and a trained linker, on this machine, without a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from ocr_model.config import ExtractorConfig
from ocr_model.engines.confidence import calibrated
from ocr_model.engines.deadline import NEVER, RequestDeadline
from ocr_model.engines.steps import step
from ocr_model.engines.words import (
    answers_as_given,
    is_doubtful,
    notes_of,
    pen_for,
    quality_of,
    read_words,
    upright_page,
    words_and_ticks,
)
from ocr_model.fields import WantedFields, labels_among
from ocr_model.linker import link_words, pinned_linker
from ocr_model.ocr import PageReader, Reading, WordReader, usable_cores
from ocr_model.schema import Answer, Page, PageResult, Word

_Linked = tuple[tuple[Answer, ...], tuple[Word, ...]]


class LocalEngine:
    """Reads pages with the bundled OCR, or another reader of words.

    Safe for `concurrency` threads.

    Raises:
        ConfigError: the packages of the extra `local` are not installed, or `linker` does not match
            the configuration.
    """

    name = "local"
    llm: str | None = None
    notes: tuple[str, ...] = ()

    def __init__(
        self,
        config: ExtractorConfig,
        reader: PageReader | None = None,
        linker: bytes | None = None,
        wanted: WantedFields | None = None,
    ) -> None:
        """`wanted` are the fields that the configuration names: their labels are questions."""
        # More than one page per core would only wait.
        self.concurrency = min(config.concurrency, usable_cores())
        self._linker = pinned_linker(config.linker, linker)
        self._wanted = wanted
        self._calibration = config.confidence_calibration
        self._reader = reader or _word_reader()

    def read_page(self, page: Page, request: RequestDeadline = NEVER) -> PageResult:
        request.check()
        reading = read_words(self._reader, page, request.check)
        linked, seen = self._link(reading, page, request)
        linked = self._calibrated(linked)
        pen = pen_for(reading)
        answers = answers_as_given(linked, reading, pen)
        upright = upright_page(page, linked, answers, seen, reading, pen) if self._wanted else None
        return PageResult(
            answers,
            notes=notes_of(reading, page.number),
            doubtful=is_doubtful(reading),
            quality=quality_of(reading, pen, page.number),
            upright=upright,
        )

    def _link(self, reading: Reading, page: Page, request: RequestDeadline) -> _Linked:
        words = words_and_ticks(reading, page)
        with step("link_words") as facts:
            answers, seen = link_words(
                words,
                reading.image,
                page.number,
                self._linker,
                request.check,
                self._labels_among,
            )
            blank = sum(answer.answer is None for answer in answers)
            facts |= {"words": len(words), "answers": len(answers) - blank, "blank": blank}
        return answers, seen

    def _labels_among(self, words: Sequence[Word]) -> Sequence[Sequence[int]]:
        if self._wanted is None:
            return ()
        return labels_among(words, [f for f in self._wanted.fields if f.type != "table"])

    def _calibrated(self, answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
        return tuple(
            answer
            if answer.confidence is None
            else replace(answer, confidence=calibrated(answer.confidence, self._calibration))
            for answer in answers
        )


@cache
def _word_reader() -> WordReader:
    """One per process for all engines: MLflow loads the model again for every task of local Spark.

    Raises:
        ConfigError: the packages of the extra `local` are not installed.
    """
    return WordReader()
