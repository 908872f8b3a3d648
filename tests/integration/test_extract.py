"""`scripts.extract` that is killed, resumed, given up and interrupted, in real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest
from PIL import Image

from ocr_model.config import parse_config
from ocr_model.lifecycle.registry import plan_version
from ocr_model.prompts import load_prompt, register_bundled_prompts
from tests.integration.conftest import CHECKOUT, Registered
from tests.support.endpoint import Endpoint, Reply, Seen, completion, error

pytestmark = pytest.mark.integration

PAGES = 90
# Sixteen pages a slot: a call is 32 documents.
SETTINGS = '{"concurrency": 2}'


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Pages of a width of their own, and in the middle one file that is no page."""
    (tmp_path / "scans").mkdir()
    for n in range(PAGES):
        Image.new("RGB", (90 + n, 90), "white").save(tmp_path / f"scans/{n:02}.png")
    (tmp_path / "scans/44.png").write_bytes(b"no page")
    return tmp_path / "scans"


@pytest.fixture
def champion(mlflow_store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    prompt = load_prompt(register_bundled_prompts()[1])
    settings = {"engine": "llm", "llm": "test-llm", "prompt_uri": prompt.uri, "timeout_s": 20}
    version = plan_version(parse_config({**settings, "image_format": "png"}), prompt).register()
    return f"models:/{version.name}/{version.version}"


def start(scans: Path, output: str, endpoint: Endpoint, *more: str) -> subprocess.Popen[str]:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = ["-m", "scripts.extract", "--input", "scans", "--output", output]
    return subprocess.Popen(
        [sys.executable, *command, "--settings", SETTINGS, *more],
        env={**os.environ, **endpoint.environment, "PYTHONPATH": str(CHECKOUT)},
        cwd=scans.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], exit_code: int) -> tuple[str, str]:
    said, told = process.communicate(timeout=120)
    assert process.returncode == exit_code, told
    assert "Traceback" not in told
    return said, told


def wait_for(requests: int, endpoint: Endpoint) -> None:
    gives_up_at = time.monotonic() + 90
    while len(endpoint.requests) < requests:
        assert time.monotonic() < gives_up_at
        time.sleep(0.005)


def widths_asked(endpoint: Endpoint) -> Counter[int]:
    return Counter(seen.image.width for seen in endpoint.requests)


def tells_its_width(seen: Seen) -> Reply:
    pairs = [{"key": "Width", "value": [str(seen.image.width)]}]
    return completion(json.dumps({"pairs": pairs}), delay_s=0.03)


def assert_right(records: list[dict[str, Any]]) -> None:
    assert [record["document_id"] for record in records] == [
        f"scans/{n:02}.png" for n in range(PAGES)
    ]
    for n, record in enumerate(records):
        if n == 44:
            assert (record["outcome"], dict(record["pairs"])) == ("bad_input", {})
        else:
            assert record["outcome"] == "ok"
            assert list(dict(record["pairs"])["Width"]) == [str(90 + n)]


def children_of(process: subprocess.Popen[str]) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(pid) for pid in listed.split()]


@pytest.mark.slow
def test_a_killed_batch_goes_on_and_pays_for_no_finished_page_twice(
    champion: str, scans: Path
) -> None:
    with Endpoint(tells_its_width) as endpoint:
        for asked in (20, 60):
            process = start(scans, "rows.parquet", endpoint)
            wait_for(asked, endpoint)
            [reading] = children_of(process)
            process.kill()
            os.kill(reading, signal.SIGKILL)
            process.communicate(timeout=60)
            assert not (scans.parent / "rows.parquet").exists()
        kept = (scans.parent / "rows.parquet.partial/rows.jsonl").read_bytes().count(b"\n")
        assert kept >= 32
        said, told = finish(start(scans, "rows.parquet", endpoint), 0)
        asked = widths_asked(endpoint)
    assert asked.keys() == {90 + n for n in range(PAGES)} - {90 + 44}
    # Two were in flight at each kill.
    assert asked.total() <= PAGES - 1 + 2 * 2
    assert f"{kept}/{PAGES}" in told
    assert "Documents  90 of 90: 89 ok, 1 bad_input" in said
    assert "Cost       unknown: no price in MLflow, or no tokens reported, for test-llm" in said
    assert_right(pd.read_parquet(scans.parent / "rows.parquet").to_dict("records"))
    assert not (scans.parent / "rows.parquet.partial").exists()


@pytest.mark.slow
def test_an_interrupted_batch_keeps_what_was_in_flight(champion: str, scans: Path) -> None:
    with Endpoint(tells_its_width) as endpoint:
        process = start(scans, "rows.jsonl", endpoint)
        wait_for(50, endpoint)
        process.send_signal(signal.SIGINT)
        _, told = finish(process, 130)
        assert "run the same command again to resume" in told
        finish(start(scans, "rows.jsonl", endpoint), 0)
        assert widths_asked(endpoint).total() == PAGES - 1
    lines = (scans.parent / "rows.jsonl").read_text("utf-8").splitlines()
    assert_right([json.loads(text) for text in lines])


@pytest.mark.slow
def test_a_batch_is_given_up_with_its_endpoint_and_goes_on_with_it(
    champion: str, scans: Path
) -> None:
    topped_up = False

    def answers(seen: Seen) -> Reply:
        if seen.image.width < 90 + 40 or topped_up:
            return tells_its_width(seen)
        return error(401, "Incorrect API key provided")

    with Endpoint(answers) as endpoint:
        _, told = finish(start(scans, "rows.jsonl", endpoint), 1)
        assert told.count("Check OPENAI_API_KEY.") == 1
        assert endpoint.base_url in told
        assert not (scans.parent / "rows.jsonl").exists()
        refused = len(endpoint.requests) - 40
        assert refused <= 2
        topped_up = True
        said, _ = finish(start(scans, "rows.jsonl", endpoint), 0)
        assert len(endpoint.requests) == PAGES - 1 + refused
    assert "89 ok, 1 bad_input" in said
    lines = (scans.parent / "rows.jsonl").read_text("utf-8").splitlines()
    assert_right([json.loads(text) for text in lines])


@pytest.mark.slow
def test_another_model_does_not_go_on_with_a_batch(champion: str, scans: Path) -> None:
    with Endpoint(lambda _: error(401, "Incorrect API key provided")) as endpoint:
        finish(start(scans, "rows.jsonl", endpoint), 1)
        prompt = load_prompt(register_bundled_prompts()[1])
        settings = {"engine": "llm", "llm": "other-llm", "prompt_uri": prompt.uri}
        version = plan_version(parse_config(settings), prompt).register()
        other = f"models:/{version.name}/{version.version}"
        _, told = finish(start(scans, "rows.jsonl", endpoint, "--model-uri", other), 2)
        assert f"model: began with '{champion}', got '{other}'" in told


def test_extract_entry_point_reads_with_the_champion(
    registered: Registered, tmp_path: Path
) -> None:
    command = ["mlflow", "run", str(CHECKOUT), "-e", "extract", "--env-manager", "local"]
    parameters = ["-P", "input=data/sample/images/[f-i]*.png", "-P", f"output={tmp_path}/r.parquet"]
    finished = subprocess.run(
        [*command, *parameters],
        env=registered.environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    rows = pd.read_parquet(tmp_path / "r.parquet")
    images = CHECKOUT / "data" / "sample" / "images"
    found = sorted(path.name for path in images.glob("[f-i]*.png"))
    assert [Path(name).name for name in rows["document_id"]] == found
    assert set(rows["outcome"]) == {"ok"}
    assert rows["trace_id"].isna().all()


@pytest.mark.slow
def test_no_trace_is_lost_where_pages_come_faster_than_they_are_stored(
    champion: str, tmp_path: Path
) -> None:
    # Left to itself, MLflow drops what comes when 1,000 tasks wait; a page is several.
    pages = 700
    (tmp_path / "scans").mkdir()
    for n in range(pages):
        Image.new("RGB", (90 + n, 90), "white").save(tmp_path / f"scans/{n:03}.png")
    with Endpoint(lambda _: completion('{"pairs": []}')) as endpoint:
        process = start(tmp_path / "scans", "rows.jsonl", endpoint, "--traces", "on")
        said, told = process.communicate(timeout=300)
    assert process.returncode == 0, told
    rows = pd.read_json(tmp_path / "rows.jsonl", lines=True)
    traces = mlflow.search_traces(return_type="list", max_results=10_000)
    assert {trace.info.trace_id for trace in traces} == set(rows["trace_id"])
    assert len(traces) == pages
    assert {len(trace.data.spans) for trace in traces} == {3}, said
