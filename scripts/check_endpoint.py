"""python -m scripts.check_endpoint [--llm NAME] [--llm-parameters JSON] [--settings JSON]

Say in seconds what the endpoint of OPENAI_BASE_URL and OPENAI_API_KEY can do, and print the
settings to use with it. Costs about five small requests. Exit code 1: it cannot be used.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shlex
import sys

from ocr_model.config import DEFAULT_LLM, ExtractorConfig, parse_config
from ocr_model.engines.llm.exchange import endpoint_from
from ocr_model.engines.llm.preflight import Report, check_endpoint
from ocr_model.errors import ConfigError
from scripts.settings import json_object


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--llm", default=DEFAULT_LLM, help="name of the language model")
    parser.add_argument("--llm-parameters", default="", help="JSON object to try with every call")
    parser.add_argument("--settings", default="", help="JSON object of further settings to try")
    parser.add_argument("--timeout", type=float, default=30.0, help="seconds for one request")
    args = parser.parse_args(argv)
    try:
        config = _config(args)
        endpoint = endpoint_from(os.environ)
        print(f"{'endpoint':<12}  {endpoint.base_url}\n{'llm':<12}  {config.llm}")
        report = check_endpoint(endpoint, config, number=str(secrets.randbelow(9000) + 1000))
    except ConfigError as err:
        print(f"error: {err}", file=sys.stderr)
        return 2
    _print(report, config)
    return 1 if report.problem else 0


def _config(args: argparse.Namespace) -> ExtractorConfig:
    settings = {"engine": "llm", "prompt_uri": "prompts:/unused/1", "llm": args.llm}
    if args.llm_parameters:
        settings["llm_parameters"] = json_object("llm_parameters", args.llm_parameters)
    if args.settings:
        settings |= json_object("settings", args.settings)
    return parse_config(settings | {"timeout_s": args.timeout})


def _print(report: Report, config: ExtractorConfig) -> None:
    for subject, said in report.findings.items():
        print(f"{subject:<12}  {said}")
    if report.problem:
        print(f"error: {report.problem}", file=sys.stderr)
        return
    if report.settings["page_input"] != "image":
        print(f"{'needs':<12}  the embedded OCR: pip install 'ocr_model[local]'")
    print(
        f"\nUse\n  --engine llm --llm {shlex.quote(config.llm)} "
        f"--llm-parameters {shlex.quote(json.dumps(report.llm_parameters))} "
        f"--settings {shlex.quote(json.dumps(report.settings))}"
    )


if __name__ == "__main__":
    sys.exit(main())
