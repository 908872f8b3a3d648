"""Rows of a batch and traces of a served model, held against what an evaluation kept."""

from __future__ import annotations

import io
import json
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from mlflow.entities.model_registry import ModelVersion
from PIL import Image

from ocr_model.commands import run
from ocr_model.config import parse_config
from ocr_model.errors import ConfigError
from ocr_model.lifecycle.registry import plan_version
from ocr_model.monitoring import DocumentFacts, digest_of, is_sampled, profile_of
from ocr_model.prompts import load_prompt, register_bundled_prompts
from tests.support.endpoint import Endpoint, completion

NAME = digest_of("Name")


def png() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (90, 80), "white").save(data, "png")
    return data.getvalue()


@pytest.fixture
def champion(mlflow_store: str, monkeypatch: pytest.MonkeyPatch) -> ModelVersion:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    prompt = load_prompt(register_bundled_prompts()[1])
    settings = {"engine": "llm", "llm": "test-llm", "prompt_uri": prompt.uri}
    return plan_version(parse_config(settings), prompt).register()


@pytest.fixture
def evaluated(champion: ModelVersion) -> str:
    """The run of an evaluation on a hundred documents, all read and in two seconds."""
    model_id = mlflow.models.get_model_info(f"models:/{champion.name}/1").model_id
    seconds = [1.9, 2.1] * 50
    facts = [
        DocumentFacts(0.0, empty=0.0, answers=1.0, seconds_per_page=s, questions=(NAME,))
        for s in seconds
    ]
    with mlflow.start_run() as active:
        mlflow.log_metric("pair_f1_normalized", 0.7, model_id=model_id)
        mlflow.log_dict(profile_of(facts), "profile.json")
    return str(active.info.run_id)


def rows_in(folder: Path, *, failed: int = 0, question: str = "Name", count: int = 100) -> Path:
    rows = [
        {
            "document_id": f"scan-{number}",
            "outcome": "timeout" if number < failed else "ok",
            "pairs": {} if number < failed else {question: ["Ann"]},
            "pages": 1,
            "latency_ms": 1900 + 200 * (number % 2),
            "cached": False,
        }
        for number in range(count)
    ]
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


@pytest.mark.parametrize(
    ("failed", "question", "count", "code", "said"),
    [
        (0, "Name", 100, 0, "Verdict   steady"),
        (40, "Name", 100, 3, "changed"),
        (0, "Shoe size", 100, 3, "Questions not seen before: Shoe size (100)"),
        (0, "Name", 10, 4, "Verdict   too little seen"),
    ],
)
def test_a_batch_is_held_against_the_evaluation(
    evaluated: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    failed: int,
    question: str,
    count: int,
    code: int,
    said: str,
) -> None:
    rows = rows_in(tmp_path, failed=failed, question=question, count=count)
    sample = tmp_path / "sample.jsonl"
    assert run("monitor", rows=rows, sample=sample, sample_share=0.3) == code
    told = capsys.readouterr().out
    assert said in told
    assert f"100 documents of run {evaluated}" in told
    drawn = [json.loads(line)["document_id"] for line in sample.read_text().splitlines()]
    assert drawn == [name for n in range(count) if is_sampled(name := f"scan-{n}", 0.3)]
    [logged] = mlflow.search_runs(
        search_all_experiments=True,
        filter_string="tags.monitor_verdict != ''",
        output_format="list",
    )
    assert logged.info.run_name == f"monitor v1 on rows.jsonl ({count})"
    assert logged.data.metrics["failed"] == pytest.approx(failed / count)
    assert "mlflow.note.content" in logged.data.tags


def test_traces_of_a_served_model_are_seen_and_those_of_evaluations_are_not(
    evaluated: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow.set_experiment("served")
    reply = completion(json.dumps({"pairs": [{"key": "Surname", "value": ["Ann"]}]}))
    with Endpoint([reply] * 3) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        model = mlflow.pyfunc.load_model("models:/ocr-extractor/1")
        model.predict(pd.DataFrame([{"image": png(), "document_id": str(n)} for n in range(2)]))
        with mlflow.start_run():
            model.predict(pd.DataFrame([{"image": png(), "document_id": "of a run"}]))
    mlflow.flush_trace_async_logging()
    assert run("monitor", traces="served") == 4
    told = capsys.readouterr().out
    assert "Seen      2 documents of served" in told
    assert "Questions not seen before: Surname (2)" in told


def test_what_is_missing_is_told_before_a_run_begins(
    champion: ModelVersion, tmp_path: Path
) -> None:
    rows = rows_in(tmp_path)
    for given, said in [
        ({}, "one of the two"),
        ({"rows": rows, "traces": "served"}, "one of the two"),
        ({"rows": rows, "sample_share": 2}, "a share from 0 to 1"),
        ({"rows": rows}, "Evaluate it once"),
    ]:
        with pytest.raises(ConfigError, match=said):
            run("monitor", **given)


def test_an_experiment_that_is_not_there_or_holds_nothing_is_told(evaluated: str) -> None:
    with pytest.raises(ConfigError, match="name or id of an experiment"):
        run("monitor", traces="nowhere")
    mlflow.create_experiment("quiet")
    with pytest.raises(ConfigError, match="got none"):
        run("monitor", traces="quiet")
