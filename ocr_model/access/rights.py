"""What this user may change or erase.

A store without users refuses no one. The server enforces permissions that are not checked here,
only later.
"""

from __future__ import annotations

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ocr_model.access.login import ask_server, known_user
from ocr_model.errors import ConfigError

_CHANGES = frozenset({"EDIT", "MANAGE"})
_ERASES = frozenset({"MANAGE"})


def may_change_model(name: str) -> bool:
    """Whether this user may register versions of a model and move its aliases."""
    return _lacks("registered_model", name, _CHANGES) is None


def refuse_without_model(name: str) -> None:
    """Raises:
    ConfigError: this user may not register versions of the model and move its aliases.
    """
    _refuse("registered_model", name, f"the registered model {name}", "EDIT", _CHANGES)


def refuse_without_experiment(experiment_id: str, *, erases: bool = False) -> None:
    """Raises:
    ConfigError: this user may not log to the experiment, or not erase its content.
    """
    enough = _ERASES if erases else _CHANGES
    needed = "MANAGE" if erases else "EDIT"
    if _lacks("experiment", experiment_id, enough) is not None:
        called = f"the experiment {_name_of(experiment_id)}"
        _refuse("experiment", experiment_id, called, needed, enough)


def _refuse(kind: str, identifier: str, called: str, needed: str, enough: frozenset[str]) -> None:
    if lacking := _lacks(kind, identifier, enough):
        user, permission = lacking
        raise ConfigError(
            f"Expected {user} to have {needed} on {called}, got {permission}. Nothing was done. "
            "Roles, and who grants them: docs/access.md."
        )


def _lacks(kind: str, identifier: str, enough: frozenset[str]) -> tuple[str, str] | None:
    """The user and their permission, if it is not enough."""
    user = known_user()
    if user is None or user.is_admin:
        return None
    told = ask_server(
        "/api/3.0/mlflow/users/permissions/get",
        username=user.name,
        resource_type=kind,
        resource_id=identifier,
    )
    permission = str(told.get("permission", ""))
    # A server that does not report permissions will refuse the action itself.
    if not permission or permission in enough:
        return None
    if kind == "registered_model" and _is_free(identifier):
        return None
    return user.name, permission


def _is_free(name: str) -> bool:
    """Whether the name is free: the user who registers it first may change it."""
    try:
        MlflowClient().get_registered_model(name)
    except MlflowException as err:
        return str(err.error_code) == "RESOURCE_DOES_NOT_EXIST"
    return False


def _name_of(experiment_id: str) -> str:
    try:
        return repr(MlflowClient().get_experiment(experiment_id).name)
    except MlflowException:  # not even readable
        return experiment_id
