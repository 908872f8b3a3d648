"""Weights of a linker on their way from a file into a model, and out of it when it is loaded."""

from __future__ import annotations

import io
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.entities.model_registry import ModelVersion

from ocr_model.commands import script
from ocr_model.commands.cli import Candidate
from ocr_model.commands.models.candidate import plan_candidate
from ocr_model.config import parse_config
from ocr_model.errors import ConfigError
from ocr_model.lifecycle.champion import find_champion
from ocr_model.lifecycle.registry import config_of_model, input_example, plan_version
from ocr_model.lifecycle.weights import linker_bytes, linker_of_model
from ocr_model.linker.pinned import setting_of
from ocr_model.linker.weights import bundled_bytes
from ocr_model.prompts import load_prompt, register_bundled_prompts
from tests.support.given import given


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """The bundled weights, but every confidence is 0.25."""
    with np.load(io.BytesIO(bundled_bytes())) as file:
        arrays = {name: file[name] for name in file.files}
    arrays["calibration"] = np.array([[0, 1], [0.25, 0.25]], dtype=np.float32)
    path = tmp_path / "linker.npz"
    np.savez_compressed(path, **arrays)
    return path


def register(data: bytes | None) -> ModelVersion:
    prompt = load_prompt(register_bundled_prompts()[-1])
    settings = {"prompt_uri": prompt.uri, "linker": setting_of(data) if data else ""}
    if "additional_rules" in prompt.variables:
        settings["prompt_values"] = {"additional_rules": ""}
    return plan_version(parse_config(settings), prompt, linker=data).register()


def uri_of(version: ModelVersion) -> str:
    return f"models:/{version.name}/{version.version}"


def test_the_logged_model_links_with_its_own_weights(mlflow_store: str, weights: Path) -> None:
    version = register(weights.read_bytes())
    weights.unlink()
    rows = mlflow.pyfunc.load_model(uri_of(version)).predict(input_example())
    confidences = {a["confidence"] for a in rows["answers"][0] if a["answer"] is not None}
    assert confidences == {0.25}


def test_other_weights_are_another_version_and_the_same_ones_are_not(
    mlflow_store: str, weights: Path
) -> None:
    bundled, own = register(None), register(weights.read_bytes())
    assert bundled.version != own.version
    assert register(weights.read_bytes()).version == own.version
    assert own.tags["linker"] == setting_of(weights.read_bytes())


def test_weights_changed_in_the_store_are_refused_at_load(mlflow_store: str, weights: Path) -> None:
    version = register(weights.read_bytes())
    folder = Path(mlflow.artifacts.download_artifacts(uri_of(version)))
    (folder / "artifacts" / "linker.npz").write_bytes(bundled_bytes())
    with pytest.raises(Exception, match="files were changed after it was logged"):
        mlflow.pyfunc.load_model(str(folder))


def test_another_linker_cannot_be_set_when_the_model_is_loaded(
    mlflow_store: str, weights: Path
) -> None:
    version = register(weights.read_bytes())
    with pytest.raises(Exception, match="cannot be changed when it is loaded"):
        mlflow.pyfunc.load_model(uri_of(version), model_config={"linker": ""})


def test_settings_without_their_weights_are_not_registered(mlflow_store: str) -> None:
    prompt = load_prompt(register_bundled_prompts()[0])
    config = parse_config({"prompt_uri": prompt.uri, "linker": setting_of(bundled_bytes())})
    with pytest.raises(ConfigError, match="beside the settings, got none"):
        plan_version(config, prompt).register()


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"linker": "linker.npz"}, "expected sha256:<64 hex digits>"),
        ({"linker": f"sha256:{'0' * 64}", "engine": "llm"}, "only the engine 'local' has a linker"),
    ],
)
def test_settings_that_name_no_weights_of_the_engine(settings: dict[str, str], match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        parse_config({"prompt_uri": "prompts:/p/1", **settings})


def test_a_run_s_artefact_and_a_file_are_read_and_other_things_refused(
    mlflow_store: str, weights: Path
) -> None:
    with mlflow.start_run() as run:
        mlflow.log_artifact(str(weights))
    data = weights.read_bytes()
    assert linker_bytes(f"runs:/{run.info.run_id}/linker.npz") == data
    assert linker_bytes(str(weights)) == data
    assert linker_bytes("") is None
    with pytest.raises(ConfigError, match=r"a file or a URI like runs:/<run id>/linker.npz"):
        linker_bytes(str(weights.parent / "absent.npz"))


def test_the_command_logs_a_model_with_the_weights(
    mlflow_store: str, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("log_model", ["--linker", str(weights)]) == 0
    uri = capsys.readouterr().out.split()[0]
    assert config_of_model(uri).linker == setting_of(weights.read_bytes())
    assert linker_of_model(uri) == weights.read_bytes()


def registered(args: Candidate, champion: ModelVersion) -> ModelVersion:
    planned = plan_candidate(args, champion)
    return planned if isinstance(planned, ModelVersion) else planned.register()


def test_a_candidate_keeps_the_champions_weights_unless_it_brings_its_own(
    mlflow_store: str, weights: Path
) -> None:
    register(weights.read_bytes())
    champion = find_champion()
    same = registered(given(Candidate, "--settings", '{"concurrency": 1}'), champion)
    assert linker_of_model(uri_of(same)) == weights.read_bytes()
    weights.write_bytes(bundled_bytes())
    other = registered(given(Candidate, "--linker", str(weights)), champion)
    assert config_of_model(uri_of(other)).linker == setting_of(bundled_bytes())


def test_input_example_is_read_by_the_bundled_weights(mlflow_store: str) -> None:
    rows: pd.DataFrame = mlflow.pyfunc.load_model(uri_of(register(None))).predict(input_example())
    assert rows["pairs"][0]["Order no.:"] == ["4711"]
