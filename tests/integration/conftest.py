"""A registered model, logged once for all integration tests that only read it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import mlflow
import pytest

from ocr_model.config import parse_config
from ocr_model.lifecycle.registry import register_model_once
from ocr_model.prompts import load_prompt, register_bundled_prompts
from scripts.workshop.model_server import outside_environment

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
    version = register_model_once(parse_config(settings), prompt)
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
