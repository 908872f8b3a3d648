"""Say what an endpoint can do, and the settings to use with it."""

from __future__ import annotations

import json
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
    endpoint = endpoint_from(os.environ)
    say(f"{'endpoint':<12}  {endpoint.shown}\n{'llm':<12}  {config.llm}")
    number = str(secrets.randbelow(9000) + 1000)
    report = preflight.check_endpoint(endpoint, config, number=number)
    _print(report, config)
    return 1 if report.problem else 0


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


def _print(report: preflight.Report, config: ExtractorConfig) -> None:
    for subject, said in report.findings.items():
        say(f"{subject:<12}  {said}")
    if report.problem:
        say(f"error: {report.problem}", file=sys.stderr)
        return
    if report.settings["page_input"] != "image":
        say(f"{'needs':<12}  the embedded OCR: pip install 'ocr_model[local]'")
    say(
        f"\nUse\n  --engine llm --llm {shlex.quote(config.llm)} "
        f"--llm-parameters {shlex.quote(json.dumps(report.llm_parameters))} "
        f"--settings {shlex.quote(json.dumps(report.settings))}"
    )
