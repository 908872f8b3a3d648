"""What MLflow's pages say: names, links, and texts of people that stay."""

from __future__ import annotations

import mlflow
import pytest
from mlflow import MlflowClient

from ocr_model.config import parse_config
from ocr_model.lifecycle import (
    as_markdown,
    describe_run,
    link_models,
    model_link,
    name_run,
    note_evidence,
    prompt_link,
    run_link,
    short_name,
    trace_page,
)
from ocr_model.lifecycle.registry import plan_version
from ocr_model.lifecycle.store import EXPERIMENT, use_own_experiment
from ocr_model.prompts import load_prompt, register_bundled_prompts

NOTE = "mlflow.note.content"


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (short_name("models:/ocr-extractor/3"), "v3"),
        (short_name("models:/ocr-extractor@champion"), "ocr-extractor@champion"),
        (short_name("runs:/abc/model"), "runs:/abc/model"),
        (
            model_link("models:/ocr-extractor/3"),
            "[models:/ocr-extractor/3](#/models/ocr-extractor/versions/3)",
        ),
        (model_link("runs:/abc/model"), "`runs:/abc/model`"),
        (
            prompt_link("prompts:/ocr-question-answer/4"),
            "[prompts:/ocr-question-answer/4](#/prompts/ocr-question-answer?promptVersion=4)",
        ),
        (run_link("r1", "7", "report", "report.html"),
         "[report](#/experiments/7/runs/r1/artifacts/report.html)"),
        (trace_page("tr-1", "7", "a_b"),
         r"[a\_b](#/experiments/7/traces?selectedEvaluationId=tr-1)"),
        (as_markdown("[x](javascript:1) <b>*"), r"\[x\]\(javascript:1\) \<b\>\*"),
    ],
)  # fmt: skip
def test_texts_and_links(made: str, text: str) -> None:
    assert made == text


def test_a_run_is_named_and_described_unless_a_person_did(mlflow_store: str) -> None:
    with mlflow.start_run() as run:
        name_run("evaluate v3 on sample (17)")
        describe_run(run.info.run_id, "ours")
        describe_run(run.info.run_id, "again")
    with mlflow.start_run(description="a person's") as theirs:
        describe_run(theirs.info.run_id, "ours")
    named = mlflow.get_run(run.info.run_id)
    assert named.info.run_name == "evaluate v3 on sample (17)"
    assert named.data.tags[NOTE] == "ours"
    assert mlflow.get_run(theirs.info.run_id).data.tags[NOTE] == "a person's"


def test_model_and_prompt_say_how_they_were_judged_and_link_to_it(
    mlflow_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    prompt = load_prompt(register_bundled_prompts()[1])
    parameters = {"max_completion_tokens": 500, "temperature": 0, "seed": 7}
    settings = {"engine": "llm", "llm": "test-llm", "llm_parameters": parameters}
    config = parse_config({**settings, "prompt_uri": prompt.uri})
    version = plan_version(config, prompt).register()
    client, uri = MlflowClient(), f"models:/{version.name}/1"
    assert version.description == f"Asks test-llm with {prompt_link(prompt.uri)}."
    client.update_model_version(version.name, "1", f"{version.description}\n\nMine.")
    for score in ("0.5", "0.7"):
        with mlflow.start_run() as run:
            note_evidence(uri, config, f"pair_f1 {score} on 17 forms", run)
    page = client.get_model_version(version.name, "1")
    place = run.info.run_id, run.info.experiment_id
    assert page.description == (
        f"{version.description}\n\nMine.\n\nJudged last: pair\\_f1 0.7 on 17 forms: "
        f"{run_link(*place, 'the run')}."
    )
    assert page.tags["judged"] == f"pair_f1 0.7 on 17 forms, run {run.info.run_id}"
    judged = mlflow.genai.load_prompt(prompt.uri)
    assert judged.tags["judged"] == f"{page.tags['judged']}, {uri}"
    assert judged.model_config == {
        "model_name": "test-llm",
        "max_tokens": 500,
        "temperature": 0,
        "extra_params": {"seed": 7},
    }
    link_models(run.info.run_id, [uri])
    linked = mlflow.get_run(run.info.run_id)
    assert [each.model_id for each in linked.inputs.model_inputs] == [
        mlflow.models.get_model_info(uri).model_id
    ]
    assert '"ocr-question-answer"' in linked.data.tags["mlflow.linkedPrompts"]


def test_runs_go_to_our_experiment_unless_another_was_set(
    mlflow_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_own_experiment()
    with mlflow.start_run() as run:
        assert mlflow.get_experiment(run.info.experiment_id).name == "test"
    monkeypatch.setattr("mlflow.tracking.fluent._active_experiment_id", None)
    monkeypatch.delenv("MLFLOW_EXPERIMENT_ID", raising=False)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "theirs")
    use_own_experiment()
    assert mlflow.get_experiment_by_name(EXPERIMENT) is None
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME")
    use_own_experiment()
    with mlflow.start_run() as run:
        assert mlflow.get_experiment(run.info.experiment_id).name == EXPERIMENT
