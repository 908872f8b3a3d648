"""`mlflow run . -e evaluate`, as the README says it, in the current environment and in its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import mlflow
import pytest

from tests.integration.conftest import CHECKOUT, Registered

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("env_manager", ["local", pytest.param("uv", marks=pytest.mark.slow)])
def test_evaluate_entry_point_leaves_a_scored_run(
    registered: Registered, tmp_path: Path, env_manager: str
) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    command = ["mlflow", "run", str(CHECKOUT), "-e", "evaluate", "--env-manager", env_manager]
    finished = subprocess.run(
        [*command, "-P", "n=2", "-P", "additional_rules=Keep dates as they stand."],
        env={**registered.environment, "MLFLOW_TRACKING_URI": uri},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "pair_f1_normalized" in finished.stdout
    mlflow.set_tracking_uri(uri)
    try:
        # The history of champion and prompts has runs of its own.
        [run] = mlflow.search_runs(
            output_format="list",
            search_all_experiments=True,
            filter_string="metrics.pair_f1_normalized >= 0",
        )
        traces = mlflow.search_traces(locations=[run.info.experiment_id], return_type="list")
    finally:
        mlflow.set_tracking_uri(None)
    assert run.info.status == "FINISHED"
    assert 0 < run.data.metrics["pair_f1_normalized"] <= 1
    assert run.data.params["model_prompt_uri"] == "prompts:/ocr-question-answer/3"
    assert len(traces) == 2


@pytest.mark.slow
@pytest.mark.skipif("FUNSD_DIR" not in os.environ, reason="FUNSD_DIR is not set: FUNSD NOT TESTED")
def test_bundled_linker_reaches_its_score_on_funsd(registered: Registered, tmp_path: Path) -> None:
    """The whole training half takes minutes; 16 forms of it are enough to notice a regression."""
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    finished = subprocess.run(
        ["python", "-m", "scripts.evaluate", "--data", os.environ["FUNSD_DIR"], "--n", "16"],
        env={**registered.environment, "MLFLOW_TRACKING_URI": uri},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    mlflow.set_tracking_uri(uri)
    try:
        [run] = mlflow.search_runs(
            output_format="list",
            search_all_experiments=True,
            filter_string="metrics.pair_f1_normalized >= 0",
        )
    finally:
        mlflow.set_tracking_uri(None)
    assert run.data.metrics["pair_f1_normalized"] >= 0.3
