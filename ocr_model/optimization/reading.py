"""A candidate's prompt and forms -> its readings, and the score of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from mlflow.tracing.provider import trace_disabled

from ocr_model.config import ExtractorConfig
from ocr_model.errors import OcrModelError
from ocr_model.evaluation import score_name
from ocr_model.extraction import Document, Extractor, to_frame
from ocr_model.fields import WantedFields
from ocr_model.forms import Form
from ocr_model.optimization.feedback import feedback_on
from ocr_model.optimization.spending import Spending
from ocr_model.prompts import PinnedPrompt
from ocr_model.pyfunc_model import SIGNATURE
from ocr_model.schema import INTERRUPTED, Extraction, Outcome
from ocr_model.scoring import Array, Rows, Scoring, score_rows, share_array

# Settings that add to answers but do not change them.
_CHECKS_OFF = {"answer_boxes": "off", "second_opinion": "off", "trace_content": "text"}


@dataclass(frozen=True, slots=True)
class ReadForm:
    """A candidate's reading of a form: its score, part and whole of the metric, the feedback."""

    score: float
    shares: Mapping[str, Any]
    feedback: str


class CandidateReader:
    """Reads forms with the model's engine; nothing is sent twice.

    Replies are stored on disk, so that an interrupted search resumes without paying again.
    """

    def __init__(
        self,
        config: ExtractorConfig,
        wanted: WantedFields | None,
        metric: str,
        spending: Spending,
        cache_path: str = "",
    ) -> None:
        """`metric` is a metric of `evaluate` that is a sum over pages.

        Raises:
            ConfigError: the metric is unknown.
        """
        kept = {"cache": "read-write", "cache_path": cache_path or config.cache_path}
        self._config = config.model_copy(update={**_CHECKS_OFF, **kept})
        self._wanted = wanted
        self._score = score_name(metric)
        self._spending = spending
        self._read: dict[tuple[str, str], ReadForm] = {}

    def read(self, prompt: PinnedPrompt, forms: Sequence[Form]) -> list[ReadForm]:
        """Read the forms, in order.

        Raises:
            LimitReachedError: it would exceed the remaining budget.
            OcrModelError: the endpoint did not answer, so the score of a form is unknown.
        """
        start = 0
        while start < len(forms):
            # The cost of a call, and whether the endpoint works, are unknown before the first one.
            size = 2 * self._config.concurrency if self._spending.calls else 1
            self._read_new(prompt, forms[start : start + size])
            start += size
        return [self._read[prompt.sha256, form.name] for form in forms]

    def counts(self, read: Sequence[ReadForm]) -> Array:
        """Part and whole of the metric by form, shape (forms, 2)."""
        return share_array([one.shares for one in read], self._score)

    @trace_disabled  # hundreds of traces would add no information
    def _read_new(self, prompt: PinnedPrompt, forms: Sequence[Form]) -> None:
        new = [
            form for form in dict.fromkeys(forms) if (prompt.sha256, form.name) not in self._read
        ]
        if not new:
            return
        self._spending.check(len(new))
        fields = None if self._wanted is None else self._wanted.to_plain()
        extractor = Extractor(self._config, prompt, fields=fields)
        try:
            extractions = self._extract(extractor, new)
        finally:
            if (close := getattr(extractor.engine, "close", None)) is not None:
                close()
        records = _records_of(extractions, extractor)
        pages = score_rows(Rows(records, 0.0), new, Scoring(wanted=self._wanted))
        for form, record, page in zip(new, records, pages.to_dict("records"), strict=True):
            score = page.get(self._score)
            self._read[prompt.sha256, form.name] = ReadForm(
                0.0 if score is None or pd.isna(score) else float(score),
                page["shares"],
                feedback_on(form, record, {str(name): value for name, value in page.items()}),
            )

    def _extract(self, extractor: Extractor, forms: Sequence[Form]) -> list[Extraction]:
        """A form that failed because of the endpoint is retried once, alone."""
        documents = [Document(form.image_path.read_bytes(), form.name) for form in forms]
        extractions = extractor.extract_many(documents)
        if Outcome.ABORTED in {one.outcome for one in extractions}:
            raise _unanswered(next(one for one in extractions if one.outcome in INTERRUPTED))
        for at, document in enumerate(documents):
            if extractions[at].outcome in INTERRUPTED:
                extractions[at] = extractor.extract(document)
            if extractions[at].outcome in INTERRUPTED:
                raise _unanswered(extractions[at])
        for one in extractions:
            self._spending.add(self._config.llm, one.usage, max(one.pages, 1), reused=one.cached)
        return extractions


def _unanswered(extraction: Extraction) -> OcrModelError:
    return OcrModelError(
        f"Expected an answer for every form, got for {extraction.document_id}: {extraction.error} "
        "No candidate is scored by a form that was not answered. The same command goes on from "
        "here; what was paid for is kept."
    )


def _records_of(extractions: list[Extraction], extractor: Extractor) -> list[dict[str, Any]]:
    frame = to_frame(extractions, SIGNATURE.outputs.input_names(), extractor, None)
    return [
        {str(name): None if value is pd.NA else value for name, value in record.items()}
        for record in frame.to_dict("records")
    ]
