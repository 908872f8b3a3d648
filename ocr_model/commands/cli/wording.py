"""Spell options and commands in the way the running command was called.

`--engine llm` at a command line, `-P engine=llm` under `mlflow run`, `engine='llm'` in Python.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum


class Caller(StrEnum):
    """How a verb was called; the value is the part of the command before the verb's name."""

    PYTHON = "ocr_model.commands.run"
    SCRIPT = "python -m scripts."
    CONSOLE = "ocr-model "
    # Without the option MLflow builds an environment with conda, which few have.
    MLFLOW = "mlflow run . --env-manager local -e "


# The verbs that have an entry in MLproject.
_ENTRIES = frozenset(
    {
        *("evaluate", "train", "calibrate", "extract", "compare", "promote", "rollback"),
        *("make_fields", "monitor", "optimize", "propose_fields", "review"),
    }
)

_called_by: ContextVar[Caller] = ContextVar("called_by", default=Caller.PYTHON)


@contextmanager
def called_from_shell(program: Caller) -> Iterator[None]:
    """Inside, messages are for a shell, or for `mlflow run`, which sets MLFLOW_RUN_ID."""
    before = _called_by.set(Caller.MLFLOW if "MLFLOW_RUN_ID" in os.environ else program)
    try:
        yield
    finally:
        _called_by.reset(before)


def option(name: str, value: object = None) -> str:
    """("llm", "a") -> `--llm a`, `-P llm=a` or `llm='a'`; without a value only the name."""
    return _option(_called_by.get(), name, value)


def command(verb: str, **options: object) -> str:
    """The command of a verb, as one complete line."""
    caller = _called_by.get()
    if caller is Caller.PYTHON:
        given = [f"{verb!r}", *(_option(caller, *item) for item in options.items())]
        return f"{caller}({', '.join(given)})"
    if caller is Caller.MLFLOW and verb not in _ENTRIES:
        caller = Caller.SCRIPT
    name = verb.replace("_", "-") if caller is Caller.CONSOLE else verb
    return " ".join([f"{caller}{name}", *(_option(caller, *item) for item in options.items())])


def _option(caller: Caller, name: str, value: object) -> str:
    if caller is Caller.PYTHON:
        return name if value is None else f"{name}={str(value)!r}"
    if caller is Caller.MLFLOW:
        return f"-P {name if value is None else shlex.quote(f'{name}={value}')}"
    flag = f"--{name.replace('_', '-')}"
    return flag if value is None else f"{flag} {shlex.quote(str(value))}"
