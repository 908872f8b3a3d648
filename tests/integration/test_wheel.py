"""The built wheel, in an environment outside the clone, with the console entry alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts.workshop.model_server import Serving, outside_environment, served
from tests.integration.conftest import CHECKOUT

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment that has the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(CHECKOUT / "ocr_model", source / "ocr_model")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CHECKOUT / name, source / name)
    called(["uv", "build", "--wheel", "--out-dir", str(folder), str(source)], folder)
    [wheel] = folder.glob("*.whl")
    called(["uv", "venv", str(folder / "env")], folder)
    python = str(folder / "env" / "bin" / "python")
    called(
        ["uv", "pip", "install", "--python", python, f"ocr_model[local] @ {wheel.as_uri()}"], folder
    )
    return folder / "env" / "bin"


def called(command: Sequence[str], folder: Path, **environment: str) -> str:
    finished = subprocess.run(
        command,
        cwd=folder,
        env=environment or None,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


@pytest.mark.slow
def test_the_wheel_evaluates_extracts_and_serves_outside_the_clone(
    installed: Path, tmp_path: Path
) -> None:
    forms = tmp_path / "forms"
    for name, suffix in (("annotations", "json"), ("images", "png")):
        (forms / name).mkdir(parents=True)
        shutil.copy(CHECKOUT / f"data/sample/{name}/fax_cover.{suffix}", forms / name)
    environment = outside_environment(f"sqlite:///{tmp_path}/mlflow.db")
    environment["PATH"] = f"{installed}{os.pathsep}{environment['PATH']}"
    ocr_model = str(installed / "ocr-model")

    told = called([ocr_model, "evaluate", "--data", str(forms)], tmp_path, **environment)
    assert "pair_f1_normalized" in told
    rows = tmp_path / "rows.jsonl"
    called(
        [ocr_model, "extract", "--input", str(forms / "images"), "--output", str(rows)],
        tmp_path,
        **environment,
    )
    [row] = [json.loads(line) for line in rows.read_text().splitlines()]
    assert (row["outcome"], row["pairs"] != {}) == ("ok", True)

    serving = Serving("models:/ocr-extractor@champion", environment)
    with served(serving, tmp_path) as server:
        image = str(forms / "images" / "fax_cover.png")
        answer = called([ocr_model, "client", image, "--url", server.url], tmp_path, **environment)
    assert json.loads(answer)["pairs"] == row["pairs"]


@pytest.mark.slow
def test_without_labelled_forms_the_wheel_says_what_is_missing(
    installed: Path, tmp_path: Path
) -> None:
    finished = subprocess.run(
        [str(installed / "ocr-model"), "evaluate"],
        cwd=tmp_path,
        env=outside_environment(f"sqlite:///{tmp_path}/mlflow.db"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 2
    assert "Give --data FOLDER" in finished.stderr
