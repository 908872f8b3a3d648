from __future__ import annotations

import mlflow
import pytest

from ocr_model.errors import ConfigError
from ocr_model.lifecycle.lineage import lineage_of


def test_document_read_in_service_has_its_model_and_no_run(mlflow_store: str) -> None:
    parameters = {"prompt_uri": "prompts:/p/3", "prompt_sha256": "abc"}
    model = mlflow.create_external_model("served", params=parameters)
    mlflow.set_active_model(model_id=model.model_id)
    with mlflow.start_span("extract") as span:
        mlflow.update_current_trace(tags={"document_id": "form-1", "outcome": "ok"})
    mlflow.clear_active_model()
    chain = lineage_of(span.trace_id)
    assert [member.kind for member in chain] == ["trace", "run", "prompt"]
    assert chain[0].text == f"{span.trace_id}  form-1, ok"
    assert chain[1].text.startswith("none")
    assert chain[2].text == "prompts:/p/3  sha256 abc"


def test_comparison_is_followed_by_its_child_runs(mlflow_store: str) -> None:
    with mlflow.start_run(run_name="compare") as parent:
        for name in ("A", "B"):
            with mlflow.start_run(run_name=name, nested=True):
                pass
    chain = lineage_of(parent.info.run_id)
    assert [member.kind for member in chain] == ["run", "run", "parent run", "run", "parent run"]
    assert [name in member.text for member, name in zip(chain[1::2], "AB", strict=True)] == [
        True,
        True,
    ]


@pytest.mark.parametrize("identifier", ["tr-0123", "0123456789abcdef0123456789abcdef"])
def test_unknown_identifier_is_named(mlflow_store: str, identifier: str) -> None:
    with pytest.raises(ConfigError, match=f"got '{identifier}'"):
        lineage_of(identifier)
