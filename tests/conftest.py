"""Fixtures every test may use: no network but loopback, an MLflow store of one's own, a form."""

from __future__ import annotations

import base64
import io
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_ENABLE_ASYNC_TRACE_LOGGING"] = "false"

import mlflow
import pandas as pd
import pytest
from PIL import Image, ImageDraw, ImageFont


def pytest_configure(config: pytest.Config) -> None:
    """MLflow 3.17 does what pandas 3 warns of; pandas 2 does not know that kind of warning."""
    if hasattr(pd.errors, "Pandas4Warning"):
        config.addinivalue_line("filterwarnings", "ignore::pandas.errors.Pandas4Warning:mlflow")
    if (main := sys.modules["__main__"]).__spec__ is None and not hasattr(main, "__file__"):
        # PySpark 4.3 takes a worker of pytest-xdist for its own doctests, and leaves.
        main.__file__ = __file__


_connect = socket.socket.connect


def _connect_on_this_machine(self: socket.socket, address: object) -> None:
    host = address[0] if isinstance(address, tuple) else None
    if host is not None and host not in ("127.0.0.1", "::1", "localhost"):
        raise AssertionError(f"a test tried to reach {address!r}")
    _connect(self, address)  # type: ignore[arg-type]


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    socket.socket.connect = _connect_on_this_machine  # type: ignore[method-assign,assignment]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _no_settings_of_the_host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither its endpoint and key, nor its recorded replies."""
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "OCR_MODEL_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OCR_MODEL_CACHE_PATH", str(tmp_path / "replies.sqlite"))


@pytest.fixture(scope="session")
def _empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow's migrations take seconds; they run once and the file is copied."""
    database = tmp_path_factory.mktemp("store") / "mlflow.db"
    mlflow.set_tracking_uri(f"sqlite:///{database}")
    mlflow.search_experiments()
    return database


@pytest.fixture
def mlflow_store(
    _empty_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A tracking URI of this test alone, set as the current one, with an experiment of its own."""
    database = tmp_path / "mlflow.db"
    shutil.copy(_empty_store, database)
    uri = f"sqlite:///{database}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    mlflow.set_tracking_uri(uri)
    experiment = mlflow.create_experiment("test", artifact_location=str(tmp_path / "artifacts"))
    mlflow.set_experiment(experiment_id=experiment)
    yield uri
    while mlflow.active_run() is not None:
        mlflow.end_run()
    # A model that a test made the active one is in no other test's store.
    mlflow.clear_active_model()
    mlflow.set_tracking_uri(None)


@pytest.fixture
def form_image() -> Image.Image:
    """A small form, drawn: two questions with an answer each."""
    page = Image.new("RGB", (600, 240), "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(size=24)
    pen.text((40, 40), "Name:", fill="black", font=font)
    pen.text((220, 40), "Ann Berg", fill="black", font=font)
    pen.text((40, 120), "Date:", fill="black", font=font)
    pen.text((220, 120), "14 May 2024", fill="black", font=font)
    return page


@pytest.fixture
def form_png(form_image: Image.Image) -> bytes:
    return png_bytes(form_image)


def png_bytes(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()


def as_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
