"""A registered model, logged once for all integration tests that only read it; and a place where
nothing of a page may be kept."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import mlflow
import pytest

from ocr_model.config import parse_config
from ocr_model.lifecycle.registry import plan_version
from ocr_model.prompts import load_prompt, register_bundled_prompts
from scripts.workshop.model_server import outside_environment
from tests.support.canaries import (
    found_in,
    pictures_in,
    pictures_sent,
    reads_canaries,
    write_canary_forms,
)
from tests.support.endpoint import Endpoint

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Registered:
    tracking_uri: str
    model_uri: str

    @property
    def environment(self) -> dict[str, str]:
        return outside_environment(self.tracking_uri)


@pytest.fixture(scope="session")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Registered:
    folder = tmp_path_factory.mktemp("registry")
    uri = f"sqlite:///{folder}/mlflow.db"
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(uri)
    experiment = mlflow.create_experiment("registry", artifact_location=str(folder / "artifacts"))
    mlflow.set_experiment(experiment_id=experiment)
    prompt = load_prompt(register_bundled_prompts()[-1])
    settings = {"prompt_uri": prompt.uri, "prompt_values": {"additional_rules": ""}}
    version = plan_version(parse_config(settings), prompt).register()
    mlflow.set_tracking_uri(before)
    return Registered(uri, f"models:/{version.name}/{version.version}")


def run_python(code: str, environment: dict[str, str], folder: Path) -> str:
    """Output of `code`, run by a fresh interpreter in another folder."""
    finished = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


@dataclass(frozen=True)
class Workplace:
    """`kept` is where nothing of a page may be; `given` and `made` hold pages and rows."""

    store: str
    kept: Path
    given: Path
    made: Path
    images: list[bytes]
    endpoint: Endpoint

    @property
    def log(self) -> Path:
        return self.kept / "log"

    def run(self, verb: str, *arguments: str | Path) -> int:
        """As from a shell, by a process that logs where nothing may be; the exit code."""
        ended = subprocess.run(
            [sys.executable, "-m", f"scripts.{verb}", *map(str, arguments)],
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=600,
            check=False,
        )
        print(verb, ended.stdout.decode())
        with self.log.open("ab") as log:
            log.write(ended.stdout)
        return ended.returncode

    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(CHECKOUT), "OMP_NUM_THREADS": "1"}

    def found(self) -> dict[str, set[str]]:
        mlflow.flush_trace_async_logging()
        pictures = pictures_in(self.kept, [*self.images, *pictures_sent(self.endpoint)])
        return found_in(self.kept) | {path: {"a picture"} for path in pictures}


@pytest.fixture
def workplace(
    mlflow_store: str,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Workplace]:
    """Store, caches, logs, temporary and working folder below one folder; pages and rows elsewhere.

    The LLM reads the pages, and quotes them where it fails.
    """
    outside = tmp_path_factory.mktemp("outside")
    given = write_canary_forms(outside / "forms")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("work", "tmp"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(tmp_path / "work")
    images = [path.read_bytes() for path in (given / "images").iterdir()]
    (outside / "made").mkdir()
    with Endpoint(reads_canaries) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        yield Workplace(mlflow_store, tmp_path, given, outside / "made", images, endpoint)
