"""Say where a person sees a run. Knows nothing of what is in it."""

from __future__ import annotations

import shlex

import mlflow


def run_lines(run: mlflow.ActiveRun) -> str:
    """The run, and how to see it: a server has its page, a database wants the UI started."""
    store = mlflow.get_tracking_uri()
    page = f"#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}"
    if store.startswith("http"):
        return f"Run     {store}/{page}"
    return (
        f"Run     {run.info.run_name} ({run.info.run_id})\n"
        f"See it  mlflow ui --backend-store-uri {shlex.quote(store)}\n"
        f"        http://127.0.0.1:5000/{page}"
    )
