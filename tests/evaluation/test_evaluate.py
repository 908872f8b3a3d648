from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.genai.scorers import scorer

from ocr_model.config import parse_config
from ocr_model.errors import OcrModelError
from ocr_model.evaluation import page_words
from ocr_model.evaluation.evaluate import evaluate_model
from ocr_model.fields import Field, WantedFields, fields_setting, parse_fields
from ocr_model.forms import FieldTruth
from ocr_model.forms.funsd import DEFAULT_DIRECTORY, Form, load_forms
from ocr_model.lifecycle.registry import input_example, plan_version
from ocr_model.prompts import load_prompt, register_bundled_prompts
from ocr_model.scoring.rows import Scoring
from tests.support.endpoint import Endpoint, Reply, Seen, completion, error
from tests.support.scored import form_of


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
    version = plan_version(config, prompt).register()
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
    assert run.data.metrics["tokens_per_page"] == 1230
    assert run.data.metrics["format_compliance"] == 1
    # The pages are blank: whatever is read there is invented.
    assert run.data.metrics["grounded_keys"] == run.data.metrics["grounded_values"] == 0
    assert run.data.metrics["pair_f1_normalized/ci_low"] <= 2 / 3
    assert run.data.metrics["pair_f1_normalized/ci_high"] >= 2 / 3
    # Nobody knows what test-llm costs.
    assert "cost_usd_per_page" not in run.data.metrics
    assert [name for name in run.data.metrics if name.endswith("/mean")] == [
        "key_value_accuracy/mean"
    ]
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
    assert [span.name for span in trace.data.spans] == ["extract", "page 1", "completion"]
    assessed = {item.name: item for item in trace.info.assessments}
    assert assessed["pair_f1_normalized"].value == 0.5
    assert "missed: 'Date:' -> '5 May'" in assessed["pair_f1_normalized"].rationale
    assert assessed["grounded_values"].rationale == (
        "ungrounded: 'NAME' -> 'Ann'\nungrounded: 'Date' -> '6 May'"
    )
    assert assessed["outcome"].value == "ok"
    assert assessed["pairs"].expectation.value == {"Name:": ["Ann"], "Date:": ["5 May"]}
    table = mlflow.load_table("pages.json", run_ids=[evaluation.run_id])
    assert table["document_id"].tolist() == ["form-100", "form-101", "form-102"]
    assert table["missed"].tolist() == ["Date: -> 5 May", "", ""]
    shares = mlflow.artifacts.load_dict(f"runs:/{evaluation.run_id}/shares.json")
    assert shares["form-100"]["pair_f1_normalized"] == [2, 4]


@pytest.mark.integration
def test_model_with_fields_is_scored_by_them(mlflow_store: str, tmp_path: Path) -> None:
    wanted = parse_fields(
        """
fields:
  - {name: order_number, labels: [Order no]}
  - {name: delivery, labels: [Delivery date], type: date}
  - {name: customer}
"""
    )
    prompt = load_prompt(register_bundled_prompts()[0])
    config = parse_config({"prompt_uri": prompt.uri, "fields": fields_setting(wanted)})
    version = plan_version(config, prompt, wanted=wanted).register()
    page = tmp_path / "images" / "order.png"
    page.parent.mkdir()
    page.write_bytes(base64.b64decode(input_example()["image"][0]))
    # Read are 4711, 14 May 2024 and Blue Heron Ltd.
    truth: FieldTruth = {"order_number": "4711", "delivery": "2024-05-14", "customer": None}
    forms = [
        Form("order", page, (), fields=truth, annotated=False),
        Form("other", page, (), fields={"total": "9"}, annotated=False),
    ]
    evaluation = evaluate_model(f"models:/{version.name}/{version.version}", forms)
    assert evaluation.wanted == wanted
    assert evaluation.notes == ("1 of 2 forms say nothing of these fields.",)
    run = MlflowClient().get_run(evaluation.run_id)
    # The delivery's value is written as in truth, its text is not.
    assert run.data.metrics["field_f1_exact"] == 4 / 5
    assert run.data.metrics["field_precision_normalized"] == 2 / 3
    assert run.data.metrics["field_precision_normalized/customer"] == 0
    assert run.data.metrics["answers_with_confidence"] == 3
    assert "pair_f1_normalized" not in run.data.metrics
    [trace] = mlflow.search_traces(
        locations=[run.info.experiment_id], run_id=evaluation.run_id, return_type="list"
    )
    assessed = {item.name: item for item in trace.info.assessments}
    assert assessed["field_f1_normalized"].value == 4 / 5
    assert assessed["field_f1_normalized"].rationale == "invented: 'customer' -> 'Blue Heron Ltd.'"
    assert assessed["fields"].expectation.value == truth
    assert not [name for name in assessed if "/" in name or "pair" in name]
    table = mlflow.load_table("pages.json", run_ids=[evaluation.run_id])
    assert table["invented"].tolist() == ["customer -> Blue Heron Ltd."]
    report = mlflow.artifacts.load_text(f"runs:/{evaluation.run_id}/report.html")
    assert "Documents by field" in report
    files = [file.path for file in MlflowClient().list_artifacts(evaluation.run_id)]
    assert "confidence_calibration.json" not in files


def reply_of(form: Form, wrong: str | None = None) -> Reply:
    """The labelled pairs; instead of the first answer, what is given."""
    pairs = [{"key": place.question, "value": [place.answer]} for place in form.places]
    if wrong is not None:
        pairs[0]["value"] = [wrong]
    return completion(json.dumps({"pairs": pairs}))


def test_places_and_confidences_of_answers_are_scored_and_drawn(
    mlflow_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms = load_forms(DEFAULT_DIRECTORY, ["fax_cover", "lab_report"])
    prompt = load_prompt(register_bundled_prompts()[1])
    settings = {"engine": "llm", "llm": "test-llm", "prompt_uri": prompt.uri, "concurrency": 1}
    checks = {"answer_boxes": "ocr", "second_opinion": "on", "review_threshold": 0.5}
    # Each form is read with one wrong answer, and its second reading is right.
    script = [reply for form in forms for reply in (reply_of(form, "Quux"), reply_of(form))]
    with Endpoint(script) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        version = plan_version(parse_config(settings | checks), prompt).register()
        model_uri = f"models:/{version.name}/{version.version}"
        evaluation = evaluate_model(model_uri, forms, grounding="off")
    answers = sum(len(form.places) for form in forms)
    metrics = evaluation.metrics
    assert metrics["answers_with_confidence"] == answers
    assert metrics["confidence_auroc"] == 1.0
    assert metrics["coverage_at_95_precision"] >= (answers - 2) / answers
    assert metrics["box_iou50"] > 0.8
    assert metrics["box_iou50/ci_low"] <= metrics["box_iou50"]
    report = mlflow.artifacts.load_text(f"runs:/{evaluation.run_id}/report.html")
    assert report.count("needs review") == len(forms)
    fitted = mlflow.artifacts.load_dict(f"runs:/{evaluation.run_id}/confidence_calibration.json")
    assert parse_config(settings | fitted).confidence_calibration[-1][1] > 0.9


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


def priced(endpoint: Endpoint, llm: str, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in endpoint.environment.items():
        monkeypatch.setenv(name, value)
    prompt = load_prompt(register_bundled_prompts()[1])
    settings = {"engine": "llm", "llm": llm, "prompt_uri": prompt.uri, "image_format": "png"}
    version = plan_version(parse_config(settings), prompt).register()
    return f"models:/{version.name}/{version.version}"


@pytest.mark.integration
def test_cost_comes_from_the_traces(
    mlflow_store: str, forms: list[Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Endpoint(reads) as endpoint:
        uri = priced(endpoint, "gpt-4o-mini", monkeypatch)
        evaluation = evaluate_model(uri, forms, grounding="off")
    # 1,200 tokens in at $0.15 and 30 out at $0.60 a million.
    cost_usd = 1200 * 0.15e-6 + 30 * 0.60e-6
    assert evaluation.metrics["cost_usd_per_page"] == pytest.approx(cost_usd)
    assert evaluation.metrics["cost_usd"] == pytest.approx(3 * cost_usd)
    assert evaluation.pages["cost_usd"].tolist() == pytest.approx([cost_usd] * 3)
    assert "grounded_keys" not in evaluation.metrics
    assert evaluation.notes == ()


@pytest.mark.integration
def test_missing_ocr_is_noted_on_the_run_and_costs_nothing_else(
    model_uri: str, forms: list[Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    page_words._reader.cache_clear()
    with Endpoint(reads) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        evaluation = evaluate_model(model_uri, forms)
    [note] = evaluation.notes
    assert note.startswith("grounded_keys and grounded_values were not measured")
    assert "ocr_model[local]" in note
    assert MlflowClient().get_run(evaluation.run_id).data.tags["not_measured"] == note
    assert "grounded_keys" not in evaluation.metrics
    assert evaluation.metrics["pair_f1_normalized"] == pytest.approx(2 / 3)


def found_a_date(outputs: dict[str, Any]) -> bool:
    return "Date" in outputs["pairs"]


def answers(outputs: dict[str, Any]) -> int:
    if not outputs["pairs"]:
        raise ValueError("an empty page")
    return sum(map(len, outputs["pairs"].values()))


@pytest.mark.integration
def test_scorers_of_the_user_stand_beside_ours(
    model_uri: str, forms: list[Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Endpoint(reads) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        own = [scorer(found_a_date), scorer(answers)]
        evaluation = evaluate_model(model_uri, forms, scorers=own, grounding="off")
    metrics = MlflowClient().get_run(evaluation.run_id).data.metrics
    assert metrics["found_a_date/mean"] == pytest.approx(1 / 3)
    assert (metrics["found_a_date/mean/ci_low"], metrics["found_a_date/mean/ci_high"]) == (0, 1)
    # The page for which it raised is left out.
    assert metrics["answers/mean"] == pytest.approx(1.5)
    assert evaluation.metrics["answers/mean"] == pytest.approx(1.5)


@pytest.mark.integration
def test_rules_are_explained_on_the_traces(
    model_uri: str, forms: list[Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = WantedFields(fields=(Field(question="Name", required=True),))
    with Endpoint(reads) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        evaluation = evaluate_model(
            model_uri, forms[:2], scoring=Scoring(rules=rules), grounding="off"
        )
    assert evaluation.metrics["rule_compliance"] == 0.5
    trace = mlflow.get_trace(evaluation.pages["trace_id"][1])
    [assessed] = [item for item in trace.info.assessments if item.name == "rule_compliance"]
    assert (assessed.value, assessed.rationale) == (0, "Name: expected an answer, got none")
    table = mlflow.load_table("pages.json", run_ids=[evaluation.run_id])
    assert table["violations"].tolist() == ["", "Name: expected an answer, got none"]
