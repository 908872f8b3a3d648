"""A path or URI of a trained linker -> the bytes of its weights."""

from __future__ import annotations

import tempfile
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException

from ocr_model.errors import ConfigError, where_looked
from ocr_model.linker import setting_of
from ocr_model.pyfunc_model import LINKER_ARTIFACT


def linker_bytes(source: str) -> bytes | None:
    """The weights at a path, or at a URI such as runs:/<id>/linker.npz; None for an empty one.

    Raises:
        ConfigError: nothing is there, or no weights of a linker.
    """
    if not source:
        return None
    data = Path(source).read_bytes() if Path(source).is_file() else _downloaded(source)
    setting_of(data)
    return data


def linker_of_model(model_uri: str) -> bytes:
    """The weights inside a logged model, whose settings name some."""
    return _downloaded(f"{model_uri}/artifacts/{LINKER_ARTIFACT}.npz")


def _downloaded(uri: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=folder)
            return Path(path).read_bytes()
        except (MlflowException, OSError) as err:
            raise ConfigError(
                f"Expected the weights of a linker, a file or a URI like runs:/<run id>/linker.npz,"
                f" got {uri!r}, where there is none.{'' if ':' in uri else where_looked(uri)}"
            ) from err
