"""Messages name options and commands as the running command was called."""

from __future__ import annotations

import shlex

import pytest

from ocr_model.commands.cli.wording import Caller, called_from_shell, command, option

JSON = '{"max_pages": 9}'


@pytest.mark.parametrize(
    ("caller", "name", "given"),
    [
        (Caller.SCRIPT, "--prompt-uri", "--prompt-uri prompts:/p/4"),
        (Caller.CONSOLE, "--prompt-uri", "--prompt-uri prompts:/p/4"),
        (Caller.MLFLOW, "-P prompt_uri", "-P prompt_uri=prompts:/p/4"),
    ],
)
def test_an_option_is_named_as_a_shell_takes_it(caller: Caller, name: str, given: str) -> None:
    with called_from_shell(caller):
        assert option("prompt_uri") == name
        assert option("prompt_uri", "prompts:/p/4") == given


def test_a_python_caller_reads_parameters() -> None:
    assert option("prompt_uri") == "prompt_uri"
    assert option("engine", "llm") == "engine='llm'"
    expected = "ocr_model.commands.run('log_model', settings='{\"max_pages\": 9}')"
    assert command("log_model", settings=JSON) == expected


@pytest.mark.parametrize(
    ("caller", "verb", "words"),
    [
        (Caller.SCRIPT, "log_model", "python -m scripts.log_model --settings"),
        (Caller.CONSOLE, "log_model", "ocr-model log-model --settings"),
        (Caller.MLFLOW, "promote", "mlflow run . --env-manager local -e promote -P"),
        # MLproject has no entry for it.
        (Caller.MLFLOW, "log_model", "python -m scripts.log_model --settings"),
    ],
)
def test_a_command_runs_as_it_stands(caller: Caller, verb: str, words: str) -> None:
    with called_from_shell(caller):
        *before, last = shlex.split(command(verb, settings=JSON))
    assert " ".join(before) == words
    assert last in (JSON, f"settings={JSON}")


def test_a_run_of_mlflow_is_known_by_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_RUN_ID", "0" * 32)
    with called_from_shell(Caller.SCRIPT):
        assert option("engine", "llm") == "-P engine=llm"
    assert option("engine") == "engine"
