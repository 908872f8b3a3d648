"""`scripts.evaluate` that is interrupted, killed, resumed and replayed, in real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import mlflow
import pytest
from PIL import Image

from ocr_model.commands import script
from tests.support.endpoint import Endpoint, completion

pytestmark = pytest.mark.integration

FORMS = 20


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Forms without labels, each of a width of its own."""
    for name in ("images", "annotations"):
        (tmp_path / "forms" / name).mkdir(parents=True)
    for n in range(FORMS):
        (tmp_path / f"forms/annotations/{n:02}.json").write_text(json.dumps({"form": []}))
        Image.new("RGB", (90 + n, 90), "white").save(tmp_path / f"forms/images/{n:02}.png")
    return tmp_path / "forms"


def command(dataset: Path, *arguments: str) -> list[str]:
    return ["--engine", "llm", "--llm", "test-llm", "--data", str(dataset), *arguments]


def start(dataset: Path, endpoint: Endpoint) -> subprocess.Popen[str]:
    # A shell starts what it puts in the background with Ctrl-C ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [sys.executable, "-m", "scripts.evaluate", *command(dataset)],
        env={**os.environ, **endpoint.environment},
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(requests: int, endpoint: Endpoint) -> None:
    gives_up_at = time.monotonic() + 90
    while len(endpoint.requests) < requests:
        assert time.monotonic() < gives_up_at
        time.sleep(0.005)


def slow(_: Any) -> Any:
    return completion('{"pairs": []}', delay_s=0.3)


def evaluate_again(
    dataset: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> dict[str, float]:
    for name, value in endpoint.environment.items():
        monkeypatch.setenv(name, value)
    script("evaluate", command(dataset, *arguments))
    run = mlflow.search_runs(output_format="list", order_by=["start_time DESC"])[0]
    metrics: dict[str, float] = run.data.metrics
    return metrics


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_in_flight_and_says_how_to_go_on(
    mlflow_store: str, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Endpoint(slow) as endpoint:
        process = start(dataset, endpoint)
        wait_for(10, endpoint)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
        assert process.returncode == 130
        assert f"finished are in {tmp_path / 'replies.sqlite'}" in told
        assert "Traceback" not in told
        sent = len(endpoint.requests)
        assert 10 <= sent < FORMS
        # Nothing was dropped: what had been sent was waited for and stored.
        metrics = evaluate_again(dataset, endpoint, monkeypatch)
        assert metrics["cached_pages"] == sent
        assert metrics["prompt_tokens"] == 1200 * (FORMS - sent)
        assert len(endpoint.requests) == FORMS


@pytest.mark.slow
def test_a_killed_evaluation_takes_its_reading_process_along_and_resumes(
    mlflow_store: str, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Endpoint(slow) as endpoint:
        process = start(dataset, endpoint)
        wait_for(10, endpoint)
        process.kill()
        process.communicate(timeout=60)
        time.sleep(1.0)
        sent = len(endpoint.requests)
        assert sent < FORMS
        metrics = evaluate_again(dataset, endpoint, monkeypatch)
        assert metrics["cached_pages"] == sent
        assert len(endpoint.requests) == FORMS
        assert metrics["outcome/empty"] == 1.0


@pytest.mark.slow
def test_an_evaluation_is_replayed_without_key_and_endpoint(
    mlflow_store: str, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache_path = tmp_path / "recorded.sqlite"
    with Endpoint(lambda _: completion('{"pairs": []}')) as endpoint:
        arguments = ("--n", "3", "--cache-path", str(cache_path))
        recorded = evaluate_again(dataset, endpoint, monkeypatch, *arguments)
        assert len(endpoint.requests) == 3
    for name in endpoint.environment:
        monkeypatch.delenv(name)
    arguments = ("--n", "4", "--cache-path", str(cache_path), "--cache", "replay")
    script("evaluate", command(dataset, *arguments))
    replayed = mlflow.search_runs(output_format="list", order_by=["start_time DESC"])[0]
    assert "cached_pages" not in recorded
    assert replayed.data.metrics["cached_pages"] == 3
    assert replayed.data.metrics["outcome/empty"] == 0.75
    assert replayed.data.metrics["outcome/endpoint_error"] == 0.25
    assert "prompt_tokens" not in replayed.data.metrics
