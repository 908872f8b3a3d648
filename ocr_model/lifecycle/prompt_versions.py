"""Register prompts, and record in the history who did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocr_model.history import Actor, Change, Kind, acting, append_event, open_history
from ocr_model.prompts import (
    PROMPT_NAME,
    load_prompt,
    prompt_versions,
    register_bundled_prompts,
    register_prompt,
)


def history_of_prompt(name: str) -> str:
    """The name of a prompt's history."""
    return f"prompt {name}"


def register_noted_prompt(
    template: str | list[dict[str, Any]],
    commit_message: str,
    name: str = PROMPT_NAME,
    tags: Mapping[str, str] | None = None,
    actor: Actor | None = None,
) -> str:
    """Like `register_prompt`, and record a new version as an event.

    Raises:
        PromptError: as `register_prompt`.
        ConfigError: its history cannot be written to; nothing was registered.
    """
    known = prompt_versions(name)
    if not any(version.template == template for version in known):
        open_history(history_of_prompt(name))
    uri = register_prompt(template, commit_message, name, tags)
    _note([uri], len(known) and int(known[-1].version), name, commit_message, actor)
    return uri


def register_noted_bundled_prompts(name: str = PROMPT_NAME) -> list[str]:
    """Like `register_bundled_prompts`, and record each new version as an event."""
    known = prompt_versions(name)
    if not known:
        open_history(history_of_prompt(name))
    uris = register_bundled_prompts(name)
    last = int(known[-1].version) if known else 0
    _note(uris, last, name, "comes with the package", None)
    return uris


def _note(uris: list[str], last: int, name: str, reason: str, actor: Actor | None) -> None:
    """Record events for the versions after `last`."""
    for uri in uris:
        number = int(uri.rpartition("/")[2])
        if number > last:
            change = Change(
                Kind.REGISTERED,
                str(number),
                before=str(number - 1) if number > 1 else "",
                after=str(number),
                reason=reason,
                prompt_sha256=load_prompt(uri).sha256,
            )
            append_event(history_of_prompt(name), change, actor or acting())
