"""Records of a document in MLflow's evaluation datasets."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from mlflow.genai.datasets import EvaluationDataset

from ocr_model.forgetting.receipt import Receipt
from ocr_model.forgetting.subject import Subject
from ocr_model.lifecycle import find_datasets

_RECORD = "dataset_record_id"


def forget_records(subject: Subject, receipt: Receipt) -> None:
    with receipt.at("MLflow", "datasets"):
        for dataset in find_datasets():
            with receipt.at(f"dataset {dataset.name}", "records"):
                found = list(_records_of(dataset, subject))
                if found and receipt.erases:
                    dataset.delete_records(found)
                    # Read again, because the copy in memory may be old.
                    [again] = find_datasets(f"name = '{dataset.name}'")
                    if set(found) & set(_records_of(again, subject)):
                        raise OSError(f"records of {dataset.name} are still there")
                receipt.done(f"dataset {dataset.name}", "records", len(found))


def _records_of(dataset: EvaluationDataset, subject: Subject) -> Iterator[str]:
    for record in dataset.to_df().to_dict("records"):
        inputs = record.get("inputs")
        if not isinstance(inputs, dict):
            continue
        # The form we write, and the form of records made from traces.
        digest = inputs.get("image_sha256") or inputs.get("sha256")
        if subject.before is not None:
            if digest is not None and _time_of(record) < subject.before:
                yield record[_RECORD]
        elif subject.names(inputs.get("document_id"), digest):
            yield record[_RECORD]


def _time_of(record: Mapping[Hashable, Any]) -> datetime:
    """MLflow's time in milliseconds."""
    return datetime.fromtimestamp(float(record["created_time"]) / 1000, UTC)
