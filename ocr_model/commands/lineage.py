"""Print what a trace or run belongs to."""

from __future__ import annotations

from ocr_model.commands.cli import Lineage
from ocr_model.lifecycle import lineage_of


def lineage(given: Lineage) -> int:
    for link in lineage_of(given.identifier):
        print(f"{link.kind:<10}  {link.told}")
    return 0
