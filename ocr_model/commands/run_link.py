"""Print where to see a run, and its name. Knows nothing of its content."""

from __future__ import annotations

import shlex
from pathlib import Path

import mlflow

from ocr_model.lifecycle import shown_store


def folder_name(folder: str | Path | None) -> str:
    """data/sample -> sample; . -> the name of the working folder"""
    return "" if folder is None else Path(folder).resolve().name


def run_lines(run: mlflow.ActiveRun, name: str = "") -> str:
    """The run, and how to see it: a server has a page, for a database start the UI first."""
    store = shown_store()
    page = f"#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}"
    if store.startswith("http"):
        return f"Run     {store}/{page}"
    # A URI with a password is not printed; the user has it in the environment.
    named = shlex.quote(store) if store == mlflow.get_tracking_uri() else '"$MLFLOW_TRACKING_URI"'
    return (
        f"Run     {name or run.info.run_name} ({run.info.run_id})\n"
        f"See it  mlflow ui --backend-store-uri {named}\n"
        f"        http://127.0.0.1:5000/{page}"
    )
