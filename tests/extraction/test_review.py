from __future__ import annotations

import pytest

from ocr_model.extraction.review import needs_review
from ocr_model.schema import Answer, Extraction, Outcome

SURE, UNSURE, UNKNOWN = (Answer("Q", "a", 1, None, sure) for sure in (0.9, 0.4, None))
BLANK = Answer("Q", None, 1)


@pytest.mark.parametrize(
    ("outcome", "answers", "threshold", "expected"),
    [
        (Outcome.OK, (SURE,), 0.5, False),
        (Outcome.OK, (SURE, UNSURE), 0.5, True),
        (Outcome.OK, (SURE,), 0.9, False),
        (Outcome.OK, (SURE, BLANK), 0.5, False),
        (Outcome.OK, (SURE, UNKNOWN), 0.5, True),
        (Outcome.OK, (SURE, UNSURE, UNKNOWN), None, False),
        (Outcome.OK, (UNSURE,), 0.0, False),
        (Outcome.EMPTY, (), 0.5, False),
        (Outcome.PARTIAL, (SURE,), 0.5, True),
        (Outcome.TIMEOUT, (), None, True),
    ],
    ids=[
        "all sure",
        "one unsure",
        "at the threshold",
        "left blank",
        "unknown",
        "no threshold",
        "lowest threshold",
        "empty page",
        "a page is missing",
        "not read",
    ],
)
def test_rows_to_look_at(
    outcome: Outcome, answers: tuple[Answer, ...], threshold: float | None, expected: bool
) -> None:
    assert needs_review(Extraction("d", outcome, answers=answers), threshold) is expected


@pytest.mark.parametrize("threshold", [None, 0.5])
def test_row_whose_reading_is_in_doubt_is_looked_at_whatever_its_answers_say(
    threshold: float | None,
) -> None:
    assert needs_review(Extraction("d", Outcome.OK, answers=(SURE,), doubtful=True), threshold)


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.EMPTY])
def test_row_with_a_complaint_of_its_fields_is_looked_at(outcome: Outcome) -> None:
    complaints = ("total is required: nothing was found",)
    assert needs_review(Extraction("d", outcome, complaints=complaints), None)
    assert not needs_review(Extraction("d", outcome), None)
