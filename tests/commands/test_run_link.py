"""How a run is to be seen, by the kind of its store."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import mlflow
import pytest

from ocr_model.commands.run_link import run_lines

RUN = cast(
    "mlflow.ActiveRun",
    SimpleNamespace(info=SimpleNamespace(run_id="r1", run_name="calm-fox", experiment_id="7")),
)


@pytest.mark.parametrize(
    ("store", "shown"),
    [
        ("sqlite:///mlflow.db", "mlflow ui --backend-store-uri sqlite:///mlflow.db\n"),
        (
            "postgresql://ann:hush-hush@db/mlflow",
            'mlflow ui --backend-store-uri "$MLFLOW_TRACKING_URI"\n',
        ),
        (
            "http://ann:hush-hush@host:5000",
            "Run     http://ann:***@host:5000/#/experiments/7/runs/r1",
        ),
    ],
)
def test_no_password_of_the_store_is_printed(
    monkeypatch: pytest.MonkeyPatch, store: str, shown: str
) -> None:
    monkeypatch.setattr(mlflow, "get_tracking_uri", lambda: store)
    monkeypatch.setattr(mlflow, "get_registry_uri", lambda: store)
    lines = run_lines(RUN)
    assert shown in lines
    assert "hush-hush" not in lines
