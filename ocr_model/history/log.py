"""Events as params of one run per subject: MLflow sets a param once, and never to another value.

So if two writers want the same number, one gets it and the other takes the next, on a database and
through a server alike. The run is found by the unique name of its experiment: if a second one is
created, naming it fails, and the first is used.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import UTC, datetime

from mlflow import MlflowClient
from mlflow.entities import Experiment
from mlflow.exceptions import MlflowException

from ocr_model.errors import ConfigError, said_by_mlflow
from ocr_model.history.actor import Actor
from ocr_model.history.event import Change, Event, Recorded

_PREFIX = "event_"
_MOST_TRIES = 100


def read_history(subject: str) -> list[Recorded]:
    """The events of a subject, such as "model ocr-extractor", oldest first; [] if there are none.

    Raises:
        ConfigError: the history was deleted.
    """
    client = MlflowClient()
    found = client.get_experiment_by_name(_name(subject))
    return [] if found is None else _events(client, _run_in(client, found))


def open_history(subject: str) -> str:
    """The writable run of the history, created if it does not exist.

    Call this before any change: a change that cannot be recorded is not made.

    Raises:
        ConfigError: the history was deleted, or this user may not write to it.
    """
    client = MlflowClient()
    try:
        found = client.get_experiment_by_name(_name(subject)) or _made(client, subject)
        run_id = _run_in(client, found)
        client.set_terminated(run_id)  # changes nothing, but checks the permission
    except MlflowException as err:
        raise ConfigError(
            f"Expected to be able to write to the history of {subject} ({_name(subject)!r} in "
            f"MLflow), got: {said_by_mlflow(err)} Nothing was changed."
        ) from err
    return run_id


def append_event(subject: str, change: Change, actor: Actor) -> Event:
    """Store a change under the next number.

    Raises:
        ConfigError: as `open_history`, or others kept writing.
    """
    run_id, client = open_history(subject), MlflowClient()
    for _ in range(_MOST_TRIES):
        kept = _events(client, run_id)
        event = Event(
            number=kept[-1].number + 1 if kept else 1,
            previous=kept[-1].sha256 if kept else "",
            writing=uuid.uuid4().hex,
            actor=actor.name,
            actor_kind=actor.kind,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            **{**asdict(change), "kind": change.kind.value},
        )
        if _holds(client, run_id, event):
            return event
    raise ConfigError(
        f"Expected to write to the history of {subject}, but others did so {_MOST_TRIES} times "
        "first. Try again."
    )


def _holds(client: MlflowClient, run_id: str, event: Event) -> bool:
    key, text = f"{_PREFIX}{event.number:06d}", event.as_text()
    try:
        client.log_param(run_id, key, text)
    except MlflowException:
        # MLflow has several errors for this; the stored value shows who got the number.
        held = client.get_run(run_id).data.params.get(key)
        if held is None:
            raise
        return held == text
    return True


def _events(client: MlflowClient, run_id: str) -> list[Recorded]:
    params = client.get_run(run_id).data.params
    kept = [
        Recorded(int(key.removeprefix(_PREFIX)), text)
        for key, text in params.items()
        if key.startswith(_PREFIX) and key.removeprefix(_PREFIX).isdecimal()
    ]
    return sorted(kept, key=lambda recorded: recorded.number)


def _name(subject: str) -> str:
    return f"history of {subject}"


def _made(client: MlflowClient, subject: str) -> Experiment:
    """Create it completely before naming it; of two created at once, the first one named wins."""
    name = _name(subject)
    made = client.create_experiment(f"{name} (being made {uuid.uuid4().hex})")
    run = client.create_run(made, run_name=name)
    client.set_terminated(run.info.run_id)
    try:
        client.rename_experiment(made, name)
    except MlflowException:
        first = client.get_experiment_by_name(name)
        if first is None:
            raise
        client.delete_experiment(made)
        return first
    return client.get_experiment(made)


def _run_in(client: MlflowClient, found: Experiment) -> str:
    runs = client.search_runs([found.experiment_id], order_by=["attributes.start_time ASC"])
    if found.lifecycle_stage != "active" or not runs:
        raise ConfigError(
            f"Expected {found.name!r} with its run in MLflow, but it was deleted. Restore it: "
            f"mlflow experiments restore --experiment-id {found.experiment_id}, mlflow runs "
            "restore --run-id ID."
        )
    return str(runs[0].info.run_id)
