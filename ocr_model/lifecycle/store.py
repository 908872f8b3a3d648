"""The MLflow store of a command: checked before anything else, locked while something is
registered.

MLflow creates the tables of a new database without a lock: two first commands at once break it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import mlflow
from mlflow import MlflowClient
from mlflow.entities import ViewType
from mlflow.exceptions import MlflowException
from mlflow.genai.datasets import EvaluationDataset, search_datasets
from mlflow.tracking.fluent import _get_experiment_id  # nothing public tells before a run starts
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from ocr_model.errors import ConfigError, said_by_mlflow

EXPERIMENT = "ocr-extractor"
# Where MLflow logs by default.
_DEFAULT = "0"

# Another command may be creating the tables.
_BUSY_S = 60.0
_NO_LOGIN = ("UNAUTHENTICATED", "CUSTOMER_UNAUTHORIZED")
# MLflow's default of 7 means minutes of silence if the server is down.
_RETRIES = ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")


def open_store(*, writes: bool = True, logs: bool = True) -> str | None:
    """Connect to the tracking store and the registry; create the tables of a new local one.

    Returns the experiment to log to, if requested.

    Args:
        writes: a local store must be writable.
        logs: there must be an experiment to log to.

    Raises:
        ConfigError: says what cannot be used, and why.
    """
    with hold_store(), few_retries():
        for uri in _uris():
            if file := _database_of(uri):
                _refuse_unusable(file, writes)
        try:
            mlflow.search_experiments(max_results=1)
            if _database_of(mlflow.get_registry_uri()):
                mlflow.search_registered_models(max_results=1)
            if logs:
                use_own_experiment()
                _refuse_deleted_experiment()
                return str(_get_experiment_id())
        except (MlflowException, SQLAlchemyError, ImportError, OSError) as err:
            said = without_password(said_by_mlflow(err).rstrip("."))
            check = "MLFLOW_TRACKING_URI"
            if getattr(err, "error_code", "") in _NO_LOGIN:
                said = "the login was refused"
                check = "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
            raise ConfigError(
                f"Expected the MLflow store {shown_store()} to answer, got: {said}. Check {check}."
            ) from err
    return None


def use_own_experiment() -> None:
    """Log to this package's experiment, unless the user or `mlflow run` has set another."""
    chosen = ("MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID", "MLFLOW_RUN_ID")
    if not any(os.environ.get(name) for name in chosen) and str(_get_experiment_id()) == _DEFAULT:
        mlflow.set_experiment(EXPERIMENT)


def find_datasets(condition: str = "") -> list[EvaluationDataset]:
    """The datasets this user may read; a server with authentication searches only named
    experiments.
    """
    if not mlflow.get_tracking_uri().startswith(("http://", "https://")):
        return list(search_datasets(filter_string=condition or None))
    experiments = MlflowClient().search_experiments(ViewType.ALL)
    ids = [one.experiment_id for one in experiments]
    return list(search_datasets(ids, filter_string=condition or None)) if ids else []


def shown_store() -> str:
    """The tracking URI without its password: "postgresql://ann:***@db/mlflow"."""
    return without_password(mlflow.get_tracking_uri())


@contextlib.contextmanager
def hold_store() -> Iterator[None]:
    """Lock a local store against registration by other commands; a server is not locked.

    Do not nest: the inner lock would wait for the outer.
    """
    folders = sorted({file.absolute().parent for uri in _uris() if (file := _database_of(uri))})
    with contextlib.ExitStack() as held:
        for folder in folders:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as err:
                raise ConfigError(_cannot_be_used(folder, err)) from err
            held.enter_context(_locked(folder))
        yield


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock the folder itself: a lock file next to the database would stay behind."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        # Some network file systems cannot lock folders; then there is no lock.
        with contextlib.suppress(OSError):
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def local_databases() -> list[Path]:
    """The database files of the tracking store and the registry; none for a server."""
    return list(dict.fromkeys(file for uri in _uris() if (file := _database_of(uri))))


def _uris() -> list[str]:
    return list(dict.fromkeys((mlflow.get_tracking_uri(), mlflow.get_registry_uri())))


def _database_of(uri: str) -> Path | None:
    """'sqlite:////work/mlflow.db' -> /work/mlflow.db; None if it is not a local file."""
    if not uri.startswith("sqlite"):
        return None
    name = make_url(uri).database
    return None if not name or name.startswith((":memory:", "file:")) else Path(name)


def _refuse_unusable(file: Path, writes: bool) -> None:
    """Fail early: MLflow would retry ten times, for minutes, and print a traceback each time."""
    if not writes and not file.exists():
        raise ConfigError(
            f"Expected the MLflow store {file.absolute()}, got no such file. Set "
            "MLFLOW_TRACKING_URI, or call the command where the store is."
        )
    try:
        with contextlib.closing(
            sqlite3.connect(file, timeout=_BUSY_S, isolation_level=None)
        ) as database:
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if writes:
                database.execute("BEGIN IMMEDIATE")
                database.execute(f"PRAGMA user_version = {version:d}")
                database.execute("ROLLBACK")
    except sqlite3.Error as err:
        raise ConfigError(_cannot_be_used(file, err)) from err


def _cannot_be_used(path: Path, err: Exception) -> str:
    return (
        f"Expected a local MLflow store at {path.absolute()}, but it cannot be used: {err}. Name "
        "another in MLFLOW_TRACKING_URI, like sqlite:////home/me/mlflow.db."
    )


def _refuse_deleted_experiment() -> None:
    identifier = _get_experiment_id()
    experiment = mlflow.get_experiment(str(identifier))
    if experiment.lifecycle_stage != "active":
        raise ConfigError(
            f"Expected an experiment to log to, got {experiment.name!r}, which is deleted. Restore "
            f"it (mlflow experiments restore --experiment-id {experiment.experiment_id}), or name "
            "another in MLFLOW_EXPERIMENT_NAME."
        )


@contextlib.contextmanager
def few_retries() -> Iterator[None]:
    """Inside, an unreachable server is reported within seconds."""
    name, value = _RETRIES
    if name in os.environ:
        yield
        return
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name, None)


def without_password(text: str) -> str:
    """A message without passwords."""
    for uri in _uris():
        with contextlib.suppress(ValueError):
            if password := urlsplit(uri).password:
                text = text.replace(password, "***")
    return text
