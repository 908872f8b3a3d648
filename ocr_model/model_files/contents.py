"""The content of a model's folder: prompt, fields, weights, requirements, and the origin of its
code.

Read from its files, which must be verified first.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ocr_model.config import parse_config
from ocr_model.fields import pinned_fields
from ocr_model.prompts import from_snapshot
from ocr_model.pyfunc_model import FIELDS, SNAPSHOT_ARTIFACT

_PACKAGE = Path(__file__).parents[1]
_CODE = Path("code") / _PACKAGE.name
# MLflow and we read these as data; all other files of a model may be run.
_DATA = {
    *("MLmodel", "SHA256SUMS", "conda.yaml", "input_example.json", "python_env.yaml"),
    *("registered_model_meta", "requirements.txt", "serving_input_example.json"),
    *(f"artifacts/{name}" for name in ("finder.npz", "linker.npz", "snapshot.json")),
}
_MOST_NAMED = 5


class Contents(NamedTuple):
    """One kind of content of a model, and its value."""

    kind: str
    text: str


def contents_of(folder: Path) -> list[Contents]:
    """Engine, prompt, fields, linker, finder, requirements and code of a model.

    Raises:
        ConfigError: its settings, prompt or fields are not valid.
    """
    described = yaml.safe_load((folder / "MLmodel").read_text("utf-8"))
    config = parse_config(described["flavors"]["python_function"]["config"], logged=True)
    snapshot = json.loads((folder / "artifacts" / f"{SNAPSHOT_ARTIFACT}.json").read_text("utf-8"))
    prompt = from_snapshot(snapshot["prompt"])
    required = (folder / "requirements.txt").read_text("utf-8").split()
    return [
        Contents("engine", config.engine + (f", {config.llm}" if config.engine == "llm" else "")),
        Contents("prompt", f"{prompt.uri}  sha256 {prompt.sha256}"),
        Contents("fields", _fields_told(config.fields, snapshot)),
        Contents("linker", config.linker or "the one of its code"),
        Contents("finder", config.finder or "none"),
        Contents("requires", ", ".join(required)),
        Contents("code", _code_told(folder)),
    ]


def _fields_told(setting: str, snapshot: dict[str, Any]) -> str:
    wanted = pinned_fields(setting, snapshot.get(FIELDS))
    if wanted is None:
        return "none"
    return f"{setting}: {', '.join(field.name for field in wanted.fields)}"


def _code_told(folder: Path) -> str:
    """Compare the code with ours: unchanged files may still be somebody else's code."""
    others = sorted(_other_code(folder))
    if not others:
        return "the same as that of this command"
    more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
    named = ", ".join(others[:_MOST_NAMED])
    return f"not that of this command: {named}{more}"


def _other_code(folder: Path) -> set[str]:
    theirs = {
        name: file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and (name := file.relative_to(folder).as_posix()) not in _DATA
    }
    ours = {
        (_CODE / file.relative_to(_PACKAGE)).as_posix(): file.read_bytes()
        for file in _PACKAGE.rglob("*")
        if file.is_file() and file.parent.name != "__pycache__"
    }
    ours["model_code.py"] = (_PACKAGE / "model_code.py").read_bytes()
    return {name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)}
