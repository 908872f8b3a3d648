"""`scripts.extract_spark` on real executors, of which one is killed; needs Java and `[spark]`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from ocr_model.config import parse_config
from ocr_model.lifecycle.registry import plan_version
from ocr_model.prompts import load_prompt, register_bundled_prompts
from tests.integration.conftest import CHECKOUT, Registered
from tests.support.endpoint import Endpoint, Reply, Seen, completion, error

HERE = find_spec("pyspark") is not None and bool(
    shutil.which("java") or os.environ.get("JAVA_HOME")
)
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        not HERE and "CI" not in os.environ, reason="no pyspark or no Java: SPARK NOT TESTED"
    ),
]

PAGES = 40
NO_PAGE, TOO_LARGE = 11, 22
LIMIT_BYTES = 50_000
OPERATIONAL = json.dumps({"concurrency": 2, "max_document_bytes": LIMIT_BYTES})
# Of a row, what two readings of the same page need not share.
OF_ONE_READING = ["document_id", "latency_ms", "trace_id"]


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Pages of a width of their own, a file that is no page, and one that is too large."""
    (tmp_path / "scans").mkdir()
    for n in range(PAGES):
        Image.new("RGB", (90 + n, 90), "white").save(tmp_path / f"scans/{n:02}.png")
    (tmp_path / f"scans/{NO_PAGE}.png").write_bytes(b"no page")
    (tmp_path / f"scans/{TOO_LARGE}.png").write_bytes(b"x" * (LIMIT_BYTES + 1))
    return tmp_path / "scans"


@pytest.fixture
def llm_model(mlflow_store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    prompt = load_prompt(register_bundled_prompts()[1])
    settings = {"engine": "llm", "llm": "test-llm", "prompt_uri": prompt.uri, "timeout_s": 60}
    version = plan_version(parse_config({**settings, "image_format": "png"}), prompt).register()
    return f"models:/{version.name}/{version.version}"


def start(module: str, folder: Path, endpoint: Endpoint, *arguments: str) -> subprocess.Popen[str]:
    own = {"PYTHONPATH": str(CHECKOUT), "SPARK_LOCAL_IP": "127.0.0.1"}
    return subprocess.Popen(
        [sys.executable, "-m", f"scripts.{module}", *arguments],
        env={**os.environ, **endpoint.environment, **own},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def start_spark(
    scans: Path, endpoint: Endpoint, model_uri: str, master: str
) -> subprocess.Popen[str]:
    given = ["--input", "scans", "--output", "rows", "--model-uri", model_uri]
    sizes = ["--per-task", "4", "--settings", OPERATIONAL, "--master", master]
    return start("extract_spark", scans.parent, endpoint, *given, *sizes)


def answers(seen: Seen) -> Reply:
    """Tells its width; a third of the pages is refused, which tells no tokens."""
    if seen.image.width % 3 == 0:
        return completion(None, refusal="I would rather not.", usage=None, delay_s=0.2)
    pairs = [{"key": "Width", "value": [str(seen.image.width)]}, {"key": "Date", "value": []}]
    return completion(json.dumps({"pairs": pairs}), delay_s=0.2)


def comparable(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows in the order of their documents, as plain values."""
    named = rows.assign(name=rows["document_id"].map(lambda name: Path(name).name))
    told = named.sort_values("name").drop(columns=OF_ONE_READING).to_json(orient="records")
    plain: list[dict[str, Any]] = json.loads(told)
    for row in plain:
        if isinstance(row["pairs"], list):  # a map of Parquet
            row["pairs"] = {key: list(values) for key, values in row["pairs"]}
    return plain


def descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *descendants(child)]
    return found


def an_executor_of(process: subprocess.Popen[str]) -> int:
    for pid in descendants(process.pid):
        if b"CoarseGrainedExecutorBackend" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    raise AssertionError("no executor is running")


@pytest.mark.slow
def test_rows_equal_those_of_pandas_though_an_executor_is_killed(
    llm_model: str, scans: Path
) -> None:
    with Endpoint(answers) as endpoint:
        process = start_spark(scans, endpoint, llm_model, "local-cluster[2,1,1024]")
        gives_up_at = time.monotonic() + 240
        while len(endpoint.requests) < 8:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < gives_up_at
            time.sleep(0.01)
        os.kill(an_executor_of(process), signal.SIGKILL)
        said, told = process.communicate(timeout=300)
        assert process.returncode == 0, told
        assert "LostExecutor" in told or "Lost executor" in told or "Lost task" in told
        asked = len(endpoint.requests)
        plain = start(
            "extract",
            scans.parent,
            endpoint,
            "--input",
            "scans",
            "--output",
            "rows.jsonl",
            "--model-uri",
            llm_model,
            "--settings",
            OPERATIONAL,
            "--cache",
            "off",
        )
        _, told = plain.communicate(timeout=120)
        assert plain.returncode == 0, told
    assert pd.read_parquet(scans.parent / "rows")["trace_id"].isna().all()
    by_pandas = comparable(pd.read_json(scans.parent / "rows.jsonl", lines=True))
    by_spark = comparable(pd.read_parquet(scans.parent / "rows"))
    assert by_spark[TOO_LARGE]["outcome"] == by_pandas[TOO_LARGE]["outcome"] == "too_large"
    # How many bytes it has is known to the one who opens it.
    by_spark[TOO_LARGE]["error"] = by_pandas[TOO_LARGE]["error"]
    assert by_spark == by_pandas
    assert {row["outcome"] for row in by_spark} == {"ok", "refused", "bad_input", "too_large"}
    assert {row["prompt_tokens"] for row in by_spark} == {1200, None}
    # A page more than once only where its task was lost: four documents a task, two slots.
    assert PAGES - 2 <= asked <= PAGES - 2 + 2 * 4
    assert "24 ok" in said


@pytest.mark.slow
def test_a_wrong_key_ends_in_rows_and_an_exit_code(llm_model: str, scans: Path) -> None:
    with Endpoint(lambda _: error(401, "Incorrect API key provided")) as endpoint:
        process = start_spark(scans, endpoint, llm_model, "local[1]")
        _, told = process.communicate(timeout=300)
    assert process.returncode == 1, told
    assert "the documents could not be read" in told
    assert "Check OPENAI_API_KEY." in told
    rows = pd.read_parquet(scans.parent / "rows")
    assert len(rows) == PAGES
    assert {"endpoint_error", "aborted"} <= set(rows["outcome"])
    assert set(rows["outcome"]) <= {"endpoint_error", "aborted", "bad_input", "too_large"}


COUNTING = """
import json, os, sys, time
from pathlib import Path
from ocr_model.lifecycle.registry import config_of_model
from ocr_model.commands.extract_spark import extract, set_sizes, start_session

def count(batches):
    import pandas as pd
    from mlflow.pyfunc.spark_model_cache import SparkModelCache
    for batch in batches:
        time.sleep(1.0)  # so that every process gets a share
        local = sys.modules.get("ocr_model.engines.local")
        built = local._word_reader.cache_info().misses if local else 0
        loaded = len(SparkModelCache._models)
        yield pd.DataFrame({"pid": [os.getpid()], "loaded": [loaded], "built": [built],
                            "tasks": [SparkModelCache._cache_hits + loaded],
                            "threads": [os.environ["OMP_NUM_THREADS"]],
                            "code": [local.__file__ if local else ""]})

uri, images, master = sys.argv[1:]
spark = start_session(master)
set_sizes(spark, 1, 1)
rows = extract(spark, images, uri, {"concurrency": 1}, config_of_model(uri)).collect()
columns = "pid long, loaded long, built long, tasks long, threads string, code string"
counts = spark.range(0, 8, 1, 8).mapInPandas(count, columns).collect()
spark.stop()
by_pid = {row.pid: row.asDict() for row in counts}
print(json.dumps({"outcomes": [row.outcome for row in rows], "workers": list(by_pid.values())}))
"""


@contextmanager
def standalone_cluster(folder: Path) -> Iterator[str]:
    """The URL of a master with one worker of two cores, both on loopback.

    MLflow takes a `local-cluster` for local Spark, and loads the model another way there.
    """
    package = find_spec("pyspark")
    assert package is not None
    assert package.origin is not None
    run = [str(Path(package.origin).parent / "bin" / "spark-class")]
    deploy = "org.apache.spark.deploy"
    own = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    url = f"spark://127.0.0.1:{port}"
    at = ["--host", "127.0.0.1", "--webui-port", "0"]
    master = [*run, f"{deploy}.master.Master", *at, "--port", port]
    worker = [*run, f"{deploy}.worker.Worker", *at, "--cores", "2", "--memory", "1g"]
    worker += ["--work-dir", str(folder / "work"), url]
    with (
        (folder / "cluster.log").open("w") as log,
        subprocess.Popen(master, env=own, stderr=log) as first,
        subprocess.Popen(worker, env=own, stderr=log) as second,
    ):
        try:
            yield url
        finally:
            second.terminate()
            first.terminate()


@pytest.mark.slow
def test_the_engine_is_built_once_per_process(registered: Registered, tmp_path: Path) -> None:
    images = tmp_path / "scans"
    images.mkdir()
    for name in ("fax_cover.png", "closing_notice.png"):
        page = Image.open(CHECKOUT / "data/sample/images" / name)
        for part in range(3):
            page.crop((0, 200 * part, 400, 200 * part + 200)).save(images / f"{part}_{name}")
    script = tmp_path / "counting.py"
    script.write_text(COUNTING)
    own = {"PYTHONPATH": str(CHECKOUT), "SPARK_LOCAL_IP": "127.0.0.1"}
    with standalone_cluster(tmp_path) as master:
        finished = subprocess.run(
            [sys.executable, str(script), registered.model_uri, str(images), master],
            env={**registered.environment, **own},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
    assert finished.returncode == 0, finished.stderr
    told = json.loads(finished.stdout.splitlines()[-1])
    assert len(told["outcomes"]) == 6
    assert set(told["outcomes"]) <= {"ok", "empty"}
    worked = [worker for worker in told["workers"] if worker["loaded"]]
    assert worked
    assert all(worker["built"] == worker["loaded"] == 1 for worker in worked)
    # The slots of a machine do not fight each other.
    assert {worker["threads"] for worker in worked} == {"1"}
    # All six tasks, and perhaps some of the empty branch of what is too large.
    assert sum(worker["tasks"] for worker in worked) >= 6
    # The code inside the model has run, not the checkout's.
    assert not any(worker["code"].startswith(str(CHECKOUT)) for worker in worked)
