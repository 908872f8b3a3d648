"""Log and register a model without evaluating it."""

from __future__ import annotations

from ocr_model.commands.cli import LogModel
from ocr_model.commands.models import pinned_prompt, registered_model
from ocr_model.console import say


def log_model(given: LogModel) -> int:
    prompt = pinned_prompt(given.prompt_uri)
    version = registered_model(given, prompt)
    say(f"models:/{version.name}/{version.version} pins {prompt.uri}")
    return 0
