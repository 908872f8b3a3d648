"""Rows of a model whose LLM is asked for fields."""

from __future__ import annotations

from typing import Any

import mlflow
import pytest

from ocr_model.extraction.review import needs_review
from ocr_model.fields import parse_fields
from ocr_model.prompts import Message, PinnedPrompt
from ocr_model.schema import Extraction, Outcome
from scripts.workshop.drawn_files import tiff_bytes
from tests.support.endpoint import Seen, error
from tests.support.llm import extracted

WANTED = parse_fields("""
fields:
  - {name: number, required: true}
  - {name: total, type: currency}
  - {name: items, type: table, columns: [{name: article}, {name: amount, type: currency}]}
checks:
  - {sum: [items.amount], equals: total}
""")
PLACELESS, WITH_PLACE = (
    PinnedPrompt("prompts:/test/1", (Message(role="system", content=text),))
    for text in ("Read.", "Read. {{ fields }} Thank you.")
)
NOTHING: dict[str, Any] = {"number": None, "total": None, "items": []}
FIRST = {"number": "A-1", "total": None, "items": [{"article": "Bolts", "amount": "9.00"}]}
SECOND = {"number": "A-1", "total": "19.50", "items": [{"article": "Nuts", "amount": "10.50"}]}
NOTE = "prompts:/test/1 has no place {{ fields }}: they were sent behind it"


def extract(
    document: bytes, *contents: Any, prompt: PinnedPrompt = WITH_PLACE
) -> tuple[Extraction, list[Seen]]:
    return extracted(WANTED, document, contents, prompt)


@pytest.mark.usefixtures("mlflow_store")
def test_pages_are_one_document() -> None:
    row, requests = extract(tiff_bytes(2), FIRST, SECOND)
    assert (row.outcome, row.error, row.complaints) == (Outcome.OK, None, ())
    assert row.pairs == {
        "number": ["A-1"],
        "total": ["19.50"],
        "items.article": ["Bolts", "Nuts"],
        "items.amount": ["9.00", "10.50"],
    }
    assert [(v.name, v.row, v.column, v.page, v.status.value) for v in row.fields] == [
        ("number", None, None, 1, "found"),
        ("total", None, None, 2, "found"),
        ("items", 1, "article", 1, "found"),
        ("items", 1, "amount", 1, "found"),
        ("items", 2, "article", 2, "found"),
        ("items", 2, "amount", 2, "found"),
    ]
    assert not needs_review(row, None)
    assert len(requests) == 2
    trace = mlflow.get_trace(row.trace_id or "")
    assert trace is not None
    outputs = trace.data.spans[0].outputs
    assert outputs is not None
    assert outputs["fields"]["items"] == {"found": 4}
    page = next(span for span in trace.data.spans if span.name == "page 1")
    assert page.attributes["request"]["fields"] == ["number", "total", "items"]


def test_row_without_any_field_is_empty_and_says_what_is_required(form_png: bytes) -> None:
    row, _ = extract(form_png, NOTHING)
    assert (row.outcome, row.pairs) == (Outcome.EMPTY, {})
    assert {value.status.value for value in row.fields} == {"missing"}
    assert row.notes == ("number is required: the LLM did not find it",)
    assert needs_review(row, None)


def test_broken_check_and_what_was_not_asked_for_need_review(form_png: bytes) -> None:
    row, _ = extract(form_png, {**FIRST, "total": "9.50"})
    assert row.notes == ("expected items.amount = total, got 9.00 and 9.50",)
    assert needs_review(row, None)
    row, _ = extract(form_png, {**FIRST, "total": "9.00", "remark": "hurry"})
    assert row.notes == ("not asked for: 'remark': 'hurry'",)
    assert (row.outcome, needs_review(row, None)) == (Outcome.OK, True)


def test_what_is_missing_may_stand_on_the_page_that_failed() -> None:
    row, _ = extract(tiff_bytes(2), FIRST, error(400, "no"))
    assert row.outcome is Outcome.PARTIAL
    assert row.fields[1].reason == "the LLM did not find it; page 2 could not be read"


def test_place_in_the_prompt_takes_the_fields(form_png: bytes) -> None:
    row, requests = extract(form_png, SECOND)
    system, user = requests[0].body["messages"]
    assert system["content"].startswith("Read. Only the fields listed here are wanted")
    assert system["content"].endswith("Thank you.")
    assert user["content"][0]["type"] == "image_url"
    assert NOTE not in row.notes


def test_prompt_without_the_place_has_them_behind_it_and_the_row_says_so(form_png: bytes) -> None:
    row, requests = extract(form_png, SECOND, prompt=PLACELESS)
    system, user = requests[0].body["messages"]
    assert system["content"] == "Read."
    assert user["content"][0]["text"].startswith("Only the fields listed here are wanted")
    assert NOTE in row.notes
