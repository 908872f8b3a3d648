"""What is kept of a document: numbers and digests, hand-computed."""

from __future__ import annotations

import json

import pytest

from ocr_model.errors import DatasetError
from ocr_model.monitoring import DocumentFacts, digest_of, facts_of, profile_of, read_profile

ROW = {
    "document_id": "a",
    "outcome": "ok",
    "pairs": {"Name:": ["Ann", "Bob"], "Date": []},
    "answers": [
        {"question": "Name:", "answer": "Ann", "confidence": 0.9},
        {"question": "Name:", "answer": "Bob", "confidence": 0.4},
        {"question": "Date", "answer": None, "confidence": 0.1},
    ],
    "needs_review": True,
    "pages": 2,
    "prompt_tokens": 900,
    "completion_tokens": 100,
    "latency_ms": 3000,
    "cached": False,
    "quality": [
        {"page": 1, "letter_height_px": 10.0, "skew_deg": -2.0, "unsure_share": 0.0},
        {"page": 2, "letter_height_px": 20.0, "skew_deg": 1.0, "unsure_share": None},
    ],
    "fields": [],
}


def test_a_row_becomes_numbers_per_document_and_page() -> None:
    assert facts_of(ROW, cost_usd=0.01) == DocumentFacts(
        failed=0.0,
        empty=0.0,
        needs_review=1.0,
        confidence=0.4,
        answers=2.0,
        tokens_per_page=500.0,
        cost_usd_per_page=0.005,
        seconds_per_page=1.5,
        letter_height_px=15.0,
        skew_deg=1.5,
        unsure_share=0.0,
        questions=tuple(sorted([digest_of("name"), digest_of("DATE:")])),
    )


@pytest.mark.parametrize(
    ("changed", "known"),
    [
        ({"outcome": "timeout", "pages": 0, "pairs": {}, "answers": []}, {"failed": 1.0}),
        ({"cached": True}, {"seconds_per_page": None, "tokens_per_page": 500.0}),
        ({"prompt_tokens": None}, {"tokens_per_page": None}),
        ({"needs_review": "false"}, {"needs_review": 0.0}),
        ({"pairs": {}, "answers": [], "outcome": "empty"}, {"empty": 1.0, "confidence": None}),
        (
            {"fields": [{"status": "found"}, {"status": "missing"}]},
            {"fields_found": 0.5, "questions": ()},
        ),
    ],
)
def test_what_is_unknown_is_none_and_not_zero(
    changed: dict[str, object], known: dict[str, object]
) -> None:
    facts = facts_of({**ROW, **changed})
    assert {name: getattr(facts, name) for name in known} == known


def test_columns_that_traces_lack_are_unknown() -> None:
    facts = facts_of({"document_id": "a", "outcome": "ok", "pairs": {"A": ["b"]}, "pages": 1})
    assert (facts.failed, facts.answers) == (0.0, 1.0)
    assert (facts.needs_review, facts.confidence, facts.skew_deg) == (None, None, None)


def test_a_profile_is_read_as_it_was_kept_and_holds_no_text() -> None:
    kept = json.dumps(profile_of([facts_of(ROW)]))
    assert read_profile(json.loads(kept)) == [facts_of(ROW)]
    assert not any(text in kept for text in ("Name", "Ann", "Date"))


@pytest.mark.parametrize(
    "content", [{}, {"version": 9, "documents": []}, {"version": 1, "documents": [{"x": 1}]}]
)
def test_what_is_no_profile_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(DatasetError, match="Expected a profile"):
        read_profile(content)
