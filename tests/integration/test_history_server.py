"""Machines that write one history through a server that checks passwords."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import mlflow
import pytest

from ocr_model.history import acting, read_history
from tests.integration.conftest import CHECKOUT

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.skipif(
        find_spec("flask_wtf") is None and "CI" not in os.environ,
        reason="mlflow's basic-auth needs Flask-WTF: pip install -e '.[dev]'",
    ),
]

PASSWORD = "a password of this test"
WRITE = """
import sys
from ocr_model.history import Change, Kind, acting, append_event
for n in range(5):
    append_event("model m", Change(Kind.JUDGED, "1", "1", "1"), acting("somebody else"))
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    (tmp_path / "auth.ini").write_text(
        "[mlflow]\ndefault_permission = READ\nadmin_username = admin\n"
        f"database_uri = sqlite:///{tmp_path}/auth.db\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
    )
    environment = {
        **os.environ,
        "MLFLOW_AUTH_CONFIG_PATH": str(tmp_path / "auth.ini"),
        "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD,
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "a key of this test",
    }
    store = f"sqlite:///{tmp_path}/mlflow.db"
    argv = ["server", "--app-name", "basic-auth", "--backend-store-uri", store, "--workers", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow", *argv, "--port", str(port)],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    uri = f"http://127.0.0.1:{port}"
    try:
        _wait(uri, process)
        yield uri
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        process.wait(30)


def _wait(uri: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert process.poll() is None
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{uri}/health", timeout=5).close()
            return
        time.sleep(0.25)
    raise AssertionError(f"no answer at {uri}")


def test_two_machines_write_one_history_under_the_name_the_server_knows(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "admin")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", PASSWORD)
    path = os.pathsep.join([str(CHECKOUT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    writers = [subprocess.Popen([sys.executable, "-c", WRITE], env=environment) for _ in range(2)]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    mlflow.set_tracking_uri(server)
    try:
        assert acting("somebody else") == ("admin", "authenticated")
        events = [recorded.event for recorded in read_history("model m")]
    finally:
        mlflow.set_tracking_uri(None)
    assert [e.number for e in events if e is not None] == list(range(1, 11))
    assert {(e.actor, e.actor_kind) for e in events if e is not None} == {
        ("admin", "authenticated")
    }
