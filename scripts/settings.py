"""Command-line arguments -> a pinned configuration. Shared by the commands that log a model."""

from __future__ import annotations

import argparse
import getpass
import json
import logging
import os
from pathlib import Path
from typing import Any

from mlflow.entities.model_registry import ModelVersion

from ocr_model.config import DEFAULT_LLM, ExtractorConfig, parse_config
from ocr_model.errors import ConfigError
from ocr_model.lifecycle import register_model_once
from ocr_model.linker import setting_of
from ocr_model.prompts import PinnedPrompt, load_prompt, register_bundled_prompts
from scripts.linker_weights import linker_bytes

SAMPLE = Path(__file__).parent.parent / "data" / "sample"


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything that decides what a new model is made of."""
    parser.add_argument(
        "--prompt-uri",
        default="",
        help="prompts:/<name>/<version> or @alias; empty: the newest bundled prompt",
    )
    parser.add_argument("--engine", choices=["local", "llm"], default="local")
    parser.add_argument(
        "--linker",
        default="",
        help="weights for the local engine: a file or runs:/<id>/linker.npz; empty: the bundled",
    )
    parser.add_argument("--llm", default=DEFAULT_LLM, help="name of the language model")
    parser.add_argument(
        "--llm-parameters", default="", help="JSON object sent with every call to the LLM"
    )
    parser.add_argument(
        "--additional-rules", default="", help="text for the prompt's {{ additional_rules }}"
    )
    parser.add_argument(
        "--settings", default="", help="JSON object of further settings, see the README's table"
    )


def pinned_prompt(uri: str) -> PinnedPrompt:
    """The prompt a URI names; the bundled ones are registered first, so that they can be named."""
    bundled = register_bundled_prompts()
    return load_prompt(uri or bundled[-1])


def registered_model(args: argparse.Namespace, prompt: PinnedPrompt) -> ModelVersion:
    """The version that has the settings of the command line; registered now unless it is known."""
    linker = linker_bytes(args.linker)
    config = config_from(args, prompt, setting_of(linker) if linker else "")
    return register_model_once(config, prompt, linker=linker)


def config_from(
    args: argparse.Namespace, prompt: PinnedPrompt, linker: str = ""
) -> ExtractorConfig:
    """Configuration of a new model; `linker` names weights by their digest.

    Raises:
        ConfigError: a setting is not valid, or rules were given to a prompt that takes none.
    """
    settings: dict[str, Any] = {
        "engine": args.engine,
        "prompt_uri": prompt.uri,
        "llm": args.llm,
        "linker": linker,
        "prompt_values": {},
    }
    # Optional in the command, not in the prompt: no rules are rendered as nothing.
    if args.additional_rules or "additional_rules" in prompt.variables:
        settings["prompt_values"] = {"additional_rules": args.additional_rules}
    if args.llm_parameters:
        settings["llm_parameters"] = json_object("llm_parameters", args.llm_parameters)
    if args.settings:
        settings |= json_object("settings", args.settings)
    return parse_config(settings)


def json_object(name: str, text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text)
    except json.JSONDecodeError as err:
        raise ConfigError(
            f"Expected {name} as a JSON object like '{{\"key\": 0}}', got {text!r}"
        ) from err
    if not isinstance(parsed, dict):
        raise ConfigError(f"Expected {name} as a JSON object, got {text!r}")
    return parsed


def acting_user() -> str:
    """Who runs this command, as MLflow would say it."""
    try:
        return os.environ.get("MLFLOW_TRACKING_USERNAME") or getpass.getuser()
    except (OSError, KeyError):  # a container may run under a number that has no name
        return "unknown"


def quiet_mlflow() -> None:
    """Keep MLflow's progress notes out of what a person reads; its warnings stay."""
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")  # for the extraction process
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    # Each of MLflow's workers and scorers takes a connection, and SQLite's pool has fifteen.
    os.environ.setdefault("MLFLOW_GENAI_EVAL_MAX_WORKERS", "4")
    os.environ.setdefault("MLFLOW_GENAI_EVAL_MAX_SCORER_WORKERS", "2")


def whole_number(text: str) -> int:
    """MLproject parameters have no integer type, so `8.0` arrives where 8 was meant."""
    number = float(text)
    if number < 0 or not number.is_integer():
        raise argparse.ArgumentTypeError(f"expected a whole number from 0, got {text!r}")
    return int(number)
