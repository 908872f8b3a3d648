"""Our user on a tracking server, and requests with that login."""

from __future__ import annotations

from typing import Any, NamedTuple

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request

_OK = 200


class KnownUser(NamedTuple):
    """Our user on a tracking server with authentication."""

    name: str
    is_admin: bool


def known_user() -> KnownUser | None:
    """The user on a server with `--app-name basic-auth`; None without authentication."""
    told = ask_server("/api/2.0/mlflow/users/current")
    user = told.get("user")
    if not isinstance(user, dict) or not user.get("username"):
        return None
    return KnownUser(str(user["username"]), bool(user.get("is_admin")))


def ask_server(path: str, **params: str) -> dict[str, Any]:
    """The tracking server's JSON response with our login; {} without a response."""
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
    except (MlflowException, ValueError):  # a server without users
        return {}
    return told if isinstance(told, dict) else {}
