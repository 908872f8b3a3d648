"""python -m scripts.bench spark [--documents 40] [--latency 1]

The same documents on local[1] and local[2] through `scripts.extract_spark`: the embedded engine,
one page at a time in each task slot, and an LLM's endpoint on loopback that answers after a fixed
time, four pages in flight in each. A run before each measured one starts the workers and loads the
model. Every arm is a session of its own, in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ocr_model.commands.cli import quiet_mlflow, whole_number
from ocr_model.config import parse_config
from ocr_model.lifecycle import config_of_model, register_model_once
from ocr_model.prompts import load_prompt, register_bundled_prompts
from scripts.workshop.bench.batch import draw_documents, llm_model, store_in
from scripts.workshop.loopback import environment_of, served_from_a_process

_IN_FLIGHT = 4


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.bench spark", description=__doc__)
    parser.add_argument("--documents", type=whole_number, default=40)
    parser.add_argument("--latency", type=float, default=1.0, help="seconds per completion")
    parser.add_argument("--arm", nargs=4, help=argparse.SUPPRESS)  # of the process of one arm
    args = parser.parse_args(argv)
    quiet_mlflow()
    if args.arm:
        return _run_arm(*args.arm)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    with tempfile.TemporaryDirectory() as name, served_from_a_process(args.latency) as base_url:
        folder = Path(name)
        draw_documents(folder / "scans", args.documents)
        with environment_of(base_url), store_in(folder) as tracking_uri:
            arms = {
                "embedded engine": (_local_model(), {"concurrency": 1}),
                f"LLM, {_IN_FLIGHT} in flight a slot": (llm_model(), {"concurrency": _IN_FLIGHT}),
            }
            for arm, (model_uri, settings) in arms.items():
                seconds = [
                    _measured(tracking_uri, model_uri, folder / "scans", settings, cores)
                    for cores in (1, 2)
                ]
                print(_line(arm, args.documents, seconds))
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    return 0


def _line(arm: str, documents: int, seconds: list[float]) -> str:
    speeds = " and ".join(f"{documents / taken:.2f}" for taken in seconds)
    ratio = seconds[0] / seconds[1]
    return f"{arm:<26} {speeds} documents a second on 1 and 2 cores: {ratio:.2f} times as fast"


def _local_model() -> str:
    prompt = load_prompt(register_bundled_prompts()[1])
    version = register_model_once(parse_config({"prompt_uri": prompt.uri}), prompt)
    return f"models:/{version.name}/{version.version}"


def _measured(
    tracking_uri: str, model_uri: str, scans: Path, settings: dict[str, int], cores: int
) -> float:
    own = {"MLFLOW_TRACKING_URI": tracking_uri, "SPARK_LOCAL_IP": "127.0.0.1"}
    arm = [model_uri, str(scans), json.dumps(settings), f"local[{cores}]"]
    finished = subprocess.run(  # noqa: S603 - this very module
        [sys.executable, "-m", "scripts.workshop.bench", "spark", "--arm", *arm],
        env={**os.environ, **own},
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(finished.stdout.splitlines()[-1])


def _run_arm(model_uri: str, scans: str, settings: str, master: str) -> int:
    """Print the seconds of the second of two runs."""
    # Spark is an extra, and only this process needs it.
    from ocr_model.commands.extract_spark import extract, set_sizes, start_session

    spark = start_session(master)
    set_sizes(spark, per_task=8, per_batch=8)
    rows = extract(spark, scans, model_uri, json.loads(settings), config_of_model(model_uri))
    seconds = 0.0
    for _ in range(2):
        started = time.perf_counter()
        outcomes = {row["outcome"] for row in rows.select("outcome").collect()}
        seconds = time.perf_counter() - started
        if not outcomes <= {"ok", "empty"}:
            raise SystemExit(f"Expected every document to be read, got {outcomes}.")
    spark.stop()
    print(seconds)
    return 0
