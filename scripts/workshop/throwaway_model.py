"""An MLflow store, and a model in it, that are thrown away: for measurements."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow

from ocr_model.config import ExtractorConfig, parse_config
from ocr_model.lifecycle import plan_version
from ocr_model.prompts import PinnedPrompt, load_prompt, register_bundled_prompts
from scripts.workshop.model_server import outside_environment

_EXPERIMENT = "throwaway"


@dataclass(frozen=True, slots=True)
class ThrowawayModel:
    """A registered model. `folder` goes with it; `environment` leads a server to it."""

    model_uri: str
    config: ExtractorConfig
    prompt: PinnedPrompt
    folder: Path
    environment: dict[str, str]


@contextmanager
def throwaway_store(uri: str | None = None) -> Iterator[Path]:
    """The folder of an MLflow store that goes with it; the current store is put back.

    With a `uri`, the store is that one, and what is written to it stays there.
    """
    before = mlflow.get_tracking_uri()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mlflow.set_tracking_uri(uri or f"sqlite:///{folder / 'mlflow.db'}")
        try:
            experiment = mlflow.create_experiment(
                f"{_EXPERIMENT} {folder.name}" if uri else _EXPERIMENT,
                artifact_location=str(folder / "artifacts"),
            )
            mlflow.set_experiment(experiment_id=experiment)
            yield folder
        finally:
            mlflow.flush_trace_async_logging()
            mlflow.set_tracking_uri(before)


@contextmanager
def throwaway_model(**settings: Any) -> Iterator[ThrowawayModel]:
    """A model with the newest bundled prompt and these settings, in a store that goes with it.

    Raises:
        ConfigError: a setting is not valid, or a package that the engine needs is missing.
    """
    with throwaway_store() as folder:
        prompt = load_prompt(register_bundled_prompts()[-1])
        values = {"prompt_uri": prompt.uri, "prompt_values": {"additional_rules": ""}}
        config = parse_config({**values, **settings})
        version = plan_version(config, prompt).register()
        environment = outside_environment(mlflow.get_tracking_uri())
        # Traces of what is served belong to the throwaway store, too.
        environment["MLFLOW_EXPERIMENT_NAME"] = _EXPERIMENT
        uri = f"models:/{version.name}/{version.version}"
        yield ThrowawayModel(uri, config, prompt, folder, environment)
