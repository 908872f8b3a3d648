"""Register prompts, and keep in the history who did."""

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
    """How the history of a prompt is called."""
    return f"prompt {name}"


def register_noted_prompt(
    template: str | list[dict[str, Any]],
    commit_message: str,
    name: str = PROMPT_NAME,
    tags: Mapping[str, str] | None = None,
    actor: Actor | None = None,
) -> str:
    """As `register_prompt`; a new version is an event.

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
    """As `register_bundled_prompts`; each new version is an event."""
    known = prompt_versions(name)
    if not known:
        open_history(history_of_prompt(name))
    uris = register_bundled_prompts(name)
    last = int(known[-1].version) if known else 0
    _note(uris, last, name, "comes with the package", None)
    return uris


def _note(uris: list[str], last: int, name: str, reason: str, actor: Actor | None) -> None:
    """Events of the versions behind `last`."""
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
