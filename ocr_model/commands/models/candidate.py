"""The input of the gate -> a registered model version."""

from __future__ import annotations

from dataclasses import replace

from mlflow.entities.model_registry import ModelVersion

from ocr_model.commands.cli import Candidate, option
from ocr_model.commands.models.settings import (
    config_from,
    digests_of,
    pinned_prompt,
    settings_beside_model,
    wanted_in,
)
from ocr_model.config import ExtractorConfig
from ocr_model.errors import ConfigError
from ocr_model.lifecycle import (
    NewVersion,
    config_of_model,
    documents_learned_from,
    find_version,
    finder_bytes,
    finder_of_model,
    linker_bytes,
    linker_of_model,
    plan_version,
    uri_of,
    wanted_of_model,
)

_SETTINGS = (
    *("engine", "linker", "fields", "finder"),
    *("llm", "llm_parameters", "additional_rules", "settings"),
)


def plan_candidate(given: Candidate, champion: ModelVersion) -> ModelVersion | NewVersion:
    """The version to judge, or a plan for it if its content is not registered yet.

    Raises:
        ConfigError: nothing or too much was given, or the model is not valid.
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
    planned = version_beside(given, champion)
    return planned.known() or planned


def version_beside(given: Candidate, champion: ModelVersion) -> NewVersion:
    """A plan for a version with other settings; missing ones are taken from `champion`.

    Raises:
        ConfigError: the model is not valid.
    """
    base = config_of_model(uri_of(champion))
    linker = linker_bytes(given.linker)
    wanted = wanted_in(given.fields) or wanted_of_model(uri_of(champion), base.fields)
    prompt = pinned_prompt(given.prompt_uri or base.prompt_uri)
    if linker is None and base.linker and (given.engine or base.engine) == "local":
        linker = linker_of_model(uri_of(champion))
    finder = _finder(given, base, uri_of(champion))
    config = config_from(given, prompt, digests_of(linker, wanted, finder), base)
    if config.engine == "local" and given.prompt_uri:
        raise ConfigError(
            f"The champion reads with the local engine, which reads no prompt, so {prompt.uri} "
            f"would change nothing. Give {option('engine', 'llm')} (and {option('llm')}) beside it."
        )
    planned = plan_version(config, prompt, linker=linker, wanted=wanted, finder=finder)
    points = config.confidence_calibration
    if points and points == base.confidence_calibration:
        learned = documents_learned_from(uri_of(champion))
        planned = replace(planned, calibrated_on=tuple(learned.get("calibration", ())))
    return planned


def _finder(given: Candidate, base: ExtractorConfig, champion_uri: str) -> bytes | None:
    """The given finder, else the champion's, unless fields or engine differ."""
    if given.finder:
        return finder_bytes(given.finder)
    keeps = (given.engine or base.engine) == "local" and not given.fields
    return finder_of_model(champion_uri) if base.finder and keeps else None
