"""A tracking server that checks passwords, as an administrator starts it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from scripts.workshop.model_server import free_port

PASSWORD = "a password of this test"


@contextlib.contextmanager
def auth_server(folder: Path, default_permission: str = "READ") -> Iterator[str]:
    """Its address; the administrator is `admin`."""
    port = free_port()
    (folder / "auth.ini").write_text(
        f"[mlflow]\ndefault_permission = {default_permission}\nadmin_username = admin\n"
        f"database_uri = sqlite:///{folder}/auth.db\n"
        "auth_cache_ttl_seconds = 60\n"  # else it is hashed at every request
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
    )
    environment = {
        **os.environ,
        "MLFLOW_AUTH_CONFIG_PATH": str(folder / "auth.ini"),
        "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD,
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "a key of this test",
    }
    store = f"sqlite:///{folder}/mlflow.db"
    argv = ["server", "--app-name", "basic-auth", "--backend-store-uri", store, "--workers", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow", *argv, "--port", str(port)],
        env=environment,
        cwd=folder,
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
