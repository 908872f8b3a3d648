"""Start `mlflow models serve` as a user does, wait until it answers, look at its workers, stop it.

For benchmarks, stress and tests. Knows nothing of documents and rows.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ocr_model.errors import ConfigError

START_TIMEOUT_S = 600.0  # building an environment included
_STOP_TIMEOUT_S = 30.0
_LOG_CHARS = 4000
# `mlflow.set_experiment` leaves the id of its store in the environment.
_OF_THIS_PROCESS = {"PYTHONPATH", "MLFLOW_EXPERIMENT_ID", "MLFLOW_RUN_ID"}


@dataclass(frozen=True, slots=True)
class Serving:
    """What is served and how. `model_config` is what operational settings are to be."""

    model_uri: str
    environment: Mapping[str, str]
    env_manager: str = "local"
    workers: int = 1
    timeout_s: int = 60
    model_config: Mapping[str, object] = field(default_factory=dict)

    def command(self, port: int) -> list[str]:
        command = ["mlflow", "models", "serve", "-m", self.model_uri, "--port", str(port)]
        command += ["--env-manager", self.env_manager, "--timeout", str(self.timeout_s)]
        return [*command, "--workers", str(self.workers)]


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A process group; `process` leads it."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the whole group: the server is a grandchild of the command."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        try:
            self.process.wait(timeout=_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        while _members(self.process.pid):
            time.sleep(0.05)

    def worker_pids(self) -> list[int]:
        """The processes that hold a model: uvicorn itself, or its children if it has several."""
        commands = {pid: _command_line(pid) for pid in _members(self.process.pid)}
        spawned = [pid for pid, command in commands.items() if "spawn_main" in command]
        alone = [
            pid for pid, command in commands.items() if "uvicorn" in command and "sh" not in command
        ]
        return sorted(spawned or alone)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def outside_environment(tracking_uri: str) -> dict[str, str]:
    """The variables of a shell that knows where MLflow is and nothing of this checkout."""
    kept = {key: value for key, value in os.environ.items() if key not in _OF_THIS_PROCESS}
    return {
        **kept,
        "MLFLOW_TRACKING_URI": tracking_uri,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
    }


def wait_until_healthy(
    port: int,
    process: subprocess.Popen[bytes],
    log: Path,
    timeout_s: float = START_TIMEOUT_S,
    path: str = "/health",
) -> None:
    """Return when the path answers.

    Raises:
        ConfigError: the process ended, or nothing answered in time; with the end of its log.
    """
    gives_up_at = time.monotonic() + timeout_s
    while process.poll() is None and time.monotonic() < gives_up_at:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    ended = "no answer" if process.poll() is None else f"exit code {process.returncode}"
    raise ConfigError(
        f"Expected a healthy server on port {port} within {timeout_s:g} s, got {ended}. Its log "
        f"ends with:\n{log.read_text('utf-8', 'replace')[-_LOG_CHARS:]}"
    )


@contextmanager
def served(serving: Serving, folder: Path, port: int = 0) -> Iterator[RunningServer]:
    """A healthy server that was started in `folder`; port 0: a free one. Ended afterwards."""
    server = start(serving, folder, port)
    try:
        wait_until_healthy(server.port, server.process, server.log)
        yield server
    finally:
        server.end()


def start(serving: Serving, folder: Path, port: int = 0) -> RunningServer:
    """Start a server and do not wait for it."""
    port = port or free_port()
    log = folder / "serve.log"
    environment = dict(serving.environment)
    if serving.model_config:
        environment["MLFLOW_PYFUNC_INFERENCE_CONFIG"] = json.dumps(dict(serving.model_config))
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603 - the command line of MLflow
            serving.command(port),
            env=environment,
            cwd=folder,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return RunningServer(process, port, log)


def memory_mb(pid: int | None = None, *, peak: bool = False) -> float:
    """Resident memory of a process, now or at its peak; None: of this one.

    Where there is no /proc: the peak of this process, nan of others.
    """
    name = "VmHWM:" if peak else "VmRSS:"
    status = Path(f"/proc/{pid or 'self'}/status")
    with contextlib.suppress(OSError):
        for line in status.read_text("ascii", "replace").splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
    # macOS counts in bytes, others in kilobytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / unit if pid is None else float("nan")


def _members(group: int) -> list[int]:
    """Living processes of a group, by /proc: `(name) state ppid pgrp …` follows the pid."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            after_name = entry.read_text("utf-8", "replace").rpartition(")")[2]
            state, _, process_group = after_name.split()[:3]
            if int(process_group) == group and state != "Z":
                found.append(int(entry.parent.name))
    return found


def _command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace").replace("\0", " ")
    return ""
