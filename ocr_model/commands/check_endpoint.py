"""Check whether an endpoint can read pages, and with which settings."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
from typing import Any

from ocr_model.commands.cli import CheckEndpoint
from ocr_model.commands.models import json_object
from ocr_model.config import ExtractorConfig, parse_config
from ocr_model.console import say
from ocr_model.engines.llm import preflight
from ocr_model.engines.llm.exchange import endpoint_from


def check_endpoint(given: CheckEndpoint) -> int:
    config = _config(given)
    endpoint = endpoint_from(os.environ, config.allowed_hosts)
    say(f"endpoint  {endpoint.shown}\nllm       {config.llm}")
    report = preflight.check_endpoint(config, number=str(secrets.randbelow(9000) + 1000))
    for note in report.notes:
        say(f"note      {note}")
    say(f"tokens    {_tokens(report)}")
    if report.problem:
        say(f"error: {report.problem}", file=sys.stderr)
        return 1
    say(f"read      the number on a test page came back\n\nUse\n  {_options(given)}")
    return 0


def _config(given: CheckEndpoint) -> ExtractorConfig:
    settings: dict[str, Any] = {
        "engine": "llm",
        "prompt_uri": "prompts:/unused/1",
        "llm": given.llm,
    }
    if given.llm_parameters:
        settings["llm_parameters"] = json_object("llm_parameters", given.llm_parameters)
    if given.settings:
        settings |= json_object("settings", given.settings)
    return parse_config(settings | {"timeout_s": given.timeout_s})


def _tokens(report: preflight.EndpointCheck) -> str:
    known = (report.usage.prompt_tokens, report.usage.completion_tokens)
    prompt, completion = ("unknown" if count is None else f"{count:,}" for count in known)
    return f"prompt {prompt}, completion {completion}"


def _options(given: CheckEndpoint) -> str:
    """The options of this command as other commands take them."""
    options = {"--llm": given.llm, "--llm-parameters": given.llm_parameters}
    options["--settings"] = given.settings
    words = [f"{name} {shlex.quote(value)}" for name, value in options.items() if value]
    return " ".join(["--engine llm", *words])
