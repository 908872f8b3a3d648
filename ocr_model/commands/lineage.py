"""Print the chain of a trace or run: model, prompt, dataset."""

from __future__ import annotations

from ocr_model.commands.cli import Lineage
from ocr_model.console import say
from ocr_model.lifecycle import lineage_of


def lineage(given: Lineage) -> int:
    for member in lineage_of(given.identifier):
        say(f"{member.kind:<10}  {member.text}")
    return 0
