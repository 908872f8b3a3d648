"""What can fail cheaply fails before anything is registered, logged or paid for."""

from __future__ import annotations

from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient

from ocr_model.commands import script
from ocr_model.config import parse_config
from ocr_model.fields import WantedFields, fields_setting, parse_fields
from ocr_model.lifecycle import MODEL_NAME
from ocr_model.lifecycle.registry import plan_version
from ocr_model.prompts import PROMPT_NAME, load_prompt, register_prompt
from tests.support.forms import write_forms

LLM = ("--engine", "llm")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Thirty forms in a folder to work in."""
    monkeypatch.chdir(tmp_path)
    write_forms(tmp_path / "claims", 30)
    (tmp_path / "fields.yaml").write_text("fields: [{name: town}]")
    (tmp_path / "other.yaml").write_text("fields: [{name: total}]")
    (write_forms(tmp_path / "invoices", 30) / "annotations").rename(tmp_path / "invoices/fields")
    for truth in (tmp_path / "invoices/fields").iterdir():
        truth.write_text('{"total": "9.00"}')
    (tmp_path / "wrong.yaml").write_text("fields:\n  - {name: total, type: money}\n")
    return "claims"


def register(engine: str, wanted: WantedFields | None = None) -> str:
    prompt = load_prompt(register_prompt("Read.", "first", "p"))
    settings = {"engine": engine, "prompt_uri": prompt.uri, "fields": fields_setting(wanted)}
    version = plan_version(parse_config(settings), prompt, wanted=wanted).register()
    return f"models:/{version.name}/{version.version}"


def state() -> dict[str, object]:
    """All that a command could leave behind."""
    client = MlflowClient()
    every = [experiment.experiment_id for experiment in client.search_experiments()]
    prompt = mlflow.genai.load_prompt(f"prompts:/{PROMPT_NAME}@latest", allow_missing=True)
    return {
        "models": [v.version for v in client.search_model_versions(f"name = '{MODEL_NAME}'")],
        "logged": len(client.search_logged_models(every)),
        "runs": [run.info.run_id for run in client.search_runs(every)],
        "prompts": prompt is not None,
    }


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["evaluate", *LLM, "--data", "claims"], "OPENAI_API_KEY"),
        (["evaluate", *LLM, "--data", "claims", "--settings", "{"], "as a JSON object"),
        (["evaluate", "--data", "claims", "--settings", '{"colour": 1}'], "colour"),
        (["evaluate", "--data", "claims", "--linker", "none.npz"], "weights of a linker"),
        (["evaluate", "--data", "claims", "--fields", "none.yaml"], "was looked for in"),
        (["evaluate", "--data", "claims", "--fields", "wrong.yaml"], "Write type: currency"),
        (
            ["compare", "--llms", "a,b", "--fields", "fields.yaml", "--data", "claims"],
            "OPENAI_API_KEY",
        ),
        (["evaluate", "--data", "claims", "--fields", "other.yaml"], "what total should be"),
        (["evaluate", "--data", "invoices"], "Expected annotations to score a model without"),
        (
            ["compare", "--llms", "a,b", "--fields", "other.yaml", "--data", "claims"],
            "what total should be",
        ),
        (
            ["compare", "--llms", "a,b", "--metric", "field_f1_typed", "--data", "claims"],
            "for models without fields, got 'field_f1_typed'",
        ),
        (["train", "--data", "invoices"], "got fields/ only"),
        (["evaluate", "--data", "claims", "--rules", "none.yaml"], "fields as YAML in none.yaml"),
        (["evaluate", "--data", "claims", "--scorers", "none:x"], "The scorer none:x"),
        (["evaluate", "--data", "claims", "--model-uri", "models:/none/1"], "models:/none/1"),
        (
            ["evaluate", *LLM, "--data", "claims", "--cache", "replay", "--cache-path", "none"],
            "Expected recorded replies",
        ),
        (["log_model", "--settings", '{"colour": 1}'], "colour"),
        (["log_model", "--prompt-uri", "prompts:/none/1"], "Expected a registered prompt"),
        (["log_model", "--linker", "claims"], "weights of a linker"),
        (["compare", "--llms", "a,b", "--data", "claims"], "OPENAI_API_KEY"),
        (["compare", "--llms", "a,b", "--data", "claims", "--settings", "{"], "as a JSON object"),
        (["compare", "--llms", "a", "--data", "claims"], "OPENAI_API_KEY|Expected 2 to 26"),
        (["promote", "--llm", "a", "--data", "claims"], "Expected a version"),
        (["extract", "--input", "none", "--output", "rows.jsonl"], "where there is no file"),
        (["extract", "--input", "claims", "--output", "rows.xlsx"], "Expected output to end in"),
        (
            ["extract", "--input", "claims", "--output", "rows.csv"],
            "as rows.csv has a column per field; nothing is registered here yet",
        ),
        (
            ["extract", "--input", "claims", "--output", "r.jsonl", "--settings", '{"llm": "a"}'],
            "pins its settings",
        ),
        (["train", "--data", "none"], "Expected a folder with annotations"),
        (["train", "--data", "claims", "--curve", "ten"], "Expected numbers of forms"),
        (["rollback"], "Expected a version"),
        (["lineage", "none"], "Expected a trace"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_nothing_is_left_behind_in_a_new_store(
    mlflow_store: str, data: str, capsys: pytest.CaptureFixture[str], argv: list[str], told: str
) -> None:
    before = state()
    assert script(argv[0], argv[1:]) == 2
    said = capsys.readouterr().err
    assert any(part in said for part in told.split("|")), said
    assert state() == before


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["evaluate", "--model-uri", "{llm}", "--data", "claims"], "OPENAI_API_KEY"),
        (["compare", "--model-uris", "{llm},{local}", "--data", "claims"], "OPENAI_API_KEY"),
        (["compare", "--model-uris", "{local}", "--llms", "a", "--data", "claims"], "OPENAI_API"),
        (["promote", "--prompt-uri", "prompts:/p/2", "--data", "claims"], "OPENAI_API_KEY"),
        (["promote", "--model-uri", "{local}", "--data", "claims"], "OPENAI_API_KEY"),
        (["promote", "--prompt-uri", "prompts:/p/9", "--data", "claims"], "registered prompt"),
        (["promote", "--settings", '{"colour": 1}', "--data", "claims"], "colour"),
        (["promote", "--fields", "wrong.yaml", "--data", "claims"], "Write type: currency"),
        (["promote", "--fields", "fields.yaml", "--data", "claims"], "is common to both"),
        (["promote", "--prompt-uri", "prompts:/p/3", "--data", "claims"], "Expected fields where"),
        (["promote", "--model-uri", "{lwanted}", "--data", "claims"], "no score is common to both"),
        (["compare", "--model-uris", "{local},{lwanted}", "--data", "claims"], "is common to both"),
        (["evaluate", "--model-uri", "{local}", "--data", "invoices"], "without fields, got form-"),
        (["evaluate", "--model-uri", "{lwanted}", "--data", "invoices"], "say what town should be"),
        (["promote", "--llm", "a", "--min-pages", "31", "--data", "claims"], ""),
        (["extract", "--input", "claims", "--output", "rows.jsonl"], "OPENAI_API_KEY"),
        (
            ["extract", "--input", "claims", "--output", "rows.csv", "--model-uri", "{local}"],
            "models:/ocr-extractor/2 has none",
        ),
        (["rollback", "--version", "7"], "models:/ocr-extractor/7"),
        (["rollback"], "Expected a previous champion"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_nothing_is_left_behind_beside_a_champion_that_is_an_llm(
    mlflow_store: str, data: str, capsys: pytest.CaptureFixture[str], argv: list[str], told: str
) -> None:
    names = {"llm": register("llm"), "local": register("local")}
    names["lwanted"] = register("local", parse_fields("fields: [{name: town}]"))
    register_prompt("Read well.", "second", "p")
    register_prompt("Read {{ fields }}.", "third", "p")
    before = state()
    given = [word.format(**names) if word.startswith("{l") else word for word in argv]
    assert script(given[0], given[1:]) == (2 if told else 4)
    assert told in capsys.readouterr().err
    assert state() == before
