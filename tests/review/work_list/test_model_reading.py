"""Rows of every kind become questions with answers."""

from __future__ import annotations

from typing import Any

import pytest

from ocr_model.review.work_list import reading_of
from ocr_model.review.work_list.model_reading import reading_of_trace

BOX = [1, 2, 30, 12]


def answer(question: str, said: str | None, confidence: float | None = None) -> dict[str, Any]:
    return {
        "question": question,
        "answer": said,
        "page": 1,
        "box": BOX if said else None,
        "confidence": confidence,
    }


def test_answers_that_follow_each_other_are_those_of_one_question() -> None:
    said = [
        answer("Name", "Ann", 0.9),
        answer("Name", "Bob", 0.4),
        answer("Date", None),
        answer("Date", None),
        answer("Name", "Cid", 0.8),
    ]
    read = reading_of({"answers": said, "outcome": "ok", "needs_review": False, "fields": []})
    assert read.kind == "pairs"
    assert [(q.text, [a.text for a in q.answers]) for q in read.questions] == [
        ("Name", ["Ann", "Bob"]),
        ("Date", []),
        ("Date", []),
        ("Name", ["Cid"]),
    ]
    assert read.lowest_confidence == 0.4
    assert not read.doubtful
    assert read.questions[0].answers[0].box == (1, 2, 30, 12)
    ids = [part.id for q in read.questions for part in (q, *q.answers)]
    assert len(set(ids)) == len(ids)


def test_fields_keep_what_is_absent_and_why_and_cells_their_place() -> None:
    fields = [
        {"name": "total", "status": "found", "value": "9.00", "text": "9,00", "page": 1},
        {"name": "due", "status": "missing", "reason": "nothing asks it"},
        {"name": "items", "status": "found", "text": "Bolt", "row": 1, "column": "article"},
        {"name": "items", "status": "found", "text": "2", "row": 1, "column": "count"},
    ]
    read = reading_of({"answers": [], "fields": fields, "outcome": "ok", "needs_review": True})
    total, due, items = read.questions
    assert read.kind == "fields"
    assert read.doubtful
    assert total.answers[0].text == "9,00"
    assert (due.absent, due.reason) == (True, "nothing asks it")
    assert [(a.row, a.column, a.text) for a in items.answers] == [
        (1, "article", "Bolt"),
        (1, "count", "2"),
    ]


def test_a_trace_keeps_pairs_alone() -> None:
    read = reading_of({"outcome": "ok", "pairs": {"Name": ["Ann"], "Date": []}})
    assert [(q.text, len(q.answers)) for q in read.questions] == [("Name", 1), ("Date", 0)]
    assert read.lowest_confidence is None


def test_a_trace_of_fields_says_which_were_not_there() -> None:
    ends = {
        "total": {"found": 1},
        "due": {"missing": 1},
        "paid": {"blank": 1},
        "items": {"found": 2},
    }
    pairs = {"total": ["9.00"], "items.article": ["Bolt", "Nut"]}
    read = reading_of_trace({"outcome": "ok", "pairs": pairs, "fields": ends}, "tr-1", None)
    assert read.kind == "fields"
    assert [(q.text, [a.text for a in q.answers], q.absent) for q in read.questions] == [
        ("total", ["9.00"], False),
        ("items.article", ["Bolt", "Nut"], False),
        ("due", [], True),
        ("paid", [], False),
    ]


def test_a_row_with_a_column_per_field_is_understood() -> None:
    row = {
        "document_id": "a.png",
        "outcome": "ok",
        "needs_review": "true",
        "error": None,
        "total": "9.00",
        "items": '[{"article":"Bolt","count":null}]',
        "phones": '["1","2"]',
        "due": None,
        **{f"{name}_status": "found" for name in ("total", "items", "phones")},
        "due_status": "missing",
    }
    read = reading_of(row)
    assert read.doubtful
    assert [(q.text, [a.text for a in q.answers], q.absent) for q in read.questions] == [
        ("total", ["9.00"], False),
        ("items", ["Bolt"], False),
        ("phones", ["1", "2"], False),
        ("due", [], True),
    ]


@pytest.mark.parametrize(
    ("outcome", "doubtful"), [("ok", False), ("empty", False), ("partial", True), ("timeout", True)]
)
def test_what_was_not_read_as_a_whole_needs_a_person(outcome: str, doubtful: bool) -> None:
    assert reading_of({"answers": [], "outcome": outcome, "fields": []}).doubtful is doubtful
