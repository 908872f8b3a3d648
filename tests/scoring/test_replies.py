from __future__ import annotations

import json
from typing import Any

import pytest

from ocr_model.fields import parse_fields
from ocr_model.prompts import Message, PinnedPrompt
from ocr_model.scoring.replies import met_schema
from tests.support.endpoint import GOOD, completion, error
from tests.support.llm import extracted, read
from tests.support.scored import row_of


@pytest.mark.parametrize(
    ("outcome", "members", "expected"),
    [
        ("ok", {}, True),
        ("empty", {}, True),
        ("ok", {"notes": ["code fence removed"]}, False),
        (
            "ok",
            {"notes": ["blank answer dropped: 3", "page sent at 500 px: request too large"]},
            True,
        ),
        ("ok", {"notes": ["second opinion: code fence removed"]}, True),
        ("ok", {"fields": [{"name": "total"}], "notes": ["total is required: no"]}, True),
        ("ok", {"fields": [{"name": "total"}], "notes": ["not in the reply: total"]}, False),
        ("refused", {}, False),
        ("truncated", {}, False),
        ("unparseable", {}, False),
        ("timeout", {}, None),
        ("aborted", {}, None),
        ("bad_input", {}, None),
        ("partial", {}, None),
        ("ok", {"engine": "local"}, None),
    ],
)
def test_only_replies_of_an_llm_are_judged(
    outcome: str, members: dict[str, Any], expected: bool | None
) -> None:
    assert met_schema(row_of(outcome, {}, **members)) is expected


def test_notes_on_fields_are_no_repairs(form_png: bytes) -> None:
    wanted = parse_fields("""
        fields: [{name: total, type: currency, required: true}, {name: net, type: currency}]
        checks: [{sum: [net], equals: total}]
        """)
    replies = [{"total": "soon", "net": "1O.5O"}, {"total": None, "net": "1O.5O"}]
    for text in ("Read.", "Read {{ fields }}."):
        prompt = PinnedPrompt("prompts:/p/1", (Message(role="system", content=text),))
        row, _ = extracted(wanted, form_png, replies, prompt)
        notes = list(row.notes)
        fields = [{"name": value.name} for value in row.fields]
        assert "total is required: the LLM did not find it" in notes
        assert len(notes) == 3 + (text == "Read.")
        assert met_schema(row_of("ok", {}, notes=notes, fields=fields))


def pairs_text(*pairs: object) -> str:
    return json.dumps({"pairs": pairs})


# What the endpoint plays, and whether its first reply met the schema.
SCRIPTS: dict[str, tuple[list[Any], bool]] = {
    "schema met": ([completion(GOOD)], True),
    "blank answer": ([completion(pairs_text({"key": "A", "value": [""]}))], True),
    "sign that is no text": ([completion(pairs_text({"key": "A\x00", "value": ["1"]}))], True),
    "complete at the token limit": ([completion(GOOD, finish_reason="length")], True),
    "code fence": ([completion(f"```json\n{GOOD}\n```")], False),
    "prose around it": ([completion(f"Here you are: {GOOD}")], False),
    "bare list": ([completion(json.dumps([{"key": "A", "value": ["1"]}]))], False),
    "mapping": ([completion(json.dumps({"A": ["1"]}))], False),
    "number": ([completion(pairs_text({"key": "A", "value": [1]}))], False),
    "null": ([completion(pairs_text({"key": "A", "value": None}))], False),
    "unknown member": ([completion(pairs_text({"key": "A", "value": [], "box": 1}))], False),
    "asked again": ([completion("I cannot see a form."), completion(GOOD)], False),
    "no schema taken": (
        [error(400, "Invalid parameter: 'response_format' is not supported"), completion(GOOD)],
        True,
    ),
}


@pytest.mark.parametrize(("script", "expected"), SCRIPTS.values(), ids=SCRIPTS.keys())
def test_notes_of_the_engine_are_understood(script: list[Any], expected: bool) -> None:
    reading = read(script)
    assert met_schema(row_of(reading.outcome, {}, notes=list(reading.notes))) is expected
