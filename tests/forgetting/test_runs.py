from __future__ import annotations

from typing import Any

import pytest

from ocr_model.forgetting.runs import without
from ocr_model.forgetting.subject import Subject

DIGEST, OTHER = "a" * 64, "b" * 64
SUBJECT = Subject(frozenset({"a.png"}), frozenset({DIGEST}))
TABLE = {"columns": ["document_id", "f1"], "data": [["a.png", 1], ["b.png", 0]]}


@pytest.mark.parametrize(
    ("content", "left", "removed"),
    [
        (TABLE, {**TABLE, "data": [["b.png", 0]]}, 1),
        ({"a.png": {"f1": [1, 2]}, "b.png": {}}, {"b.png": {}}, 1),
        ({"search": {"x": DIGEST, "y": OTHER}}, {"search": {"y": OTHER}}, 1),
        ([{"document_id": "x", "sha256": DIGEST}, {"text": "a.png"}], [{"text": "a.png"}], 1),
        ([DIGEST, OTHER], [OTHER], 1),
        (
            {"version": 1, "documents": [{"failed": 0.0}]},
            {"version": 1, "documents": [{"failed": 0.0}]},
            0,
        ),
        ("a.png", "a.png", 0),
    ],
    ids=["table", "by id", "by digest", "records", "digests", "nothing of it", "text"],
)
def test_json_loses_what_names_the_document(content: Any, left: Any, removed: int) -> None:
    assert without(content, SUBJECT) == (left, removed)
