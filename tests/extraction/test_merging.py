from __future__ import annotations

from dataclasses import replace

import pytest

from ocr_model.errors import ExtractionError, LLMError
from ocr_model.extraction.merging import PageFailure, merge
from ocr_model.fields import parse_fields
from ocr_model.schema import Answer, Outcome, PageResult, Quality, UprightPage, Usage


def page(number: int) -> PageResult:
    return PageResult((Answer("Page", str(number), number),), Usage(10, 1), (f"note {number}",))


def test_quality_is_that_of_the_pages_that_were_read() -> None:
    read = [replace(page(n), quality=Quality(n, unsure_share=0.1 * n)) for n in (1, 3)]
    row = merge("a", [read[0], failure(2, Outcome.REFUSED, "no"), read[1], page(4)], [])
    assert [(quality.page, quality.unsure_share) for quality in row.quality] == [
        (1, pytest.approx(0.1)),
        (3, pytest.approx(0.3)),
    ]


def failure(number: int, outcome: Outcome, reason: str) -> PageFailure:
    return PageFailure(number, ExtractionError(reason, outcome))


def test_pages_are_joined_in_order() -> None:
    row = merge("a", [page(2), page(5)], ["engine"])
    assert (row.outcome, row.error, row.pages) == (Outcome.OK, None, 2)
    assert [(answer.answer, answer.page) for answer in row.answers] == [("2", 2), ("5", 5)]
    assert row.notes == ("engine", "note 2", "note 5")
    assert row.usage == Usage(20, 2)


def test_failed_pages_cost_their_own_answers_and_say_why_once() -> None:
    results = [
        failure(1, Outcome.TIMEOUT, "too slow"),
        page(2),
        failure(3, Outcome.BAD_INPUT, "damaged"),
        failure(4, Outcome.TIMEOUT, "too slow"),
    ]
    row = merge("a", results, [])
    assert (row.outcome, row.pages) == (Outcome.PARTIAL, 4)
    assert row.error == "pages 1, 4: too slow; page 3: damaged"
    assert row.pairs == {"Page": ["2"]}


def test_the_only_page_needs_no_number() -> None:
    assert merge("a", [failure(1, Outcome.REFUSED, "no")], []).error == "no"


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([Outcome.ABORTED, Outcome.ENDPOINT_ERROR], Outcome.ENDPOINT_ERROR),
        ([Outcome.TIMEOUT, Outcome.REFUSED], Outcome.TIMEOUT),
        ([Outcome.ABORTED, Outcome.ABORTED], Outcome.ABORTED),
    ],
    ids=["the reason of an abort", "the first", "aborted elsewhere"],
)
def test_when_no_page_is_read_the_outcome_is_a_page_s_own(
    outcomes: list[Outcome], expected: Outcome
) -> None:
    failures = [failure(n, outcome, "x") for n, outcome in enumerate(outcomes, start=1)]
    assert merge("a", failures, []).outcome is expected


def test_tokens_of_failed_pages_are_paid_for() -> None:
    failed = PageFailure(2, LLMError("cut off", Outcome.TRUNCATED, usage=Usage(7, 5)))
    assert merge("a", [page(1), failed], []).usage == Usage(17, 6)


def test_a_page_read_in_part_is_named_by_its_number() -> None:
    in_part = PageResult((), unread="beside")
    row = merge("a", [page(4), in_part], [], numbers=[4, 5])
    assert (row.outcome, row.error) == (Outcome.PARTIAL, "page 5: beside")


def test_a_doubtful_page_makes_its_row_doubtful() -> None:
    assert not merge("a", [page(1)], []).doubtful
    assert merge("a", [page(1), PageResult((), doubtful=True)], []).doubtful


def test_what_was_done_to_a_page_that_failed_is_noted() -> None:
    error = LLMError("a loop", Outcome.TRUNCATED)
    error.notes = ("looped",)
    assert merge("a", [page(1), PageFailure(2, error)], ["engine"]).notes == (
        "engine",
        "note 1",
        "looped",
    )


def test_with_fields_the_answers_are_those_to_them_and_empty_is_none_found() -> None:
    asked = (Answer("Total", "9.00", 1), Answer("Clerk", "Ann", 1))
    read = PageResult(asked, upright=UprightPage(1, asked, (), {}))
    total = parse_fields("fields: [{name: amount_due, labels: [Total], type: currency}]")
    row = merge("a", [read], [], wanted=total)
    assert (row.outcome, row.pairs) == (Outcome.OK, {"amount_due": ["9.00"]})
    assert [(value.name, value.value) for value in row.fields] == [("amount_due", "9.00")]
    iban = parse_fields("fields: [{name: iban, required: true}]")
    row = merge("a", [read], ["engine"], wanted=iban)
    assert (row.outcome, row.answers, len(row.fields)) == (Outcome.EMPTY, (), 1)
    assert row.notes == ("engine", "iban is required: nothing on the page asks it")
    assert row.complaints == row.notes[1:]


def test_with_fields_a_document_that_was_not_read_has_none() -> None:
    wanted = parse_fields("fields: [{name: total, required: true}]")
    row = merge("a", [failure(1, Outcome.TIMEOUT, "late")], [], wanted=wanted)
    assert (row.outcome, row.fields, row.complaints) == (Outcome.TIMEOUT, (), ())
