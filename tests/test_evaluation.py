from __future__ import annotations

import json
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient
from PIL import Image

from ocr_model.config import parse_config
from ocr_model.errors import OcrModelError
from ocr_model.evaluation import evaluate_model
from ocr_model.funsd import Form, QAPair
from ocr_model.prompts import load_prompt, register_bundled_prompts
from ocr_model.registry import register_model_once
from tests.scoring import form_of
from tests.endpoint import Endpoint, Reply, Seen, completion, error


@pytest.fixture
def forms(tmp_path: Path) -> list[Form]:
    return [
        form_of(tmp_path, 100, ("Name:", "Ann"), ("Date:", "5 May")),
        form_of(tmp_path, 101, ("City", "Bonn")),
        form_of(tmp_path, 102),
    ]


READ_AS = {
    100: {"NAME": ["Ann"], "Date": ["6 May"]},
    101: {"City:": ["bonn"]},
    102: {},
}


def reads(seen: Seen) -> Reply:
    pairs = [{"key": key, "value": value} for key, value in READ_AS[seen.image.width].items()]
    return completion(json.dumps({"pairs": pairs}))


@pytest.fixture
def model_uri(mlflow_store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    prompt = load_prompt(register_bundled_prompts()[1])
    settings = {"engine": "llm", "llm": "test-llm", "prompt_uri": prompt.uri, "timeout_s": 5}
    config = parse_config({**settings, "image_format": "png"})
    version = register_model_once(config, prompt)
    return f"models:/{version.name}/{version.version}"


def test_evaluation_is_recorded_as_a_run_with_traces_model_and_prompt(
    model_uri: str, forms: list[Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Endpoint(reads) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        evaluation = evaluate_model(model_uri, forms)
    # One request a page: scoring never calls the model again.
    assert len(endpoint.requests) == len(forms)
    run = MlflowClient().get_run(evaluation.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["pair_f1_normalized"] == pytest.approx(2 / 3)
    assert run.data.metrics["key_value_accuracy/mean"] == pytest.approx(0.5 / 3)
    assert run.data.metrics["key_value_accuracy/p90"] == 0.5
    assert run.data.metrics["prompt_tokens"] == 3 * 1200
    model_id = mlflow.models.get_model_info(model_uri).model_id
    assert [model.model_id for model in run.inputs.model_inputs] == [model_id]
    [linked] = json.loads(run.data.tags["mlflow.linkedPrompts"])
    assert (linked["name"], linked["version"]) == ("ocr-question-answer", "2")
    traces = mlflow.search_traces(
        locations=[run.info.experiment_id], run_id=evaluation.run_id, return_type="list"
    )
    assert len(traces) == len(forms)
    trace = next(trace for trace in traces if trace.info.tags["document_id"] == "form-100")
    assert trace.info.trace_metadata["mlflow.modelId"] == model_id
    assessed = {item.name: item for item in trace.info.assessments}
    assert assessed["pair_f1_normalized"].value == 0.5
    assert "missed: 'Date:' -> '5 May'" in assessed["pair_f1_normalized"].rationale
    assert assessed["outcome"].value == "ok"
    assert assessed["pairs"].expectation.value == {"Name:": ["Ann"], "Date:": ["5 May"]}
    table = mlflow.load_table("pages.json", run_ids=[evaluation.run_id])
    assert table["document_id"].tolist() == ["form-100", "form-101", "form-102"]


def test_evaluation_uses_the_run_that_is_active_and_leaves_it_open(
    model_uri: str, forms: list[Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Endpoint(reads) as endpoint, mlflow.start_run() as run:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        assert evaluate_model(model_uri, forms[:1]).run_id == run.info.run_id
        active = mlflow.active_run()
        assert active is not None
        assert active.info.run_id == run.info.run_id


def test_aborted_rows_are_scored_as_failures(
    model_uri: str, forms: list[Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Endpoint(lambda _: error(401, "Incorrect API key")) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        evaluation = evaluate_model(model_uri, forms)
    assert set(evaluation.pages["outcome"]) <= {"endpoint_error", "aborted"}
    assert evaluation.metrics["pair_f1_normalized"] == 0
    assert evaluation.pages["pair_f1_normalized"].tolist() == [0, 0, 0]


def test_model_that_does_not_load_is_told(
    model_uri: str,
    forms: list[Form],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(OcrModelError, match=f"Expected {model_uri} to load"):
        evaluate_model(model_uri, forms)
    told = capfd.readouterr().err
    assert "OPENAI_API_KEY" in told
    assert "Traceback" not in told
