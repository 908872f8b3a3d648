"""Register the prompts that come with the package."""

from __future__ import annotations

from ocr_model.commands.cli import RegisterPrompts
from ocr_model.commands.models import bundled_prompts
from ocr_model.console import say
from ocr_model.prompts import load_prompt


def register_prompts(_: RegisterPrompts) -> int:
    for uri in bundled_prompts():
        variables = ", ".join(sorted(load_prompt(uri).variables))
        say(f"{uri}{f'  takes {variables}' if variables else ''}")
    return 0
