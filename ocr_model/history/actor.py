"""Who acts, and how that is known: a server that has checked a password, or only what was said."""

from __future__ import annotations

import getpass
import os
from typing import Any, Literal, NamedTuple

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request

USER_VARIABLE = "OCR_MODEL_USER"
_OK = 200


class Actor(NamedTuple):
    """`authenticated`: the tracking server gave the name for the password it was sent. `stated`: by
    an option, a setting or a proxy. `os_user`: whoever the operating system says.
    """

    name: str
    kind: Literal["authenticated", "stated", "os_user", "unknown"]


class KnownUser(NamedTuple):
    """Whom a tracking server that checks passwords knows us as."""

    name: str
    is_admin: bool


def acting(stated: str = "") -> Actor:
    """Who runs this command; a name that the server knows goes before one that is stated."""
    if known := known_user():
        return Actor(known.name, "authenticated")
    said = stated or os.environ.get(USER_VARIABLE) or os.environ.get("MLFLOW_TRACKING_USERNAME")
    if said:
        return Actor(said, "stated")
    try:
        return Actor(getpass.getuser(), "os_user")
    except (OSError, KeyError):  # a container may run under a number that has no name
        return Actor("unknown", "unknown")


def known_user() -> KnownUser | None:
    """Of a server with `--app-name basic-auth`; None where none checks passwords."""
    told = ask_server("/api/2.0/mlflow/users/current")
    user = told.get("user")
    if not isinstance(user, dict) or not user.get("username"):
        return None
    return KnownUser(str(user["username"]), bool(user.get("is_admin")))


def ask_server(path: str, **params: str) -> dict[str, Any]:
    """The JSON that the tracking server answers a login with; {} where it does not."""
    uri = mlflow.get_tracking_uri()
    if not uri.startswith(("http://", "https://")):
        return {}
    credentials = get_default_host_creds(uri)  # type: ignore[no-untyped-call]
    if not credentials.username:
        return {}
    try:
        reply = http_request(  # type: ignore[no-untyped-call]
            credentials, path, "GET", params=params, max_retries=0, timeout=10
        )
        told = reply.json() if reply.status_code == _OK else {}
    except (MlflowException, ValueError):  # a server that has no users
        return {}
    return told if isinstance(told, dict) else {}
