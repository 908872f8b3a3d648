"""What MLflow holds of a review: on the trace, in the queue, in the dataset; or why it does not."""

from __future__ import annotations

from typing import Any

import mlflow
import pytest
from mlflow.entities import Assessment
from mlflow.exceptions import MlflowException
from mlflow.genai.datasets import get_dataset
from mlflow.genai.review_queues import (
    add_items_to_review_queue,
    create_review_queue,
    list_review_queue_items,
)

from ocr_model.review.expectations import log_to_trace
from ocr_model.review.record import Review
from tests.support.reviews import MISREAD, corrected, review

TRUE = {"Name:": ["Ann Berg"], "Date:": ["14 May 2024"], "Signature:": []}


@pytest.fixture
def trace_id(mlflow_store: str) -> str:
    with mlflow.start_span("extract") as span:
        span.set_inputs({"document_id": "form"})
    return span.trace_id


def _assessments(trace_id: str) -> dict[str, Assessment]:
    trace = mlflow.get_trace(trace_id)
    assert trace is not None
    found = {one.name: one for one in trace.info.assessments or []}
    assert len(found) == len(trace.info.assessments or [])
    return found


def _records() -> list[dict[str, Any]]:
    experiment = mlflow.get_experiment_by_name("test")
    assert experiment is not None
    return get_dataset(name=f"reviewed-{experiment.experiment_id}").to_df().to_dict("records")


def test_trace_queue_and_dataset_hold_what_a_person_said(trace_id: str) -> None:
    queue = create_review_queue("forms", queue_type="custom", users=["ann"])
    add_items_to_review_queue(queue.queue_id, item_ids=[trace_id])
    told = log_to_trace(corrected(b"document", trace_id=trace_id))
    [record] = _records()
    assert told == (
        f"Written to MLflow: trace {trace_id} has the true pairs and what ann says; completed in "
        "the review queue forms; dataset reviewed-1 has the record."
    )
    found = _assessments(trace_id)
    assert found["pairs"].value == TRUE
    assert (found["pairs"].source.source_type, found["pairs"].source.source_id) == ("HUMAN", "ann")
    assert found["read_right"].value is False
    assert found["read_right"].rationale == "edit answer: Name:: 'Ann Borg' -> 'Ann Berg'"
    [item] = list_review_queue_items(queue.queue_id)
    assert (item.status, item.completed_by) == ("complete", "ann")
    assert record["inputs"] == {
        "document_id": "scans/form.png",
        "image_sha256": corrected(b"document").sha256,
    }
    assert record["expectations"] == {"pairs": TRUE}


def test_a_later_review_takes_the_place_of_an_earlier_one(trace_id: str) -> None:
    log_to_trace(corrected(b"document", trace_id=trace_id))
    log_to_trace(review(MISREAD, MISREAD, b"document", trace_id=trace_id, user="bob", version=3))
    found = _assessments(trace_id)
    assert found["pairs"].value["Name:"] == ["Ann Borg"]
    assert found["read_right"].value is True
    assert found["read_right"].rationale == "Everything was read as it stands on the page."
    assert found["read_right"].source.source_id == "bob"
    [record] = _records()
    assert record["expectations"]["pairs"]["Name:"] == ["Ann Borg"]


def test_assessments_of_others_stay(trace_id: str) -> None:
    mlflow.log_feedback(trace_id=trace_id, name="outcome", value="ok")
    log_to_trace(corrected(b"document", trace_id=trace_id))
    log_to_trace(corrected(b"document", trace_id=trace_id))
    assert _assessments(trace_id).keys() == {"outcome", "pairs", "read_right"}


def test_fields_are_expected_of_a_review_of_fields(trace_id: str) -> None:
    said = review(MISREAD[:1], MISREAD[:1], b"d", trace_id=trace_id, kind="fields")
    assert "the true fields" in log_to_trace(said)
    assert _assessments(trace_id)["fields"].value == {"Name:": "Ann Borg"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (corrected(b""), "the document was read without a trace."),
        (corrected(b"", trace_id="tr-0"), "\"Trace with ID 'tr-0' not found\""),
    ],
)
def test_without_a_trace_the_folder_alone_holds_it(
    said: Review, told: str, mlflow_store: str
) -> None:
    assert log_to_trace(said) == f"The folder alone holds this review: {told}"


def test_what_a_store_lacks_is_said_and_raises_nothing(
    trace_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(*_: object, **__: object) -> None:
        raise MlflowException("review queues are not supported here.\nTraceback")

    def absent(*_: object, **__: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr("ocr_model.review.expectations.list_review_queues", lacking)
    monkeypatch.setattr("ocr_model.review.expectations.find_datasets", absent)
    told = log_to_trace(corrected(b"", trace_id=trace_id))
    assert "has the true pairs" in told
    assert "'review queues are not supported here'" in told
    assert "'NotImplementedError'" in told
    monkeypatch.setattr("mlflow.log_expectation", lacking)
    assert log_to_trace(corrected(b"", trace_id=trace_id)).startswith("The folder alone holds")
