"""Log and register a model without evaluating it."""

from __future__ import annotations

from ocr_model.commands.cli import LogModel
from ocr_model.commands.models import pinned_prompt, registered_model
from ocr_model.console import say
from ocr_model.lifecycle import uri_of


def log_model(given: LogModel) -> int:
    prompt = pinned_prompt(given.prompt_uri)
    version = registered_model(given, prompt)
    say(f"{uri_of(version)} pins {prompt.uri}")
    return 0
