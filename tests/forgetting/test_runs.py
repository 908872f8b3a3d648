from __future__ import annotations

import json
from typing import Any

import mlflow
import pytest

from ocr_model.forgetting.models import list_learned
from ocr_model.forgetting.receipt import Receipt, State
from ocr_model.forgetting.runs import forget_in_runs, without
from ocr_model.forgetting.subject import Subject
from ocr_model.prompts import DOCUMENTS_TAG, PROMPT_NAME

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


def test_prompts_that_were_written_from_it_are_kept_and_said(mlflow_store: str) -> None:
    with mlflow.start_run() as run:
        mlflow.log_dict({"search": {"a.png": DIGEST, "b.png": OTHER}}, "documents.json")
    mlflow.genai.register_prompt(PROMPT_NAME, "by hand")
    mlflow.genai.register_prompt(PROMPT_NAME, "text", tags={DOCUMENTS_TAG: f"{OTHER},{DIGEST}"})
    receipt = Receipt(erases=True)
    list_learned(SUBJECT, receipt)
    forget_in_runs(SUBJECT, set(), receipt)
    kept = [line.place for line in receipt.lines if line.state is State.KEPT]
    assert kept == [f"prompts:/{PROMPT_NAME}/2", f"run {run.info.run_id}"]
    left = mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/documents.json")
    assert json.loads(left) == {"search": {"b.png": OTHER}}
