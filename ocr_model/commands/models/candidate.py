"""What a person hands to the gate -> a registered model version."""

from __future__ import annotations

import sys
from typing import Any

from mlflow.entities.model_registry import ModelVersion

from ocr_model.commands.cli import Candidate
from ocr_model.commands.models.settings import json_object, pinned_prompt
from ocr_model.config import ExtractorConfig, parse_config
from ocr_model.console import say
from ocr_model.errors import ConfigError
from ocr_model.lifecycle import (
    NewVersion,
    config_of_model,
    find_version,
    linker_bytes,
    linker_of_model,
    plan_version,
)
from ocr_model.linker import setting_of
from ocr_model.prompts import PinnedPrompt

_SETTINGS = ("engine", "linker", "llm", "llm_parameters", "additional_rules", "settings")


def plan_candidate(given: Candidate, champion: ModelVersion) -> ModelVersion | NewVersion:
    """The version to judge, or what it will be made of where its content is not registered yet.

    Raises:
        ConfigError: nothing or too much was handed over, or it makes no valid model.
    """
    changed = [name for name in ("prompt_uri", *_SETTINGS) if getattr(given, name)]
    if not (given.model_uri or changed):
        raise ConfigError(
            "Expected a candidate, got none: prompt_uri=prompts:/<name>/<version> for the champion "
            "with another prompt, or model_uri for a registered model."
        )
    if given.model_uri and changed:
        raise ConfigError(
            f"{given.model_uri} pins its prompt and settings, got {', '.join(changed)} beside it. "
            "Leave model_uri empty to change the champion by them."
        )
    if given.model_uri:
        return find_version(given.model_uri)
    champion_uri = f"models:/{champion.name}/{champion.version}"
    settings = config_of_model(champion_uri)
    linker = linker_bytes(given.linker)
    prompt = pinned_prompt(given.prompt_uri or settings.prompt_uri)
    stays_local = (given.engine or settings.engine) == "local"
    if linker is None and settings.linker and stays_local:
        linker = linker_of_model(champion_uri)
    config = _config(given, settings, prompt, setting_of(linker) if linker else "")
    planned = plan_version(config, prompt, linker=linker)
    return planned.known() or planned


def _config(
    given: Candidate, champion: ExtractorConfig, prompt: PinnedPrompt, linker: str
) -> ExtractorConfig:
    overrides: dict[str, Any] = {
        name: getattr(given, name) for name in ("engine", "llm") if getattr(given, name)
    }
    if given.llm_parameters:
        overrides["llm_parameters"] = json_object("llm_parameters", given.llm_parameters)
    if given.settings:
        overrides |= json_object("settings", given.settings)
    config = parse_config(
        {
            **champion.model_dump(),
            **overrides,
            "linker": linker,
            "prompt_uri": prompt.uri,
            "prompt_values": _values(given.additional_rules, champion.prompt_values, prompt),
        }
    )
    if config.engine == "local" and given.prompt_uri:
        raise ConfigError(
            f"The champion reads with the local engine, which takes no prompt, so {prompt.uri} "
            "would change nothing. Give engine=llm (and llm) beside it."
        )
    return config


def _values(rules: str, champion: dict[str, str], prompt: PinnedPrompt) -> dict[str, str]:
    """The champion's values for the variables of the new prompt; what is left out is told."""
    values = {"additional_rules": "", **champion}
    if rules:
        values["additional_rules"] = rules
    unused = sorted(name for name in values.keys() - prompt.variables if values[name])
    if rules and "additional_rules" in unused:
        raise ConfigError(f"{prompt.uri} takes no additional_rules; leave them out.")
    if unused:
        say(
            f"note: {prompt.uri} has no place for the champion's {', '.join(unused)}; "
            "the candidate goes without.",
            file=sys.stderr,
        )
    return {name: value for name, value in values.items() if name in prompt.variables}
