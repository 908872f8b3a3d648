"""Return the alias `champion` to an earlier version."""

from __future__ import annotations

from ocr_model.commands.cli import Rollback
from ocr_model.commands.models import acting_user
from ocr_model.console import say
from ocr_model.lifecycle import roll_back


def rollback(given: Rollback) -> int:
    old, new = roll_back(acting_user(), given.version)
    if old.version == new.version:
        say(f"models:/{new.name}/{new.version} is champion by a rollback already.")
        say("To go further back, name a version: --version NUMBER")
    else:
        say(f"models:/{new.name}/{new.version} is champion again, instead of {old.version}.")
    return 0
