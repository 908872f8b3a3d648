"""Events as params of one run per subject: MLflow sets a param once, and never to another value.

So of two writers that want the same number one holds it, on a database and through a server alike;
the other takes the next. The run is found by the name of its experiment, which is unique: whoever
makes a second one finds that out when it is named, and takes the first.
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
    """What is kept of a subject, like "model ocr-extractor", oldest first; [] where nothing is.

    Raises:
        ConfigError: the history was deleted.
    """
    client = MlflowClient()
    found = client.get_experiment_by_name(_name(subject))
    return [] if found is None else _events(client, _run_in(client, found))


def open_history(subject: str) -> str:
    """The run that keeps the history, made where there is none; it can be written to.

    To be called before anything is changed: what cannot be noted is not done.

    Raises:
        ConfigError: the history was deleted, or this user may not write to it.
    """
    client = MlflowClient()
    try:
        found = client.get_experiment_by_name(_name(subject)) or _made(client, subject)
        run_id = _run_in(client, found)
        client.set_terminated(run_id)  # changes nothing, but asks for the right to
    except MlflowException as err:
        raise ConfigError(
            f"Expected to be able to write to the history of {subject} ({_name(subject)!r} in "
            f"MLflow), got: {said_by_mlflow(err)} Nothing was changed."
        ) from err
    return run_id


def append_event(subject: str, change: Change, actor: Actor) -> Event:
    """Keep a change under the next number.

    Raises:
        ConfigError: as `open_history`, or others wrote all the time.
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
            **asdict(change),
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
        # Said in several ways; what is kept under the number tells who holds it.
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
    """Complete before it has its name; of two that were made at once the first to be named."""
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
