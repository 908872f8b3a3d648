"""A command's parameters -> a pinned configuration, a prompt, a registered model."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import mlflow

from ocr_model.access import may_change_model
from ocr_model.commands.cli import (
    Calibrate,
    Candidate,
    Compare,
    Evaluate,
    Extract,
    NewModel,
    Promote,
    option,
)
from ocr_model.config import ExtractorConfig, parse_config
from ocr_model.console import say
from ocr_model.errors import ConfigError
from ocr_model.fields import WantedFields, fields_setting, load_fields
from ocr_model.finder import finder_setting
from ocr_model.history import acting
from ocr_model.lifecycle import (
    NewVersion,
    finder_bytes,
    hold_store,
    linker_bytes,
    plan_version,
    register_noted_bundled_prompts,
    uri_of,
)
from ocr_model.linker import setting_of
from ocr_model.prompts import (
    PROMPT_NAME,
    Message,
    PinnedPrompt,
    load_prompt,
)
from ocr_model.trace_content import (
    CONTENT_VARIABLE,
    TraceContent,
    holds_text,
    kept_here,
    of_trace_images,
)

# A placeholder for checking settings before a prompt is loaded.
NO_PROMPT = PinnedPrompt("prompts:/none/1", (Message(role="system", content=""),))


class Digests(NamedTuple):
    """The digests of a model's linker, fields and finder in its settings; empty if it has none."""

    linker: str = ""
    fields: str = ""
    finder: str = ""


NOTHING = Digests()


def digests_of(linker: bytes | None, wanted: WantedFields | None, finder: bytes | None) -> Digests:
    return Digests(
        setting_of(linker) if linker else "",
        fields_setting(wanted),
        finder_setting(finder) if finder else "",
    )


_OF_AN_LLM = ("prompt_uri", "additional_rules", "llm_parameters")


def wanted_in(path: str) -> WantedFields | None:
    """The fields in a file; None if no file is given.

    Raises:
        ConfigError: there is no such file, or it is not valid.
    """
    return load_fields(path) if path else None


def pinned_prompt(uri: str) -> PinnedPrompt:
    """The prompt of a URI; bundled prompts are registered first if it may be one of them."""
    names = (f"prompts:/{PROMPT_NAME}/", f"prompts:/{PROMPT_NAME}@")
    newest = bundled_prompts()[-1] if not uri or uri.startswith(names) else ""
    prompt = load_prompt(uri or newest)
    if prompt.looks_like_variables:
        shown = ", ".join(prompt.looks_like_variables)
        say(
            f"note: {prompt.uri} has {shown} in single braces, which stay as they are; a variable "
            "has two: {{ additional_rules }}.",
            file=sys.stderr,
        )
    return prompt


def bundled_prompts() -> list[str]:
    """The URIs of the bundled prompts, which are registered if necessary."""
    with hold_store():
        return register_noted_bundled_prompts()


def new_version(
    parameters: NewModel, *, reads_now: bool = False, cache: str = "off", cache_path: str = ""
) -> NewVersion:
    """A model version with these settings, not registered yet but checked as far as possible.

    A model that `reads_now` needs its endpoint and its cache before it is registered.

    Raises:
        ConfigError: a setting is not valid, or something that the model needs is missing. Nothing
        is
            registered then, except for the bundled prompts if the error is about a prompt.
    """
    linker, wanted = linker_bytes(parameters.linker), wanted_in(parameters.fields)
    finder = finder_bytes(parameters.finder)
    digests = digests_of(linker, wanted, finder)
    # With any prompt first: what is wrong with the rest needs none.
    config = config_from(replace(parameters, additional_rules=""), NO_PROMPT, digests)
    if reads_now:
        check_can_read(config, cache, cache_path)
    prompt = pinned_prompt(parameters.prompt_uri)
    config = config_from(parameters, prompt, digests)
    planned = plan_version(config, prompt, linker=linker, wanted=wanted, finder=finder)
    _tell_what_is_not_read(parameters, config)
    return planned


def uri_to_evaluate(planned: NewVersion) -> str:
    """The URI of the version, registered if necessary; or of a model that is only logged, if this
    user may not register: then somebody else releases it.
    """
    if (known := planned.known()) is not None:
        return uri_of(known)
    if may_change_model(planned.name):
        return uri_of(planned.register())
    uri = planned.log()
    say(
        f"note: you may not register versions of {planned.name}: {uri} is logged and not "
        "registered. Who may release registers it by promote with the same settings.",
        file=sys.stderr,
    )
    return uri


def settings_of(parameters: NewModel) -> ExtractorConfig:
    """The configuration of a model before its prompt is chosen.

    Raises:
        ConfigError: a setting is not valid.
    """
    digests = Digests(fields=fields_setting(wanted_in(parameters.fields)))
    return config_from(parameters, NO_PROMPT, digests)


def _tell_what_is_not_read(parameters: NewModel, config: ExtractorConfig) -> None:
    unread = [name for name in _OF_AN_LLM if getattr(parameters, name)]
    if config.engine == "local" and unread:
        say(
            "NOTE: the local engine reads no prompt and asks no LLM, so "
            f"{', '.join(map(option, unread))} changes no answer and no figure. To try it, give "
            f"{option('engine', 'llm')} and {option('llm')} beside it.",
            file=sys.stderr,
        )


def check_can_read(config: ExtractorConfig, cache: str = "off", cache_path: str = "") -> None:
    """Check the environment of an LLM before anything is logged or paid for.

    Raises:
        ConfigError: the key is missing, or a value or the cache file cannot be used.
    """
    if config.engine != "llm":
        return
    if cache != "off":
        from ocr_model.engines.llm.cache import ReplyCache  # loads the client of the LLM engine

        ReplyCache(cache_path, "replay" if cache == "replay" else "read-write").close()
    if "replay" not in (cache, config.cache):
        from ocr_model.engines.llm.exchange import endpoint_from  # loads the client

        endpoint_from(os.environ, config.allowed_hosts)


def config_from(
    given: NewModel | Candidate,
    prompt: PinnedPrompt,
    digests: Digests = NOTHING,
    base: ExtractorConfig | None = None,
) -> ExtractorConfig:
    """Configuration of a model; missing settings are taken from `base`, else their default.

    Raises:
        ConfigError: a setting is not valid, or rules were given to a prompt that accepts none.
    """
    inherited = {} if base is None else base.prompt_values
    settings: dict[str, Any] = {
        **({} if base is None else base.model_dump()),
        **{name: value for name in ("engine", "llm") if (value := getattr(given, name))},
        **digests._asdict(),
        "prompt_uri": prompt.uri,
        "prompt_values": _prompt_values(given.additional_rules, inherited, prompt),
    }
    if given.llm_parameters:
        settings["llm_parameters"] = json_object("llm_parameters", given.llm_parameters)
    if given.settings:
        settings |= json_object("settings", given.settings)
    return parse_config(settings)


def _prompt_values(
    rules: str, inherited: Mapping[str, str], prompt: PinnedPrompt
) -> dict[str, str]:
    """Values for the variables of the prompt; without rules, an empty text."""
    if rules and "additional_rules" not in prompt.variables:
        raise ConfigError(
            f"{prompt.uri} takes no additional rules; leave {option('additional_rules')} out."
        )
    values = {"additional_rules": "", **inherited}
    if rules:
        values["additional_rules"] = rules
    unused = sorted(name for name in values.keys() - prompt.variables if values[name])
    if unused:
        say(
            f"note: {prompt.uri} has no place for the champion's {', '.join(unused)}; "
            "the candidate goes without.",
            file=sys.stderr,
        )
    return {name: value for name, value in values.items() if name in prompt.variables}


def settings_beside_model(given: Evaluate | Candidate, names: Sequence[str]) -> list[str]:
    """Which of the options `names` were given; an existing model pins all of them.

    Raises:
        ConfigError: a model was also given.
    """
    changed = [name for name in names if getattr(given, name)]
    if given.model_uri and changed:
        raise ConfigError(
            f"{given.model_uri} pins its prompt and settings, got "
            f"{', '.join(map(option, changed))} beside it. Leave out {option('model_uri')} to have "
            "a model with them, or the others to take this one."
        )
    return changed


def content_setting(given: Evaluate | Compare | Promote | Calibrate) -> dict[str, str]:
    """{"trace_content": "none"} if requested, under its name or that of earlier commits.

    Raises:
        ConfigError: both names were given.
    """
    if given.trace_content and given.trace_images:
        raise ConfigError(
            f"Expected {option('trace_content')}, or its old name {option('trace_images')}, got "
            "both."
        )
    if given.trace_images:
        became = str(of_trace_images(given.trace_images, None))
        say(
            f"note: {option('trace_images')} is now {option('trace_content')}: taken as {became}.",
            file=sys.stderr,
        )
        return {"trace_content": became}
    return {"trace_content": given.trace_content} if given.trace_content else {}


def cache_settings(given: Evaluate | Extract | Calibrate) -> dict[str, str]:
    """The path as other processes see it."""
    if not given.cache_path:
        return {"cache": given.cache}
    return {"cache": given.cache, "cache_path": str(Path(given.cache_path).expanduser().resolve())}


def refuse_without_text(content: TraceContent, reason: str) -> None:
    """Raises:
    ConfigError: no text may be stored here, but the command's output contains text.
    """
    if not holds_text(kept := kept_here(content)):
        raise ConfigError(
            f"Expected `trace_content` text or full, got {kept}: {reason}, which would be kept. "
            f"Nothing was done. Run this where the model and {CONTENT_VARIABLE} allow text."
        )


def json_object(name: str, text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text)
    except json.JSONDecodeError as err:
        raise ConfigError(
            f"Expected {option(name)} as a JSON object like '{{\"key\": 0}}', got {text!r}."
        ) from err
    if not isinstance(parsed, dict):
        raise ConfigError(f"Expected {option(name)} as a JSON object, got {text!r}.")
    return parsed


def acting_user() -> str:
    """The user of this command, in MLflow's terms."""
    return acting().name


def log_missing_params(params: Mapping[str, object]) -> None:
    """Log only missing params: `mlflow run` has logged the arguments, and params are final."""
    run = mlflow.active_run()
    known = {} if run is None else mlflow.get_run(run.info.run_id).data.params
    mlflow.log_params({key: value for key, value in params.items() if key not in known})
