"""Move the alias `champion`: forward after a judgement, back after a mistake.

Every move writes tags first, then its event, and the alias last: if the process dies in between,
the old champion stays in service, and the same command completes the move. Tags have the latest
verdict; the history has all of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from ocr_model.errors import ConfigError
from ocr_model.history import Actor, Change, Kind, acting, append_event, open_history
from ocr_model.lifecycle.registry import CHAMPION, MODEL_NAME, is_missing

PREVIOUS_CHAMPION = "previous_champion"
_ROLLBACK = "rollback_"
_ROLLED_BACK_FROM = f"{_ROLLBACK}from"


def find_champion(name: str = MODEL_NAME) -> ModelVersion:
    """The version with the alias.

    Raises:
        ConfigError: nothing is registered under this name, or no version has the alias.
    """
    try:
        return MlflowClient().get_model_version_by_alias(name, CHAMPION)
    except MlflowException as err:
        if not is_missing(err):
            raise
        raise ConfigError(
            f"Expected a version of {name} with the alias {CHAMPION!r}, got none. "
            "Log the first model with python -m scripts.evaluate: it becomes the champion. If "
            "there are versions, give one the alias in the Models tab of the MLflow UI."
        ) from err


def has_versions(name: str = MODEL_NAME) -> bool:
    """Whether anything was ever registered under this name."""
    return bool(MlflowClient().search_model_versions(f"name = '{name}'", max_results=1))


def find_version(model_uri: str, name: str = MODEL_NAME) -> ModelVersion:
    """The registered version of a URI: `models:/<name>/<version>` or `models:/<name>@<alias>`.

    Raises:
        ConfigError: there is no such version, or the URI is of another kind or name.
    """
    named = re.fullmatch(rf"models:/{re.escape(name)}(?:/(\d+)|@([^/@]+))", model_uri)
    client = MlflowClient()
    try:
        if named and named[1]:
            return client.get_model_version(name, named[1])
        if named:
            return client.get_model_version_by_alias(name, named[2])
    except MlflowException as err:
        if not is_missing(err):
            raise
        raise ConfigError(f"Expected {model_uri} to be registered, got no such version.") from err
    raise ConfigError(
        f"Expected a version that can carry the alias {CHAMPION!r}, like models:/{name}/4 or "
        f"models:/{name}@challenger, got {model_uri!r}."
    )


def record_judgement(version: ModelVersion, judgement: Mapping[str, str]) -> None:
    """Write a judgement to a version's tags: who, when, on what, verdict."""
    client = MlflowClient()
    for key, value in judgement.items():
        client.set_model_version_tag(version.name, version.version, key, value)


def note_judgement(
    candidate: ModelVersion, champion: ModelVersion, judgement: Mapping[str, str], actor: Actor
) -> None:
    """Record a verdict that does not move the champion."""
    change = _judged(Kind.JUDGED, candidate, champion, champion, judgement)
    append_event(history_of(candidate.name), change, actor)
    record_judgement(candidate, judgement)


def history_of(name: str) -> str:
    """How the history of a registered model is called."""
    return f"model {name}"


def _judged(
    kind: Kind,
    candidate: ModelVersion,
    before: ModelVersion,
    after: ModelVersion,
    judgement: Mapping[str, str],
) -> Change:
    return Change(
        kind,
        str(candidate.version),
        str(before.version),
        str(after.version),
        reason=judgement.get("gate_reasons", ""),
        verdict=judgement.get("gate_verdict", ""),
        run_id=judgement.get("gate_run_id", ""),
        dataset_digest=judgement.get("gate_dataset_digest", ""),
        prompt_sha256=judgement.get("prompt_sha256", ""),
        model_sha256=candidate.tags.get("content_sha256", ""),
    )


def promote_version(
    candidate: ModelVersion,
    champion: ModelVersion,
    judgement: Mapping[str, str],
    actor: Actor | None = None,
) -> None:
    """Make the candidate champion, in place of the one it was judged against.

    Raises:
        ConfigError: another version became champion meanwhile, so the judgement does not apply.
    """
    client = MlflowClient()
    open_history(history_of(candidate.name))
    record_judgement(candidate, {**judgement, PREVIOUS_CHAMPION: str(champion.version)})
    for key in client.get_model_version(candidate.name, candidate.version).tags:
        if key.startswith(_ROLLBACK):  # of an earlier time as champion; only MANAGE may delete
            client.set_model_version_tag(candidate.name, candidate.version, key, "")
    present = find_champion(candidate.name)
    if present.version not in (champion.version, candidate.version):
        raise ConfigError(
            f"Version {candidate.version} was judged against version {champion.version}, but "
            f"meanwhile version {present.version} has become {CHAMPION}. Promote again."
        )
    if present.version != candidate.version:
        change = _judged(Kind.PROMOTED, candidate, present, candidate, judgement)
        append_event(history_of(candidate.name), change, actor or acting())
    client.set_registered_model_alias(candidate.name, CHAMPION, candidate.version)


def roll_back(
    by: str | Actor, to: str = "", name: str = MODEL_NAME, reason: str = ""
) -> tuple[ModelVersion, ModelVersion]:
    """Move the alias to the previous champion, or to version `to`; return (old, new) champion.

    If the champion is itself the result of a rollback, nothing is done and (it, it) is returned: a
    command repeated after a lost connection must not roll back twice.

    Raises:
        ConfigError: no earlier champion is recorded, or its version is gone.
    """
    client = MlflowClient()
    leaving = find_champion(name)
    if to in ("", str(leaving.version)) and (to or leaving.tags.get(_ROLLED_BACK_FROM)):
        return leaving, leaving
    wanted = to or leaving.tags.get(PREVIOUS_CHAMPION, "")
    if not wanted:
        raise ConfigError(
            f"Expected a previous champion recorded on version {leaving.version} of {name}, got "
            "none: it is the first, or was given the alias by hand. Name a version to return to."
        )
    restored = find_version(f"models:/{name}/{wanted}", name)
    actor = Actor(by, "stated") if isinstance(by, str) else by
    open_history(history_of(name))
    rollback = {"from": str(leaving.version), "by": actor.name, "at": now()}
    record_judgement(restored, {f"{_ROLLBACK}{key}": value for key, value in rollback.items()})
    change = Change(
        Kind.ROLLED_BACK,
        str(restored.version),
        str(leaving.version),
        str(restored.version),
        reason=reason,
        verdict=restored.tags.get("gate_verdict", ""),
        prompt_sha256=restored.tags.get("prompt_sha256", ""),
        model_sha256=restored.tags.get("content_sha256", ""),
    )
    append_event(history_of(name), change, actor)
    client.set_registered_model_alias(name, CHAMPION, restored.version)
    return leaving, restored


def now() -> str:
    """UTC to the second: '2026-05-14T09:30:00+00:00'."""
    return datetime.now(UTC).isoformat(timespec="seconds")
