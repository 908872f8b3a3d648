"""Decide whether a person should check a row. Pure."""

from __future__ import annotations

from ocr_model.schema import Answer, Extraction, Outcome

_WELL_READ = frozenset({Outcome.OK, Outcome.EMPTY})


def needs_review(extraction: Extraction, threshold: float | None) -> bool:
    """True if the document was not read completely or its reading is in doubt, if a required field
    was not found or a check failed, or if any answer is below the threshold.

    Answers of 0.9 and 0.4 with the threshold 0.5 -> True; without a threshold -> False

    With a threshold, an answer without a confidence counts as below it. A question left blank has
    no answer to doubt.
    """
    if extraction.outcome not in _WELL_READ or extraction.doubtful or extraction.complaints:
        return True
    return threshold is not None and any(
        _is_doubtful(answer, threshold) for answer in extraction.answers
    )


def _is_doubtful(answer: Answer, threshold: float) -> bool:
    if answer.answer is None:
        return False
    return answer.confidence is None or answer.confidence < threshold
