"""Log and register a model without evaluating it."""

from __future__ import annotations

from ocr_model.commands.cli import LogModel
from ocr_model.commands.models import new_version
from ocr_model.console import say


def log_model(given: LogModel) -> int:
    planned = new_version(given)
    version = planned.register()
    say(f"models:/{version.name}/{version.version} pins {planned.prompt.uri}")
    return 0
