"""Turn what a person hands to the gate into a registered model version."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from mlflow.entities.model_registry import ModelVersion

from ocr_model.config import ExtractorConfig, parse_config
from ocr_model.errors import ConfigError
from ocr_model.lifecycle import config_of_model, find_version, register_model_once
from ocr_model.linker import setting_of
from ocr_model.prompts import PinnedPrompt
from scripts.linker_weights import linker_bytes, linker_of_model
from scripts.settings import json_object, pinned_prompt

_SETTINGS = ("engine", "linker", "llm", "llm_parameters", "additional_rules", "settings")


def add_candidate_arguments(parser: argparse.ArgumentParser) -> None:
    """A registered model, or what is to differ from the champion."""
    parser.add_argument("--model-uri", default="", help="judge this registered model")
    parser.add_argument("--prompt-uri", default="", help="the champion with this prompt")
    parser.add_argument("--engine", choices=["", "local", "llm"], default="")
    parser.add_argument("--linker", default="", help="the champion with these weights")
    parser.add_argument("--llm", default="", help="the champion with this language model")
    parser.add_argument("--llm-parameters", default="", help="JSON object sent with every call")
    parser.add_argument(
        "--additional-rules", default="", help="text for the prompt's {{ additional_rules }}"
    )
    parser.add_argument("--settings", default="", help="JSON object of further settings")


def candidate_of(args: argparse.Namespace, champion: ModelVersion) -> ModelVersion:
    """The version to judge; registered now, unless its content is registered already.

    Raises:
        ConfigError: nothing or too much was handed over, or it makes no valid model.
    """
    changed = [name for name in ("prompt_uri", *_SETTINGS) if getattr(args, name)]
    if not (args.model_uri or changed):
        raise ConfigError(
            "Expected a candidate, got none: prompt_uri=prompts:/<name>/<version> for the champion "
            "with another prompt, or model_uri for a registered model."
        )
    if args.model_uri and changed:
        raise ConfigError(
            f"{args.model_uri} pins its prompt and settings, got {', '.join(changed)} beside it. "
            "Leave model_uri empty to change the champion by them."
        )
    if args.model_uri:
        return find_version(args.model_uri)
    champion_uri = f"models:/{champion.name}/{champion.version}"
    settings = config_of_model(champion_uri)
    prompt = pinned_prompt(args.prompt_uri or settings.prompt_uri)
    linker = linker_bytes(args.linker)
    stays_local = (args.engine or settings.engine) == "local"
    if linker is None and settings.linker and stays_local:
        linker = linker_of_model(champion_uri)
    config = _config(args, settings, prompt, setting_of(linker) if linker else "")
    return register_model_once(config, prompt, linker=linker)


def _config(
    args: argparse.Namespace, champion: ExtractorConfig, prompt: PinnedPrompt, linker: str
) -> ExtractorConfig:
    overrides: dict[str, Any] = {
        name: getattr(args, name) for name in ("engine", "llm") if getattr(args, name)
    }
    if args.llm_parameters:
        overrides["llm_parameters"] = json_object("llm_parameters", args.llm_parameters)
    if args.settings:
        overrides |= json_object("settings", args.settings)
    config = parse_config(
        {
            **champion.model_dump(),
            **overrides,
            "linker": linker,
            "prompt_uri": prompt.uri,
            "prompt_values": _values(args.additional_rules, champion.prompt_values, prompt),
        }
    )
    if config.engine == "local" and args.prompt_uri:
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
        print(
            f"note: {prompt.uri} has no place for the champion's {', '.join(unused)}; "
            "the candidate goes without.",
            file=sys.stderr,
        )
    return {name: value for name, value in values.items() if name in prompt.variables}
