"""The registered model that reads documents: the given one, else the champion."""

from __future__ import annotations

import re
from collections.abc import Callable

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from ocr_model.commands.cli import NewModel
from ocr_model.commands.models.settings import new_version
from ocr_model.console import say
from ocr_model.lifecycle import MODEL_NAME, find_champion, has_versions, uri_of


def first_model() -> ModelVersion:
    """The model that evaluate would log, registered."""
    say("Nothing is registered here yet: logging the model that evaluate would log.")
    return new_version(NewModel()).register()


def numbered_uri(model_uri: str, first: Callable[[], ModelVersion] = first_model) -> str:
    """Resolve an alias, which may move while documents are read, to its current version.

    `first` creates a version if nothing is registered yet.
    """
    alias = re.fullmatch(r"models:/([^/@]+)@([^/@]+)", model_uri)
    if model_uri and alias is None:
        return model_uri
    if alias is None or alias[0] == f"models:/{MODEL_NAME}@champion":
        version = find_champion() if has_versions() else first()
    else:
        version = MlflowClient().get_model_version_by_alias(alias[1], alias[2])
    return uri_of(version)
