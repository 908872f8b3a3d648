"""The command line, built from the declared parameters, and the only way to run a verb."""

from __future__ import annotations

import importlib
import inspect
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, get_type_hints

import typer

from ocr_model.commands.cli.parameters import path_or_none
from ocr_model.commands.cli.verbs import VERBS
from ocr_model.commands.cli.wording import Caller, called_from_shell
from ocr_model.console import say
from ocr_model.errors import ConfigError, OcrModelError, said_by_mlflow

# A model for Spark may come from any store.
_WITHOUT_STORE = frozenset(
    {
        *("cache", "check_endpoint", "client", "demo", "extract_spark", "fetch_funsd"),
        *("make_fields", "practice_llm"),
    }
)
_READ_ONLY = frozenset({"history", "lineage", "verify"})
_LOGGING = frozenset(
    {
        "calibrate",
        "compare",
        "evaluate",
        "extract",
        "log_model",
        "monitor",
        "optimize",
        "promote",
        "propose_fields",
        "review",
        "train",
    }
)

# These create a version, or move `champion`.
_RELEASING = frozenset({"calibrate", "log_model", "promote", "rollback"})

# Packages that a verb's module imports, and the extra that installs them.
_EXTRAS = {"gepa": "optimize", "pyspark": "spark"}


def main(argv: Sequence[str] | None = None) -> int:
    """`ocr-model VERB …`; the exit code."""
    app = _new_app()
    for verb, declared in VERBS.items():
        # The whole first line: typer would cut it at 45 characters.
        first_line = (inspect.getdoc(declared) or "").partition("\n")[0]
        app.command(verb.replace("_", "-"), short_help=first_line)(_command(verb))
    with called_from_shell(Caller.CONSOLE):
        return _exit_code(app, argv, "ocr-model")


def script(verb: str, argv: Sequence[str] | None = None) -> int:
    """`python -m scripts.<verb> …`, the same as `ocr-model <verb> …`; the exit code."""
    app = _new_app()
    app.command()(_command(verb))
    with called_from_shell(Caller.SCRIPT):
        return _exit_code(app, argv, f"python -m scripts.{verb}")


def run(verb: str, **parameters: Any) -> int:
    """Do what `ocr-model <verb>` does, with the same parameters; the exit code.

    >>> run("evaluate", data="my_forms", n=20)

    Raises:
        OcrModelError: the command line would print this as an error.
    """
    quiet_mlflow()
    given = _declared(verb, parameters)
    try:
        work = importlib.import_module(f"ocr_model.commands.{verb}")
        _open_store_for(verb)
        exit_code: int = getattr(work, verb)(given)
    except _store_errors() as err:
        raise ConfigError(f"MLflow refused: {said_by_mlflow(err)}") from err
    except ModuleNotFoundError as err:
        if err.name not in _EXTRAS:
            raise
        raise ConfigError(
            f"{verb} needs {err.name}, which is not installed: pip install "
            f"'ocr_model[{_EXTRAS[err.name]}]'."
        ) from err
    except OSError as err:
        raise ConfigError(
            f"Expected to read and write what {verb} needs, got: {err}. Nothing more was done."
        ) from err
    return exit_code


def _declared(verb: str, parameters: Mapping[str, Any]) -> Any:
    """The verb's parameters; a path may be given as text, as on the command line."""
    types = get_type_hints(VERBS[verb])
    paths = {name for name, kind in types.items() if kind in (Path, Path | None)}
    return VERBS[verb](
        **{
            name: path_or_none(value) if name in paths else value
            for name, value in parameters.items()
        }
    )


def _open_store_for(verb: str) -> None:
    """Open the store before the verb starts, so that errors are reported first."""
    if verb in _WITHOUT_STORE:
        return
    # Loads MLflow.
    from ocr_model.access import refuse_without_experiment, refuse_without_model
    from ocr_model.lifecycle import MODEL_NAME, open_store

    logs_to = open_store(writes=verb not in _READ_ONLY, logs=verb in _LOGGING)
    if logs_to is not None:
        refuse_without_experiment(logs_to)
    if verb in _RELEASING:
        refuse_without_model(MODEL_NAME)


def _new_app() -> typer.Typer:
    return typer.Typer(
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Turn page images of forms into {question: [answers]}, and know how well.",
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def _command(verb: str) -> Callable[..., None]:
    declared = VERBS[verb]

    def command(**parameters: Any) -> None:
        try:
            exit_code = run(verb, **parameters)
        except OcrModelError as err:
            say(f"error: {err}", file=sys.stderr)
            exit_code = 2
        raise typer.Exit(exit_code)

    types = get_type_hints(declared, include_extras=True)
    command.__doc__ = inspect.getdoc(declared)
    # Typer reads this signature; the function itself accepts all declared parameters.
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=_default(field),
                annotation=types[field.name],
            )
            for field in fields(declared)
        ]
    )
    command.__annotations__ = {field.name: types[field.name] for field in fields(declared)}
    return command


def _default(field: Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return inspect.Parameter.empty if field.default is MISSING else field.default


def _exit_code(app: typer.Typer, argv: Sequence[str] | None, program: str) -> int:
    try:
        app(None if argv is None else list(argv), prog_name=program)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _store_errors() -> tuple[type[Exception], ...]:
    """Errors of MLflow and its database, if loaded: help and the client do not need them."""
    names = {"mlflow.exceptions": "MlflowException", "sqlalchemy.exc": "SQLAlchemyError"}
    loaded = {module: sys.modules[module] for module in names if module in sys.modules}
    return tuple(getattr(module, names[name]) for name, module in loaded.items())


def quiet_mlflow() -> None:
    """Suppress MLflow's progress messages; its warnings stay."""
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")  # for the extraction process
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    # Each of MLflow's workers and scorers needs a connection, and SQLite's pool has fifteen.
    os.environ.setdefault("MLFLOW_GENAI_EVAL_MAX_WORKERS", "4")
    os.environ.setdefault("MLFLOW_GENAI_EVAL_MAX_SCORER_WORKERS", "2")
