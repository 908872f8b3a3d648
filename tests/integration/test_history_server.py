"""Machines that write one history through a server that checks passwords."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import mlflow
import pytest

from ocr_model.history import acting, read_history
from tests.integration.conftest import CHECKOUT
from tests.support.auth_server import PASSWORD, auth_server

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.skipif(
        find_spec("flask_wtf") is None and "CI" not in os.environ,
        reason="mlflow's basic-auth needs Flask-WTF: pip install -e '.[dev]'",
    ),
]

WRITE = """
import sys
from ocr_model.history import Change, Kind, acting, append_event
for n in range(5):
    append_event("model m", Change(Kind.JUDGED, "1", "1", "1"), acting("somebody else"))
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with auth_server(tmp_path) as uri:
        yield uri


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
