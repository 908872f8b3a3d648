"""python -m tests.earlier.make_fixture

Let the code of commit a181a38 fill a store, a cache and two batches, and pack them as
`a181a38.tar.xz`. Was run once, in a checkout of a181a38 to which only this folder had been added,
with what `pip install -e ".[dev]"` had installed there on Python 3.11 (MLflow 3.17.2, Pillow 13):

    python3 -m venv .venv && . .venv/bin/activate && pip install -e ".[dev]"
    python -m tests.earlier.make_fixture

Any later checkout will do, as long as those requirements are met: what runs is taken out of the
repository by `git archive a181a38`.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import mlflow
from PIL import Image

from tests.earlier.store import ADDRESS, ARCHIVE, CACHE, COMMIT, PREFIX, STORE, replace_text
from tests.support.endpoint import Endpoint, Reply, Seen, completion

_ROOT = Path(PREFIX)
_CHECKOUT = _ROOT / "checkout"
_REPOSITORY = Path(__file__).parents[2]

# Forms of the sample of which every one has a width of its own.
_FORMS = ("fax_cover", "insurance_claim", "memorandum", "price_quotation")
_SCANS = 20
_NARROWEST_SCAN = 90
# A call of `extract` with one page in flight; its rows are written when it ends.
_PAGES_A_CALL = 16
_IN_THE_CACHE_ONLY = 2

_RULES = r"""# Business rules, as docs/scorers.md has them.
fields:
  - question: "To:"
    required: true
    pattern: '.*[A-Z]\..*|[A-Z].*'
  - question: "Date:"
    type: date
    formats: ["%m/%d/%y"]
  - question: "Fax:"
    pattern: '555-\d{4}'
  - question: "Pages:"
    type: number
"""


def main() -> int:
    _ROOT.mkdir()
    _take_the_code()
    _lay_out_forms()
    (_ROOT / "rules.yaml").write_text(_RULES, encoding="utf-8")
    with Endpoint(_reads_right) as endpoint:
        environment = _environment(endpoint)
        _make_experiment(environment)
        _fill_store(environment)
        _begin_batches(environment, endpoint)
        replace_text(_ROOT / CACHE, endpoint.base_url, ADDRESS)
    _drop_pictures()
    for name in (STORE, CACHE):
        with contextlib.closing(sqlite3.connect(_ROOT / name)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _pack()
    shutil.rmtree(_ROOT)
    print(f"{ARCHIVE}: {ARCHIVE.stat().st_size:,} bytes")
    return 0


def _take_the_code() -> None:
    tar = subprocess.run(
        ["git", "archive", COMMIT], cwd=_REPOSITORY, check=True, capture_output=True
    ).stdout
    _CHECKOUT.mkdir()
    subprocess.run(["tar", "-x"], cwd=_CHECKOUT, check=True, input=tar)


def _lay_out_forms() -> None:
    for name in _FORMS:
        for file in (f"images/{name}.png", f"annotations/{name}.json"):
            (_ROOT / "forms" / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(_CHECKOUT / "data/sample" / file, _ROOT / "forms" / file)
    (_ROOT / "scans").mkdir()
    for n in range(_SCANS):
        page = Image.new("RGB", (_NARROWEST_SCAN + n, 90), "white")
        page.save(_ROOT / "scans" / f"{n:02}.png")


def _environment(endpoint: Endpoint) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OPENAI_", "OCR_MODEL_", "MLFLOW_"))
    }
    return {
        **kept,
        **endpoint.environment,
        "LOGNAME": "user",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_EXPERIMENT_NAME": "forms",
        "MLFLOW_TRACKING_URI": f"sqlite:///{_ROOT / STORE}",
        "OCR_MODEL_CACHE_PATH": str(_ROOT / CACHE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(_CHECKOUT),
    }


def _make_experiment(environment: dict[str, str]) -> None:
    """In a process of its own: MLflow notes its working folder for the default experiment."""
    command = [sys.executable, "-m", "mlflow", "experiments", "create", "-n", "forms"]
    subprocess.run(
        [*command, "-l", str(_ROOT / "artifacts")], env=environment, cwd=_ROOT, check=True
    )
    mlflow.set_tracking_uri(environment["MLFLOW_TRACKING_URI"])


def _fill_store(environment: dict[str, str]) -> None:
    """Version 1 reads by itself, version 2 asks an LLM and takes its place."""
    few = ("--data", "forms", "--rules", "rules.yaml", "--trace-images", "none")
    _run(environment, "evaluate", *few)
    llm = ("--engine", "llm", "--llm", "test-llm", "--grounding", "off")
    _run(environment, "evaluate", *few, *llm, "--prompt-uri", "prompts:/ocr-question-answer/2")
    judged = ("--model-uri", "models:/ocr-extractor/2", "--min-pages", str(len(_FORMS)))
    _run(environment, "promote", *judged, "--trace-images", "none")
    [first] = mlflow.search_runs(
        experiment_names=["forms"],
        filter_string="params.evaluated_model_uri = 'models:/ocr-extractor/1' "
        "and params.data = 'forms'",
        output_format="list",
    )
    mlflow.artifacts.download_artifacts(
        run_id=first.info.run_id, artifact_path="confidence_calibration.json", dst_path=str(_ROOT)
    )


def _begin_batches(environment: dict[str, str], endpoint: Endpoint) -> None:
    """One that asks an LLM, with pages in the cache that have no row yet; one that does not."""
    asked = len(endpoint.requests) + _PAGES_A_CALL + _IN_THE_CACHE_ONLY
    _run_until(
        environment,
        lambda: len(endpoint.requests) > asked,
        *("--input", "scans", "--output", "rows.parquet", "--settings", '{"concurrency": 1}'),
    )
    rows = _ROOT / "rows.jsonl.partial/rows.jsonl"
    _run_until(
        environment,
        lambda: rows.exists() and rows.read_bytes().count(b"\n") >= 2,
        *("--input", "forms/images", "--output", "rows.jsonl", "--settings", '{"concurrency": 1}'),
        *("--model-uri", "models:/ocr-extractor/1"),
    )


def _reads_right(seen: Seen) -> Reply:
    """The pairs of a form as they are annotated; of a scan, its width. Slow enough to be killed."""
    for name in _FORMS:
        with Image.open(_ROOT / "forms/images" / f"{name}.png") as page:
            if page.size == seen.image.size:
                return completion(json.dumps({"pairs": _annotated_pairs(name)}))
    pairs = [{"key": "Width", "value": [str(seen.image.width)]}]
    return completion(json.dumps({"pairs": pairs}), delay_s=0.1)


def _annotated_pairs(name: str) -> list[dict[str, object]]:
    items = json.loads((_ROOT / "forms/annotations" / f"{name}.json").read_text("utf-8"))["form"]
    texts = {item["id"]: item["text"] for item in items}
    return [
        {
            "key": item["text"],
            "value": [
                texts[answer] for question, answer in item["linking"] if question == item["id"]
            ],
        }
        for item in items
        if item["label"] == "question"
    ]


def _run(environment: dict[str, str], verb: str, *arguments: str) -> None:
    command = [sys.executable, "-m", f"scripts.{verb}", *arguments]
    subprocess.run(command, cwd=_ROOT, env=environment, check=True)


def _run_until(environment: dict[str, str], reached: Callable[[], bool], *arguments: str) -> None:
    """Begin `extract` and kill it, and the process that reads for it, with SIGKILL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.extract", *arguments], cwd=_ROOT, env=environment
    )
    while not reached():
        if process.poll() is not None:
            raise RuntimeError(f"expected to kill {arguments}, but it ended by itself")
        time.sleep(0.005)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    for child in children:
        os.kill(int(child), 9)
    process.wait()


def _drop_pictures() -> None:
    """What is only looked at by people."""
    for report in (_ROOT / "artifacts").rglob("report.html"):
        report.unlink()
    for charts in (_ROOT / "artifacts").glob("*/artifacts/charts"):
        shutil.rmtree(charts)


def _pack() -> None:
    def nobody_s(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        return member

    with tarfile.open(ARCHIVE, "w:xz", preset=9) as archive:
        for path in sorted(_ROOT.iterdir()):
            if path != _CHECKOUT:
                archive.add(path, path.name, filter=nobody_s)


if __name__ == "__main__":
    sys.exit(main())
