from __future__ import annotations

from pathlib import Path

import mlflow
import pytest

from ocr_model.commands.cli import Grid
from ocr_model.commands.models.grid import image_settings, listed, versions_of_grid
from ocr_model.errors import ConfigError
from ocr_model.fields import fields_setting, load_fields
from ocr_model.lifecycle.registry import config_of_model
from ocr_model.prompts import register_prompt
from tests.support.given import given


@pytest.fixture(autouse=True)
def _key_of_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")


def grid(*argv: str) -> list[str]:
    versions = [planned.register() for planned in versions_of_grid(given(Grid, *argv))]
    return [f"models:/{version.name}/{version.version}" for version in versions]


def test_list_drops_blanks_and_empty_items() -> None:
    assert listed(" a, b,,c ,") == ["a", "b", "c"]
    assert listed("") == []


def test_image_settings_are_groups_of_fields() -> None:
    assert image_settings("longest_side=1000, detail=low; format=png") == [
        {"image_longest_side": "1000", "image_detail": "low"},
        {"image_format": "png"},
    ]


@pytest.mark.parametrize("text", ["1000", "longest_side"])
def test_image_setting_without_a_value_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"longest_side=1000,detail=low.*got"):
        image_settings(text)


def test_no_grid_is_no_model(mlflow_store: str) -> None:
    assert grid() == []


def test_every_combination_is_a_model_and_is_registered_once(mlflow_store: str) -> None:
    prompts = [
        register_prompt(text, "test", "p") for text in ("One.", "Two. {{ additional_rules }}")
    ]
    argv = ["--prompt-uris", ",".join(prompts), "--llms", "a,b"]
    argv += ["--image-settings", "longest_side=800;detail=low", "--additional-rules", "Be kind."]
    argv += ["--settings", '{"timeout_s": 7}']
    models = grid(*argv)
    found = [config_of_model(uri) for uri in models]
    assert len(set(models)) == 8
    assert {(c.prompt_uri, c.llm, c.image_longest_side, c.image_detail) for c in found} == {
        (prompt, llm, side, detail)
        for prompt in prompts
        for llm in ("a", "b")
        for side, detail in ((800, "high"), (1000, "low"))
    }
    rules = {c.prompt_uri: c.prompt_values for c in found}
    assert rules == {prompts[0]: {}, prompts[1]: {"additional_rules": "Be kind."}}
    assert {c.timeout_s for c in found} == {7.0}
    assert grid(*argv) == models


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--image-settings", "longest_side=1"], "image_longest_side"),
        (["--image-settings", "side=1000"], "image_side"),
        (["--llms", "a", "--settings", '{"colour": 1}'], "colour"),
    ],
    ids=["value", "image field", "name"],
)
def test_setting_that_is_not_valid_registers_nothing(
    mlflow_store: str, argv: list[str], told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        grid(*argv)
    assert mlflow.search_logged_models(output_format="list") == []


def test_rules_that_no_prompt_takes_are_refused(mlflow_store: str) -> None:
    uri = register_prompt("One.", "test", "p")
    with pytest.raises(ConfigError, match="takes no additional rules"):
        grid("--prompt-uris", uri, "--additional-rules", "Be kind.")


def test_every_model_of_a_grid_is_asked_for_the_fields(mlflow_store: str, tmp_path: Path) -> None:
    file = tmp_path / "fields.yaml"
    file.write_text("fields: [{name: total, type: currency}]")
    models = grid("--llms", "a,b", "--fields", str(file))
    found = [config_of_model(uri) for uri in models]
    assert [(config.llm, config.engine) for config in found] == [("a", "llm"), ("b", "llm")]
    assert {config.fields for config in found} == {fields_setting(load_fields(file))}


def test_prompt_with_a_place_for_fields_is_refused_where_none_are_wanted(mlflow_store: str) -> None:
    uri = register_prompt("Read {{ fields }}.", "test", "p")
    with pytest.raises(ConfigError, match=r"^Expected fields where prompts:/p/1 has a place"):
        grid("--prompt-uris", uri, "--llms", "a,b")
    assert mlflow.search_registered_models() == []
