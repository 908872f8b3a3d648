from __future__ import annotations

import json
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient
from PIL import Image

from ocr_model.config import parse_config
from ocr_model.errors import OcrModelError
from ocr_model.evaluation import Rows, evaluate_model, run_metrics, score_rows
from ocr_model.funsd import Form, QAPair
from ocr_model.prompts import load_prompt, register_bundled_prompts
from ocr_model.registry import register_model_once
from tests.endpoint import Endpoint, Reply, Seen, completion, error


def form_of(folder: Path, width: int, *pairs: tuple[str, str]) -> Form:
    """A blank page that the scripted endpoint knows by its width."""
    path = folder / f"form-{width}.png"
    Image.new("RGB", (width, 80), "white").save(path)
    return Form(path.stem, path, tuple(QAPair(*pair) for pair in pairs))


def row(outcome: str, pairs: dict[str, list[str]], **members: object) -> dict[str, object]:
    usual = {"error": None, "pages": 1, "latency_ms": 10, "cached": False, "trace_id": None}
    tokens = {"prompt_tokens": None, "completion_tokens": None}
    return {"outcome": outcome, "pairs": pairs, **usual, **tokens, **members}


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


def test_run_metrics_count_forms_outcomes_tokens_and_seconds(forms: list[Form]) -> None:
    rows = [
        row("ok", READ_AS[100], prompt_tokens=100, completion_tokens=None),
        row("ok", READ_AS[101], prompt_tokens=50),
        row("timeout", {}, pages=0),
    ]
    metrics = run_metrics(Rows(rows, seconds=3.0), forms)
    assert "cached_pages" not in metrics
    assert metrics["outcome/ok"] == pytest.approx(2 / 3)
    assert metrics["outcome/timeout"] == pytest.approx(1 / 3)
    assert metrics["prompt_tokens"] == 150
    assert "completion_tokens" not in metrics
    assert metrics["seconds_per_page"] == 1.5
    # Strict: Name is right, Date is wrong, "bonn" is not "Bonn". Normalized: City is right too.
    assert metrics["pair_f1_strict"] == pytest.approx(1 / 3)
    assert metrics["pair_f1_normalized"] == pytest.approx(2 / 3)
    assert metrics["key_value_accuracy/mean"] == pytest.approx(0.5 / 3)


def test_tokens_of_cached_rows_are_not_counted_again(forms: list[Form]) -> None:
    rows = [
        row("ok", READ_AS[100], prompt_tokens=100, cached=True, pages=2),
        row("ok", READ_AS[101], prompt_tokens=50),
        row("ok", {}, prompt_tokens=7, cached=True),
    ]
    metrics = run_metrics(Rows(rows, seconds=3.0), forms)
    assert (metrics["prompt_tokens"], metrics["cached_pages"]) == (50, 3)


def test_failed_row_on_an_empty_page_earns_nothing(forms: list[Form]) -> None:
    rows = Rows([row("ok", READ_AS[100]), row("ok", READ_AS[101]), row("timeout", {})], 1.0)
    pages = score_rows(rows, forms)
    assert pages["pair_f1_normalized"].tolist() == [0.5, 1.0, 0.0]


def test_page_table_names_what_was_missed_and_invented(forms: list[Form]) -> None:
    rows = Rows([row("ok", READ_AS[n]) for n in (100, 101, 102)], 1.0)
    first = score_rows(rows, forms).iloc[0]
    assert first["missed"] == [("Date:", "5 May")]
    assert first["invented"] == [("Date", "6 May")]


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
