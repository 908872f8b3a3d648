from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from mlflow import MlflowClient

from ocr_model.commands import script
from ocr_model.config import parse_config
from ocr_model.forms import load_forms
from ocr_model.lifecycle.champion import find_champion
from ocr_model.lifecycle.registry import plan_version
from ocr_model.linker import from_bytes, to_bytes
from ocr_model.linker.weights import bundled_bytes
from ocr_model.prompts import load_prompt, register_prompt
from tests.support.forms import write_forms


@pytest.fixture
def data(tmp_path: Path) -> str:
    return str(write_forms(tmp_path / "claims", 3))


@pytest.fixture
def better_prompt(mlflow_store: str) -> str:
    prompt = load_prompt(register_prompt("Read.", "first", "p"))
    plan_version(parse_config({"engine": "llm", "prompt_uri": prompt.uri}), prompt).register()
    return register_prompt("Read well.", "second", "p")


def test_store_without_a_champion_is_told_how_to_get_one(
    mlflow_store: str, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("promote", ["--prompt-uri", "prompts:/p/1", "--data", data]) == 2
    assert "it becomes the champion" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--metric", "f1"], "got 'f1'"),
        (["--margin", "-1"], "Expected a margin"),
        (["--prompt-uri", "prompts:/p/9"], "Expected a registered prompt"),
        (["--data", "nowhere"], "nowhere"),
    ],
    ids=["metric", "margin", "prompt", "forms"],
)
def test_what_cannot_be_judged_is_told_and_the_champion_stays(
    better_prompt: str, data: str, capsys: pytest.CaptureFixture[str], argv: list[str], told: str
) -> None:
    assert script("promote", ["--prompt-uri", better_prompt, "--data", data, *argv]) == 2
    printed = capsys.readouterr().err
    assert told in printed
    assert "The champion stays as it is" in printed
    assert int(find_champion().version) == 1


def test_too_few_forms_are_told_before_anything_is_read(
    better_prompt: str, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("promote", ["--prompt-uri", better_prompt, "--data", data]) == 4
    assert "3 labelled forms; 30 are needed" in capsys.readouterr().out


def test_champion_itself_is_no_candidate(
    better_prompt: str, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("promote", ["--prompt-uri", "prompts:/p/1", "--data", data]) == 0
    assert "is the champion already" in capsys.readouterr().out


def test_forms_the_candidate_learned_from_do_not_count(
    mlflow_store: str, data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prompt = load_prompt(register_prompt("Read.", "first", "p"))
    plan_version(parse_config({"prompt_uri": prompt.uri}), prompt).register()
    learned = tuple(form.image_sha256 for form in load_forms(data)[:2])
    linker = tmp_path / "linker.npz"
    weights = from_bytes(bundled_bytes())
    linker.write_bytes(to_bytes(replace(weights, documents_sha256=learned)))
    assert script("promote", ["--linker", str(linker), "--data", data]) == 4
    printed = capsys.readouterr().out
    assert "note: Left out 2 of 3 forms that were learned from: linker 2." in printed
    assert "has 1 labelled forms that neither has learned from; 30 are needed" in printed
    assert len(MlflowClient().search_model_versions("")) == 1


def test_what_a_prompt_was_optimised_on_does_not_count(
    better_prompt: str, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = [form.image_sha256 for form in load_forms(data)]
    client = MlflowClient()
    client.set_prompt_version_tag("p", "1", "documents_sha256", shown[0])
    client.set_prompt_version_tag("p", "2", "documents_sha256", shown[1])
    assert script("promote", ["--prompt-uri", better_prompt, "--data", data]) == 4
    printed = capsys.readouterr().out
    assert "Left out 2 of 3 forms that were learned from: prompt 2." in printed
    assert "1 labelled forms that neither has learned from; 30 are needed" in printed
