"""Say where a person sees a run, and name it. Knows nothing of what is in it."""

from __future__ import annotations

import shlex
from pathlib import Path

import mlflow

from ocr_model.lifecycle import shown_store


def folder_name(folder: str | Path | None) -> str:
    """data/sample -> sample; . -> the name of the working folder"""
    return "" if folder is None else Path(folder).resolve().name


def run_lines(run: mlflow.ActiveRun, name: str = "") -> str:
    """The run, and how to see it: a server has its page, a database wants the UI started."""
    store = shown_store()
    page = f"#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}"
    if store.startswith("http"):
        return f"Run     {store}/{page}"
    # What holds a password is not printed; whoever runs the command has it in the environment.
    named = shlex.quote(store) if store == mlflow.get_tracking_uri() else '"$MLFLOW_TRACKING_URI"'
    return (
        f"Run     {name or run.info.run_name} ({run.info.run_id})\n"
        f"See it  mlflow ui --backend-store-uri {named}\n"
        f"        http://127.0.0.1:5000/{page}"
    )
