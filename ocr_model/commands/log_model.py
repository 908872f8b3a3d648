"""Log and register a model without evaluating it."""

from __future__ import annotations

from ocr_model.commands.cli import LogModel
from ocr_model.commands.models import new_version
from ocr_model.console import say
from ocr_model.lifecycle import uri_of


def log_model(given: LogModel) -> int:
    planned = new_version(given)
    say(f"{uri_of(planned.register())} pins {planned.prompt.uri}")
    return 0
