"""One declaration per verb: the command line, MLproject's entry and a Python caller agree."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from ocr_model.commands import main, run, script
from ocr_model.commands.cli import SAMPLE, VERBS
from ocr_model.errors import ConfigError

CHECKOUT = Path(__file__).parents[3]
ENTRIES: dict[str, dict[str, Any]] = yaml.safe_load((CHECKOUT / "MLproject").read_text())[
    "entry_points"
]


def declared(verb: str) -> dict[str, object]:
    """Name and default of every parameter that has a help text, as MLproject writes them."""
    hidden = {"split"} if verb == "compare" else set()
    return {
        field.name: as_in_mlproject(field.default)
        for field in fields(VERBS[verb])
        if field.name not in hidden
    }


def as_in_mlproject(default: object) -> object:
    if default in (None, MISSING):
        return ""
    if default == SAMPLE:
        return SAMPLE.relative_to(CHECKOUT).as_posix()
    return default


@pytest.mark.parametrize("verb", ENTRIES)
def test_an_entry_of_mlproject_has_the_parameters_and_defaults_of_its_verb(verb: str) -> None:
    entry = ENTRIES[verb]
    given = {name: parameter["default"] for name, parameter in entry["parameters"].items()}
    assert given == declared(verb)


@pytest.mark.parametrize("verb", ENTRIES)
def test_an_entry_of_mlproject_passes_every_parameter_under_its_own_option(verb: str) -> None:
    command = ENTRIES[verb]["command"].split()
    assert command[:3] == ["python", "-m", f"scripts.{verb}"]
    passed = dict(zip(command[3::2], command[4::2], strict=True))
    assert passed == {f"--{name.replace('_', '-')}": f"{{{name}}}" for name in declared(verb)}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_script_of_its_name_and_help_for_each_parameter(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f'script("{verb}")' in (CHECKOUT / "scripts" / f"{verb}.py").read_text()
    assert script(verb, ["--help"]) == 0
    told = capsys.readouterr().out
    assert f"Usage: python -m scripts.{verb}" in told
    assert main([verb.replace("_", "-"), "--help"]) == 0
    assert capsys.readouterr().out.replace("ocr-model " + verb.replace("_", "-"), "") == (
        told.replace(f"python -m scripts.{verb}", "")
    )


def test_help_and_the_package_load_nothing_that_takes_long() -> None:
    code = (
        "import json, sys, ocr_model; from ocr_model.commands import main\n"
        "for verb in ([], ['evaluate'], ['extract-spark']): main([*verb, '--help'])\n"
        "print(json.dumps(sorted(m for m in sys.modules if '.' not in m)))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    loaded = set(json.loads(out.splitlines()[-1]))
    heavy = {"mlflow", "pandas", "numpy", "openai", "sklearn", "pyspark", "fastapi"}
    assert loaded & heavy == set()


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--nonsense"], "No such option: --nonsense"),
        (["--n", "1.5"], "expected a whole number from 0, got '1.5'"),
        (["--engine", "cloud"], "'cloud' is not one of 'local', 'llm'"),
    ],
)
def test_what_is_not_declared_is_refused_with_exit_code_2(
    capsys: pytest.CaptureFixture[str], argv: list[str], told: str
) -> None:
    assert script("evaluate", argv) == 2
    err = re.sub(r"\s+", " ", capsys.readouterr().err)
    assert told in err


def test_a_python_caller_gets_the_error_that_the_command_line_prints(
    mlflow_store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigError, match="at least 2 folds, got 1"):
        run("train", folds=1)
    assert script("train", ["--folds", "1"]) == 2
    assert capsys.readouterr().err == "error: Expected at least 2 folds, got 1.\n"


def test_the_bundled_forms_are_asked_for_where_there_are_none(
    mlflow_store: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As in an environment that has the wheel and no clone."""
    nowhere = tmp_path / "sample"
    monkeypatch.setattr("ocr_model.commands.models.forms.SAMPLE", nowhere)
    with pytest.raises(ConfigError, match="Give data='FOLDER'"):
        run("evaluate", data=nowhere)
