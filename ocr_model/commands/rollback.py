"""Return the alias `champion` to an earlier version."""

from __future__ import annotations

from ocr_model.commands.cli import Rollback, option
from ocr_model.console import say
from ocr_model.history import acting
from ocr_model.lifecycle import roll_back, uri_of


def rollback(given: Rollback) -> int:
    old, new = roll_back(acting(given.user), given.version, reason=given.reason)
    if old.version == new.version:
        say(f"{uri_of(new)} is champion by a rollback already.")
        say(f"To go further back, name a version: {option('version', 'NUMBER')}")
    else:
        say(f"{uri_of(new)} is champion again, instead of {old.version}.")
    return 0
