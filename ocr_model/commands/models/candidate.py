"""What a person hands to the gate -> a registered model version."""

from __future__ import annotations

from mlflow.entities.model_registry import ModelVersion

from ocr_model.commands.cli import Candidate, option
from ocr_model.commands.models.settings import config_from, pinned_prompt, settings_beside_model
from ocr_model.errors import ConfigError
from ocr_model.lifecycle import (
    config_of_model,
    find_version,
    linker_bytes,
    linker_of_model,
    register_model_once,
    uri_of,
)
from ocr_model.linker import setting_of

_SETTINGS = ("engine", "linker", "llm", "llm_parameters", "additional_rules", "settings")


def candidate_of(given: Candidate, champion: ModelVersion) -> ModelVersion:
    """The version to judge; registered now, unless its content is registered already.

    Raises:
        ConfigError: nothing or too much was handed over, or it makes no valid model.
    """
    changed = settings_beside_model(given, ("prompt_uri", *_SETTINGS))
    if given.model_uri:
        return find_version(given.model_uri)
    if not changed:
        raise ConfigError(
            "Expected a candidate, got none. Give "
            f"{option('prompt_uri', 'prompts:/ocr-question-answer/4')} for the champion with "
            f"another prompt, or {option('model_uri', 'models:/ocr-extractor/4')} for a registered "
            "model."
        )
    base = config_of_model(uri_of(champion))
    prompt = pinned_prompt(given.prompt_uri or base.prompt_uri)
    linker = linker_bytes(given.linker)
    if linker is None and base.linker and (given.engine or base.engine) == "local":
        linker = linker_of_model(uri_of(champion))
    config = config_from(given, prompt, setting_of(linker) if linker else "", base)
    if config.engine == "local" and given.prompt_uri:
        raise ConfigError(
            f"The champion reads with the local engine, which reads no prompt, so {prompt.uri} "
            f"would change nothing. Give {option('engine', 'llm')} (and {option('llm')}) beside it."
        )
    return register_model_once(config, prompt, linker=linker)
