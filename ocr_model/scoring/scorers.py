"""Load the caller's own scorers: `module:name` -> MLflow scorers. See docs/scorers.md."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from mlflow.genai.scorers import Scorer, scorer

from ocr_model.errors import ConfigError


def load_scorers(spec: str) -> list[Scorer]:
    """Import the scorers of a comma-separated list, also from modules in the working folder.

    "checks:has_a_date, checks:judge" -> two scorers

    A plain function becomes a scorer under its own name; a scorer, also one from `make_judge`, is
    used unchanged.

    Raises:
        ConfigError: a part has another form, cannot be imported, or is not a function or scorer.
    """
    return [_load(part.strip()) for part in spec.split(",") if part.strip()]


def _load(spec: str) -> Scorer:
    module_name, _, name = spec.partition(":")
    if not module_name or not name.isidentifier():
        raise ConfigError(
            f"Expected a scorer as module:name, for example checks:dates, got {spec!r}."
        )
    found: Any = getattr(_module(module_name, spec), name, None)
    if isinstance(found, Scorer):
        return found
    if not callable(found):
        raise ConfigError(
            f"Expected a function or MLflow scorer as {spec}, got {type(found).__name__}. "
            f"Define `{name}` in {module_name}."
        )
    made: Scorer = scorer(found)
    return made


def _module(module_name: str, spec: str) -> Any:
    # `python -m` finds modules in the working folder, an installed command does not.
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    try:
        return importlib.import_module(module_name)
    except ImportError as err:
        raise ConfigError(
            f"The scorer {spec} was expected in a module {module_name} of {here} (under `mlflow "
            f"run`, the project's folder) or of an installed package, got: {err}"
        ) from err
