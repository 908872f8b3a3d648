"""The store of a command: what cannot be used is told in a sentence, before anything else."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient

from ocr_model.errors import ConfigError
from ocr_model.lifecycle.store import hold_store, open_store


def use(uri: str) -> None:
    mlflow.set_tracking_uri(uri)


def test_a_store_that_is_there_is_opened_and_left_as_it_is(mlflow_store: str) -> None:
    before = [dict(experiment) for experiment in MlflowClient().search_experiments()]
    open_store()
    assert [dict(experiment) for experiment in MlflowClient().search_experiments()] == before


def test_a_file_where_the_folder_would_be_is_told(mlflow_store: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    use(f"sqlite:///{tmp_path}/a/b/mlflow.db")
    started = time.monotonic()
    with pytest.raises(ConfigError, match=r"local MLflow store at .*/a/b.*MLFLOW_TRACKING_URI"):
        open_store()
    assert time.monotonic() - started < 5


def test_a_file_that_is_no_database_is_told_and_not_changed(
    mlflow_store: str, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("These are notes and no database. " * 99)
    use(f"sqlite:///{tmp_path}/notes.txt")
    with pytest.raises(ConfigError, match="file is not a database"):
        open_store()
    assert (tmp_path / "notes.txt").read_text().startswith("These are notes")


def test_a_database_that_may_only_be_read_will_do_for_reading(
    mlflow_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def read_only(file: object, **options: object) -> sqlite3.Connection:
        return connect(f"file:{file}?mode=ro", uri=True, **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr("ocr_model.lifecycle.store.sqlite3.connect", read_only)
    open_store(writes=False, logs=False)
    with pytest.raises(ConfigError, match="readonly"):
        open_store()


def test_reading_makes_no_store(mlflow_store: str, tmp_path: Path) -> None:
    use(f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(ConfigError, match=r"got no such file. Set MLFLOW_TRACKING_URI"):
        open_store(writes=False)
    assert not (tmp_path / "none.db").exists()


def test_a_server_that_is_not_there_is_told_within_seconds_and_without_the_password(
    mlflow_store: str,
) -> None:
    use("http://ann:pass-5150@127.0.0.1:9")
    started = time.monotonic()
    with pytest.raises(ConfigError, match=r"to answer, got: .*Check MLFLOW_TRACKING_URI") as caught:
        open_store()
    assert time.monotonic() - started < 30
    assert "pass-5150" not in str(caught.value)
    assert "ann:***@127.0.0.1:9" in str(caught.value)


def test_a_driver_that_is_not_installed_is_told(mlflow_store: str) -> None:
    use("mssql+pymssql://ann:pass-5150@127.0.0.1:9/db")
    with pytest.raises(ConfigError, match="to answer, got: ") as caught:
        open_store()
    assert "pass-5150" not in str(caught.value)


def test_a_deleted_experiment_is_told_where_something_is_logged(mlflow_store: str) -> None:
    gone = mlflow.set_experiment("gone")
    MlflowClient().delete_experiment(gone.experiment_id)
    open_store(logs=False)
    with pytest.raises(ConfigError, match=f"restore --experiment-id {gone.experiment_id}"):
        open_store()


def test_who_registers_waits_for_who_does(mlflow_store: str) -> None:
    came: list[str] = []

    def second() -> None:
        with hold_store():
            came.append("second")

    with hold_store():
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.2)
        came.append("first")
    waiting.join()
    assert came == ["first", "second"]


def test_holding_leaves_no_file_behind(tmp_path: Path, mlflow_store: str) -> None:
    use(f"sqlite:///{tmp_path}/new/mlflow.db")
    with hold_store():
        pass
    assert list((tmp_path / "new").iterdir()) == []
