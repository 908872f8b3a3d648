"""A path or URI of a trained linker or finder -> the bytes of its weights."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException

from ocr_model.errors import ConfigError, where_looked
from ocr_model.finder import finder_setting
from ocr_model.linker import setting_of
from ocr_model.pyfunc_model import FINDER_ARTIFACT, LINKER_ARTIFACT


def linker_bytes(source: str) -> bytes | None:
    """The weights at a path, or at a URI such as runs:/<id>/linker.npz; None for an empty one.

    Raises:
        ConfigError: nothing is there, or no weights of a linker.
    """
    return _read(source, LINKER_ARTIFACT, setting_of)


def finder_bytes(source: str) -> bytes | None:
    """The same of a finder.

    Raises:
        ConfigError: nothing is there, or no weights of a finder.
    """
    return _read(source, FINDER_ARTIFACT, finder_setting)


def linker_of_model(model_uri: str) -> bytes:
    """The weights inside a logged model, whose settings name some."""
    return _downloaded(f"{model_uri}/artifacts/{LINKER_ARTIFACT}.npz", LINKER_ARTIFACT)


def finder_of_model(model_uri: str) -> bytes:
    """The weights inside a logged model, whose settings name some."""
    return _downloaded(f"{model_uri}/artifacts/{FINDER_ARTIFACT}.npz", FINDER_ARTIFACT)


def _read(source: str, kind: str, check: Callable[[bytes], object]) -> bytes | None:
    if not source:
        return None
    data = Path(source).read_bytes() if Path(source).is_file() else _downloaded(source, kind)
    check(data)
    return data


def _downloaded(uri: str, kind: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=folder)
            return Path(path).read_bytes()
        except (MlflowException, OSError) as err:
            raise ConfigError(
                f"Expected the weights of a {kind}, a file or a URI like "
                f"runs:/<run id>/{kind}.npz, got {uri!r}, where there is none."
                f"{'' if ':' in uri else where_looked(uri)}"
            ) from err
