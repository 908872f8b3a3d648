"""The commands, as a shell calls them."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow import MlflowClient
from PIL import Image
from typer import BadParameter

from ocr_model.commands import script
from ocr_model.commands.cli import NewModel, whole_number
from ocr_model.commands.models.settings import config_from
from ocr_model.errors import ConfigError
from ocr_model.prompts import Message, PinnedPrompt, register_prompt
from tests.engines.llm.test_preflight import NUMBER, able
from tests.support.endpoint import Endpoint, completion, error
from tests.support.given import given


def prompt_of(text: str) -> PinnedPrompt:
    return PinnedPrompt("prompts:/p/1", (Message(role="system", content=text),))


def arguments(*argv: str) -> NewModel:
    return given(NewModel, *argv)


@pytest.mark.parametrize(("text", "expected"), [("0", 0), ("12", 12), ("8.0", 8)])
def test_whole_number_takes_what_mlproject_sends(text: str, expected: int) -> None:
    assert whole_number(text) == expected


@pytest.mark.parametrize("text", ["-1", "1.5", "ten"])
def test_whole_number_refuses_the_rest(text: str) -> None:
    with pytest.raises(BadParameter, match="expected a whole number"):
        whole_number(text)


@pytest.mark.parametrize(
    ("template", "rules", "values"),
    [
        ("plain", "", {}),
        ("with {{ additional_rules }}", "", {"additional_rules": ""}),
        ("with {{ additional_rules }}", "be kind", {"additional_rules": "be kind"}),
    ],
    ids=["no variable", "left empty", "given"],
)
def test_rules_fill_the_variable_where_there_is_one(
    template: str, rules: str, values: dict[str, str]
) -> None:
    args = arguments("--additional-rules", rules)
    assert config_from(args, prompt_of(template)).prompt_values == values


@pytest.mark.parametrize("name", ["llm_parameters", "settings"])
@pytest.mark.parametrize("text", ["{temperature: 0}", "[1]"])
def test_what_must_be_a_json_object_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=f"Expected {name} as a JSON object"):
        config_from(arguments(f"--{name.replace('_', '-')}", text), prompt_of("x"))


def test_further_settings_reach_the_configuration() -> None:
    args = arguments("--settings", '{"image_quality": 80, "concurrency": 2}')
    config = config_from(args, prompt_of("x"))
    assert (config.image_quality, config.concurrency) == (80, 2)


def test_unknown_setting_is_refused() -> None:
    with pytest.raises(ConfigError, match="image_qualty"):
        config_from(arguments("--settings", '{"image_qualty": 80}'), prompt_of("x"))


def test_register_prompts_prints_uris_and_variables(
    mlflow_store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("register_prompts", []) == 0
    assert capsys.readouterr().out.splitlines() == [
        "prompts:/ocr-question-answer/1",
        "prompts:/ocr-question-answer/2",
        "prompts:/ocr-question-answer/3  takes additional_rules",
    ]


def test_log_model_prints_what_it_pinned(
    mlflow_store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert (
            script(
                "log_model", ["--engine", "llm", "--prompt-uri", "prompts:/ocr-question-answer/2"]
            )
            == 0
        )
        out = capsys.readouterr().out
        assert out.endswith("models:/ocr-extractor/1 pins prompts:/ocr-question-answer/2\n")


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--prompt-uri", "prompts:/nobody/7"], "Expected a registered prompt"),
        (
            ["--prompt-uri", "prompts:/ocr-question-answer/1", "--additional-rules", "x"],
            "takes no additional rules",
        ),
    ],
    ids=["missing prompt", "rules without a variable"],
)
def test_log_model_says_what_is_wrong(
    mlflow_store: str, capsys: pytest.CaptureFixture[str], argv: list[str], told: str
) -> None:
    assert script("log_model", argv) == 2
    assert told in capsys.readouterr().err


def test_pinning_a_prompt_says_what_looks_like_a_variable_and_is_none(
    mlflow_store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    uri = register_prompt("Read the form. {additional_rules}", "single braces", "p")
    assert script("log_model", ["--prompt-uri", uri]) == 0
    assert "p/1 has {additional_rules} in single braces" in capsys.readouterr().err


def test_a_deleted_experiment_is_an_error_and_no_traceback(
    mlflow_store: str, dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = mlflow.set_experiment("gone")
    MlflowClient().delete_experiment(experiment.experiment_id)
    for verb in (["evaluate", "--data", str(dataset)], ["log_model"], ["promote"]):
        assert script(verb[0], verb[1:]) == 2
        told = capsys.readouterr().err
        assert "got 'gone', which is deleted" in told
        assert f"--experiment-id {experiment.experiment_id}" in told
    assert MlflowClient().search_registered_models() == []


WITH_A_STORE = {
    "evaluate": (),
    "extract": ("--input", "scans", "--output", "rows.jsonl"),
    "compare": ("--llms", "a,b"),
    "promote": ("--llm", "a"),
    "rollback": (),
    "lineage": ("some-run",),
    "train": (),
    "log_model": (),
    "register_prompts": (),
}


@pytest.mark.parametrize("verb", WITH_A_STORE)
@pytest.mark.parametrize("store", ["sqlite:///{file}/mlflow.db", "sqlite:///{file}", "nowhere://x"])
def test_a_store_that_cannot_be_used_is_a_sentence(
    mlflow_store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str, store: str
) -> None:
    (tmp_path / "notes").write_text("no database, and no folder" * 99)
    mlflow.set_tracking_uri(store.format(file=tmp_path / "notes"))
    assert script(verb, WITH_A_STORE[verb]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: Expected ")
    assert "MLFLOW_TRACKING_URI" in said
    assert "Traceback" not in said


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """One form with one pair, in FUNSD's layout."""
    for name in ("images", "annotations"):
        (tmp_path / "forms" / name).mkdir(parents=True)
    words: list[dict[str, Any]] = [
        {"id": 0, "label": "question", "text": "Name:", "words": [{"text": "Name:"}]},
        {"id": 1, "label": "answer", "text": "Ann Berg", "words": [{"text": "Ann Berg"}]},
    ]
    items = [{**item, "box": [0, 0, 9, 9], "linking": [[0, 1]]} for item in words]
    (tmp_path / "forms/annotations/a.json").write_text(json.dumps({"form": items}))
    Image.new("RGB", (90, 90), "white").save(tmp_path / "forms/images/a.png")
    return tmp_path / "forms"


def evaluate_llm(dataset: Path, replies: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    with Endpoint(replies) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        return script("evaluate", ["--engine", "llm", "--llm", "test-llm", "--data", str(dataset)])


def test_evaluate_with_an_llm_prints_scores_and_where_the_run_is(
    mlflow_store: str,
    dataset: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert evaluate_llm(dataset, [completion()], monkeypatch) == 0
    printed = capsys.readouterr().out
    table = printed.index("  metric ")
    assert "Look at pair_f1_normalized 1.000 " in printed[:table]
    assert re.search(r"pair_f1_normalized +1\.000", printed[table:])
    images = os.path.relpath(dataset / "images")
    assert printed.endswith(
        "python -m scripts.extract --model-uri models:/ocr-extractor/1 "
        f"--input {images} --output rows.jsonl\n"
    )
    assert "1 forms: 1 ok" in printed
    assert f"mlflow ui --backend-store-uri {mlflow_store}" in printed
    [run] = mlflow.search_runs(output_format="list")
    assert run.data.params["model_llm"] == "test-llm"
    assert run.data.params["model_prompt_uri"] == "prompts:/ocr-question-answer/3"


def test_evaluate_fails_when_the_endpoint_gives_up(
    mlflow_store: str,
    dataset: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    refuse = lambda _: error(401, "Incorrect API key provided")  # noqa: E731
    assert evaluate_llm(dataset, refuse, monkeypatch) == 1
    assert "the forms could not be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--data", "/nowhere"], "Expected a folder with annotations"),
        (["--model-uri", "models:/m/1", "--prompt-uri", "prompts:/p/1"], "pins its prompt"),
    ],
    ids=["no data", "prompt beside a model"],
)
def test_evaluate_says_what_is_wrong_before_anything_is_logged(
    mlflow_store: str, capsys: pytest.CaptureFixture[str], argv: list[str], told: str
) -> None:
    assert script("evaluate", argv) == 2
    assert told in capsys.readouterr().err
    assert mlflow.search_runs(output_format="list") == []


def test_check_endpoint_prints_settings_that_the_other_commands_take(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _: int(NUMBER) - 1000)
    with Endpoint(able) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        code = script(
            "check_endpoint",
            [
                *("--llm", "test-llm", "--llm-parameters", '{"max_tokens": 99}', "--timeout", "5"),
                *("--settings", '{"image_quality": 80}'),
            ],
        )
    out = capsys.readouterr().out
    assert code == 0
    assert "tokens    prompt 1,200, completion 30" in out
    assert endpoint.api_key not in out
    printed = out.partition("\nUse\n")[2].split("\n")[0]
    config = config_from(arguments(*shlex.split(printed)), prompt_of("plain"))
    assert (config.engine, config.llm, config.image_quality) == ("llm", "test-llm", 80)
    assert config.llm_parameters == {"max_tokens": 99}


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        ([], 1, "Check OPENAI_API_KEY"),
        (["--settings", "{"], 2, "Expected --settings as a JSON object"),
        (["--settings", '{"page_input": "sound"}'], 2, "page_input"),
    ],
    ids=["wrong_key", "no_json", "no_such_input"],
)
def test_check_endpoint_fails_with_the_remedy(
    argv: list[str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Endpoint(lambda _: error(401, "Unauthorized")) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        assert script("check_endpoint", ["--timeout", "5", *argv]) == code
    err = capsys.readouterr().err
    assert err.startswith("error: ")
    assert said in err


def test_extract_logs_the_default_model_where_nothing_is_registered(
    mlflow_store: str, dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = dataset.parent / "rows.jsonl"
    argv = ["--input", str(dataset / "images"), "--output", str(rows)]
    assert script("extract", argv) == 0
    told = capsys.readouterr().out
    assert "Nothing is registered here yet" in told
    assert "Model      models:/ocr-extractor/1\n" in told
    assert json.loads(rows.read_text())["document_id"].endswith("a.png")
    assert "Failed" not in told


def test_extract_names_what_failed_and_a_command_that_shows_it(
    mlflow_store: str, dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = dataset / "images/b.png"
    broken.write_bytes((dataset / "images/a.png").read_bytes()[:60])
    rows = dataset.parent / "rows.jsonl"
    assert script("extract", ["--input", str(broken), "--output", str(rows)]) == 0
    told = capsys.readouterr().out
    assert f"Failed     {broken}  bad_input: Expected a complete image, got one" in told
    [look] = re.findall(r"^Look +(.*)$", told, flags=re.MULTILINE)
    program, *arguments = shlex.split(look)
    assert program == "python"
    shown = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    assert "b.png  bad_input" in re.sub(" +", "  ", shown.stdout)


def test_a_prompt_that_the_engine_does_not_read_is_said_once_and_loudly(
    mlflow_store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("log_model", ["--prompt-uri", "prompts:/ocr-question-answer/2"]) == 0
    err = capsys.readouterr().err
    assert err.count("NOTE: the local engine reads no prompt") == 1
    assert "give --engine llm and --llm beside it" in err
    [version] = MlflowClient().search_model_versions("name = 'ocr-extractor'")
    assert "reads no prompt: [prompts:/ocr-question-answer/2](" in version.description


def test_a_cache_that_cannot_be_written_is_noticed_before_a_model_is_registered(
    mlflow_store: str,
    dataset: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    (dataset.parent / "home").write_text("a file where the folder would be")
    cache = str(dataset.parent / "home" / "replies.sqlite")
    argv = ["--engine", "llm", "--data", str(dataset), "--cache-path", cache]
    assert script("evaluate", argv) == 2
    assert "Name another file in `cache_path`" in capsys.readouterr().err
    assert MlflowClient().search_registered_models() == []
