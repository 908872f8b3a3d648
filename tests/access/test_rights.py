"""What is asked of a tracking server that checks passwords, over HTTP on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import mlflow
import pytest

from ocr_model.access import (
    known_user,
    may_change_model,
    refuse_without_experiment,
    refuse_without_model,
)
from ocr_model.errors import ConfigError

NO_SUCH_MODEL = {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such model"}


@dataclass
class Server:
    """Answers as MLflow 3.17.2 does; `permission` is that on everything."""

    permission: str | None = "READ"
    is_admin: bool = False
    knows_users: bool = True
    has_model: bool = True
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, object]:
        self.asked.append(path)
        if path.endswith("/users/current") and self.knows_users:
            return 200, {"user": {"id": 2, "username": "eve", "is_admin": self.is_admin}}
        if path.endswith("/users/permissions/get") and self.permission is not None:
            assert query["username"] == ["eve"]
            return 200, {"allowed": False, "permission": self.permission}
        if path.endswith("/registered-models/get"):
            return (
                (200, {"registered_model": {"name": "m"}})
                if self.has_model
                else (
                    404,
                    NO_SUCH_MODEL,
                )
            )
        if path.endswith("/experiments/get"):
            return 200, {"experiment": {"experiment_id": "7", "name": "claims"}}
        return 404, {}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            split = urlsplit(self.path)
            status, body = told.answer(split.path, parse_qs(split.query))
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "eve")
        monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "secret")
        mlflow.set_tracking_uri(f"http://127.0.0.1:{listening.server_port}")
        yield told
        mlflow.set_tracking_uri(None)
        listening.shutdown()


@pytest.mark.parametrize(
    ("permission", "changes", "erases"),
    [
        ("NO_PERMISSIONS", False, False),
        ("DENY", False, False),
        ("READ", False, False),
        ("USE", False, False),
        ("EDIT", True, False),
        ("MANAGE", True, True),
    ],
)
def test_edit_changes_and_manage_erases(
    server: Server, permission: str, changes: bool, erases: bool
) -> None:
    server.permission = permission
    assert may_change_model("m") is changes
    for right, is_there in (({}, changes), ({"erases": True}, erases)):
        if is_there:
            refuse_without_experiment("7", **right)
        else:
            with pytest.raises(ConfigError, match=rf"on the experiment 'claims', got {permission}"):
                refuse_without_experiment("7", **right)


def test_what_is_refused_says_who_lacks_what_on_what(server: Server) -> None:
    with pytest.raises(
        ConfigError,
        match=r"Expected eve to have EDIT on the registered model m, got READ\. Nothing was done\.",
    ):
        refuse_without_model("m")


@pytest.mark.parametrize(
    "changed",
    [{"is_admin": True}, {"knows_users": False}, {"permission": None}, {"has_model": False}],
    ids=["administrator", "server without users", "server that does not tell", "name that is free"],
)
def test_nobody_else_is_refused(server: Server, changed: dict[str, object]) -> None:
    for name, value in changed.items():
        setattr(server, name, value)
    refuse_without_model("m")


def test_without_a_login_nothing_is_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_USERNAME")
    monkeypatch.delenv("MLFLOW_TRACKING_PASSWORD")
    assert known_user() is None
    refuse_without_model("m")
    assert server.asked == []


def test_a_local_store_refuses_nobody(mlflow_store: str) -> None:
    refuse_without_model("m")
    refuse_without_experiment("0", erases=True)
