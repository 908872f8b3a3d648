"""Write a finished review to MLflow: to its trace, its review queues, and a dataset.

The trace gets the true `pairs` or `fields` and whether the model read them right, with a HUMAN
source. Its items in review queues are completed, and the dataset `reviewed-<experiment id>` gets a
record. A review of a document without a trace stays in its folder.
"""

from __future__ import annotations

import mlflow
from mlflow import MlflowClient
from mlflow.entities import AssessmentSource, AssessmentSourceType, Trace
from mlflow.exceptions import MlflowException
from mlflow.genai.datasets import create_dataset
from mlflow.genai.review_queues import (
    list_review_queue_items,
    list_review_queues,
    set_review_queue_item_status,
)
from sqlalchemy.exc import SQLAlchemyError

from ocr_model.errors import excerpt, said_by_mlflow
from ocr_model.fields import WantedFields
from ocr_model.lifecycle import few_retries, find_datasets, without_password
from ocr_model.review.record import Change, Review
from ocr_model.review.truth import expected_of

FEEDBACK = "read_right"
# Marks our own entries, and the version of the review.
_VERSION = "review_version"
_FAULTS = (MlflowException, SQLAlchemyError, NotImplementedError, OSError)
_SHOWN_CHANGES = 20


def log_to_trace(review: Review, wanted: WantedFields | None = None) -> str:
    """Write the review; return one sentence on what was written, or why only the folder has it.

    A second call replaces the earlier entries.
    """
    if review.trace_id is None:
        return "The folder alone holds this review: the document was read without a trace."
    with few_retries():
        return _logged(review, review.trace_id, wanted)


def _logged(review: Review, trace_id: str, wanted: WantedFields | None) -> str:
    try:
        mlflow.flush_trace_async_logging()
        trace = MlflowClient().get_trace(trace_id, display=False)
        _log_assessments(review, trace, wanted)
    except _FAULTS as err:
        return f"The folder alone holds this review: {_said(err)}"
    written = [f"trace {trace_id} has the true {review.kind} and what {_who(review)} says"]
    for further in (_complete_in_queues, _merge_into_dataset):
        try:
            if told := further(review, trace, wanted):
                written.append(told)
        except _FAULTS as err:
            written.append(f"not more than that, as the store says: {_said(err)}")
    return f"Written to MLflow: {'; '.join(written)}."


def _log_assessments(review: Review, trace: Trace, wanted: WantedFields | None) -> None:
    trace_id = trace.info.trace_id
    for before in trace.info.assessments or []:
        if _VERSION in (before.metadata or {}) and before.assessment_id:
            mlflow.delete_assessment(trace_id, before.assessment_id)
    source = AssessmentSource(source_type=AssessmentSourceType.HUMAN, source_id=_who(review))
    metadata = {_VERSION: str(review.version)}
    for name, expected in expected_of(review, wanted).items():
        mlflow.log_expectation(
            trace_id=trace_id, name=name, value=expected, source=source, metadata=metadata
        )
    right = expected_of(review, wanted) == expected_of(
        review.model_copy(update={"questions": review.before}), wanted
    )
    mlflow.log_feedback(
        trace_id=trace_id,
        name=FEEDBACK,
        value=right,
        rationale=_rationale(review, right),
        source=source,
        metadata=metadata,
    )


def _rationale(review: Review, right: bool) -> str:
    """The changes, one per line; only the first ones if there are many."""
    changes = [
        f"{change.what}: {change.question}"
        + ("" if change.before is None and change.after is None else f": {_step(change)}")
        for change in review.changes
        if change.before != change.after
    ]
    if right:
        return "Everything was read as it stands on the page."
    shown = changes[:_SHOWN_CHANGES]
    rest = len(changes) - len(shown)
    return "\n".join([*shown, *([f"and {rest} more"] if rest else [])]) or "See the expectations."


def _step(change: Change) -> str:
    return f"{change.before!r} -> {change.after!r}"


def _complete_in_queues(review: Review, trace: Trace, _wanted: WantedFields | None) -> str | None:
    """Complete the trace's item in each queue of the experiment that has it pending."""
    queues = list_review_queues(experiment_id=trace.info.experiment_id)
    completed = []
    for queue in queues:
        items = list_review_queue_items(queue.queue_id, status="pending")
        if any(item.item_id == trace.info.trace_id for item in items):
            set_review_queue_item_status(
                queue.queue_id,
                item_id=trace.info.trace_id,
                status="complete",
                completed_by=_who(review),
            )
            completed.append(queue.name)
    return f"completed in the review queue {', '.join(completed)}" if completed else None


def _merge_into_dataset(review: Review, trace: Trace, wanted: WantedFields | None) -> str | None:
    if review.sha256 is None:
        return None
    experiment_id = trace.info.experiment_id
    name = f"reviewed-{experiment_id}"
    known = find_datasets(f"name = '{name}'")
    dataset = known[0] if known else create_dataset(name, experiment_id)
    record = {
        "inputs": {"document_id": review.document_id, "image_sha256": review.sha256},
        "expectations": expected_of(review, wanted),
        "source": {"source_type": "TRACE", "source_data": {"trace_id": trace.info.trace_id}},
    }
    dataset.merge_records([record])
    return f"dataset {name} has the record"


def _who(review: Review) -> str:
    return review.user or "unknown"


def _said(err: Exception) -> str:
    said = said_by_mlflow(err).splitlines()
    return excerpt(without_password(said[0].rstrip(".") if said else type(err).__name__))
