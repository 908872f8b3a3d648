from __future__ import annotations

import pytest
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from ocr_model.commands.cli import Candidate
from ocr_model.commands.models.candidate import plan_candidate
from ocr_model.config import parse_config
from ocr_model.errors import ConfigError, PromptError
from ocr_model.lifecycle.champion import find_champion
from ocr_model.lifecycle.registry import config_of_model, plan_version
from ocr_model.prompts import load_prompt, register_prompt
from tests.support.given import given


def candidate_of(args: Candidate, champion: ModelVersion) -> ModelVersion:
    planned = plan_candidate(args, champion)
    return planned if isinstance(planned, ModelVersion) else planned.register()


@pytest.fixture
def champion(mlflow_store: str) -> ModelVersion:
    prompt = load_prompt(register_prompt("Read. {{ additional_rules }}", "first", "p"))
    settings = {
        "engine": "llm",
        "llm": "some-llm",
        "llm_parameters": {"temperature": 0},
        "prompt_uri": prompt.uri,
        "prompt_values": {"additional_rules": "Keep dates."},
        "image_longest_side": 1600,
    }
    plan_version(parse_config(settings), prompt).register()
    return find_champion()


def test_prompt_alone_makes_the_champion_with_another_prompt(champion: ModelVersion) -> None:
    uri = register_prompt("Read well. {{ additional_rules }}", "second", "p")
    candidate = candidate_of(given(Candidate, "--prompt-uri", uri), champion)
    before = config_of_model(f"models:/{champion.name}/{champion.version}")
    after = config_of_model(f"models:/{candidate.name}/{candidate.version}")
    assert after == before.model_copy(update={"prompt_uri": uri})
    assert find_champion().version == champion.version


def test_a_candidate_is_planned_and_not_registered(champion: ModelVersion) -> None:
    uri = register_prompt("Read well. {{ additional_rules }}", "second", "p")
    planned = plan_candidate(given(Candidate, "--prompt-uri", uri), champion)
    assert not isinstance(planned, ModelVersion)
    assert planned.config.prompt_uri == uri
    assert [v.version for v in MlflowClient().search_model_versions("")] == [champion.version]


def test_the_champions_own_prompt_is_the_champion(champion: ModelVersion) -> None:
    candidate = candidate_of(given(Candidate, "--prompt-uri", "prompts:/p/1"), champion)
    assert candidate.version == champion.version


def test_settings_beside_the_prompt_win_over_the_champions(champion: ModelVersion) -> None:
    args = given(
        Candidate,
        *("--llm", "another", "--llm-parameters", '{"seed": 1}', "--additional-rules", "Be kind."),
        *("--settings", '{"image_longest_side": 800}'),
    )
    candidate = candidate_of(args, champion)
    config = config_of_model(f"models:/{candidate.name}/{candidate.version}")
    assert (config.llm, config.llm_parameters) == ("another", {"seed": 1})
    assert config.prompt_values == {"additional_rules": "Be kind."}
    assert (config.image_longest_side, config.prompt_uri) == (800, "prompts:/p/1")


def test_value_the_new_prompt_has_no_place_for_is_left_out_and_told(
    champion: ModelVersion, capsys: pytest.CaptureFixture[str]
) -> None:
    uri = register_prompt("Read as you like.", "second", "p")
    candidate = candidate_of(given(Candidate, "--prompt-uri", uri), champion)
    assert config_of_model(f"models:/{candidate.name}/{candidate.version}").prompt_values == {}
    assert "no place for the champion's additional_rules" in capsys.readouterr().err


def test_prompt_with_an_unknown_variable_is_refused(champion: ModelVersion) -> None:
    uri = register_prompt("Read {{ language }}.", "second", "p")
    with pytest.raises(PromptError, match="missing variables: language"):
        candidate_of(given(Candidate, "--prompt-uri", uri), champion)


def test_rules_for_a_prompt_that_takes_none_are_refused(champion: ModelVersion) -> None:
    uri = register_prompt("Read as you like.", "second", "p")
    args = given(Candidate, "--prompt-uri", uri, "--additional-rules", "Be kind.")
    with pytest.raises(ConfigError, match="takes no additional rules"):
        candidate_of(args, champion)


def test_registered_model_is_taken_as_it_is(champion: ModelVersion) -> None:
    args = given(Candidate, "--model-uri", f"models:/{champion.name}@champion")
    assert candidate_of(args, champion).version == champion.version


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        ([], "Expected a candidate, got none"),
        (["--model-uri", "models:/m/1", "--llm", "x"], "got llm beside it"),
    ],
    ids=["nothing", "both"],
)
def test_what_is_handed_over_must_be_one_candidate(
    champion: ModelVersion, argv: list[str], told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        candidate_of(given(Candidate, *argv), champion)


def test_prompt_for_an_engine_that_reads_none_is_refused(mlflow_store: str) -> None:
    prompt = load_prompt(register_prompt("Read.", "first", "p"))
    plan_version(parse_config({"prompt_uri": prompt.uri}), prompt).register()
    uri = register_prompt("Read well.", "second", "p")
    with pytest.raises(ConfigError, match="reads no prompt"):
        candidate_of(given(Candidate, "--prompt-uri", uri), find_champion())
    candidate = candidate_of(
        given(Candidate, "--prompt-uri", uri, "--engine", "llm"), find_champion()
    )
    assert config_of_model(f"models:/{candidate.name}/{candidate.version}").engine == "llm"
