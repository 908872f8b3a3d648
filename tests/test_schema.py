from __future__ import annotations

import pytest
from pydantic import ValidationError

from ocr_model.schema import Answer, KeyValueList, Usage, pairs_of


def test_pairs_of_joins_repeated_questions_and_keeps_blank_ones() -> None:
    answers = [
        Answer("Name", "Ann", 1),
        Answer("Date", None, 1),
        Answer("Name", "Bob", 2),
        Answer("Name", "Bob", 2),
    ]
    assert pairs_of(answers) == {"Name": ["Ann", "Bob", "Bob"], "Date": []}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (Usage(1, 2), Usage(10, 20), Usage(11, 22)),
        (Usage(None, 2), Usage(10, None), Usage(10, 2)),
        (Usage(), Usage(), Usage(None, None)),
    ],
    ids=["known", "half known", "unknown stays unknown"],
)
def test_usage_adds_what_is_known(first: Usage, second: Usage, expected: Usage) -> None:
    assert first + second == expected


def test_wire_schema_refuses_unknown_keys() -> None:
    with pytest.raises(ValidationError, match="confidence"):
        KeyValueList.model_validate({"pairs": [{"key": "a", "value": ["b"], "confidence": 1}]})
