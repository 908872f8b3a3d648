"""python -m scripts.bench batch [--documents 1000] [--latency 1] [--concurrency 32]

Documents through `scripts.extract` with an endpoint on loopback that answers after a fixed time,
cache on, every page another one. Efficiency is ideal time (pages x latency / in flight) over the
time from the first request to the last row; memory is that of the process that reads.
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow
from PIL import Image, ImageDraw

from ocr_model.bulk import Batch, BatchResult, extract_batch
from ocr_model.commands.cli import SAMPLE, quiet_mlflow, whole_number
from ocr_model.config import parse_config
from ocr_model.lifecycle import register_model_once
from ocr_model.prompts import load_prompt, register_bundled_prompts
from scripts.workshop.loopback import environment_of, served_from_a_process

_SUFFIXES = (".jsonl", ".parquet")


class Memory(threading.Thread):
    """Watches the memory of the one child of this process, and the file that it writes."""

    def __init__(self, rows: Path) -> None:
        super().__init__(daemon=True)
        self._rows, self._over = rows, threading.Event()
        self.samples: list[tuple[int, float]] = []  # bytes of rows written, MB
        self.first_row_s = 0.0

    def run(self) -> None:
        while not self._over.wait(0.1):
            written = self._rows.stat().st_size if self._rows.exists() else 0
            if written and not self.first_row_s:
                self.first_row_s = time.perf_counter()
            self.samples.append((written, _children_mb()))

    def stop(self) -> None:
        self._over.set()
        self.join()

    def peaks_mb(self) -> tuple[float, float]:
        """While the first quarter of the rows was written, and in all."""
        last = max(written for written, _ in self.samples)
        early = [mb for written, mb in self.samples if written <= last / 4]
        return max(early), max(mb for _, mb in self.samples)


def _children_mb() -> float:
    """Resident memory of the largest process started by this one's main thread."""
    pids = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return max((_resident_mb(pid) for pid in pids), default=0.0)


def _resident_mb(pid: str) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # it has just ended
        return 0.0
    sizes = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(sizes[0]) / 1024 if sizes else 0.0


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.bench batch", description=__doc__)
    parser.add_argument("--documents", type=whole_number, default=1000)
    parser.add_argument("--latency", type=float, default=1.0, help="seconds per completion")
    parser.add_argument("--concurrency", type=whole_number, default=32, help="pages in flight")
    args = parser.parse_args(argv)
    quiet_mlflow()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    with tempfile.TemporaryDirectory() as name, served_from_a_process(args.latency) as base_url:
        folder = Path(name)
        draw_documents(folder / "scans", args.documents)
        with environment_of(base_url), store_in(folder):
            model_uri = llm_model()
            for suffix in _SUFFIXES:
                batch = Batch(
                    model_uri,
                    str(folder / "scans"),
                    folder / f"rows{suffix}",
                    {
                        "concurrency": args.concurrency,
                        "cache": "read-write",
                        "cache_path": str(folder / f"replies{suffix}.sqlite"),
                    },
                )
                print(_measured(batch, args.latency, args.concurrency))
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    return 0


def _measured(batch: Batch, latency_s: float, concurrency: int) -> str:
    memory = Memory(Path(f"{batch.output}.partial") / "rows.jsonl")
    started = time.perf_counter()
    memory.start()
    result = extract_batch(batch)
    ended = time.perf_counter()
    memory.stop()
    _check(result)
    # The rows of a call come together; the first of them was asked for one call earlier.
    call_s = latency_s * min(16, -(-result.documents // concurrency))
    reading_s = ended - memory.first_row_s + call_s
    ideal_s = result.documents * latency_s / concurrency
    early, whole = memory.peaks_mb()
    return (
        f"{batch.output.suffix}: {result.documents:,} documents in {ended - started:.1f} s, "
        f"{result.documents / reading_s:.1f} a second once reading "
        f"(efficiency {ideal_s / reading_s:.2f}), "
        f"{batch.output.stat().st_size / 1e6:.1f} MB of rows\n"
        f"  memory of the reading process: {early:.0f} MB in the first quarter, {whole:.0f} MB in "
        f"all; cost {result.summary.cost_usd:.4f} dollars"
    )


def _check(result: BatchResult) -> None:
    if result.stopped is not None or result.summary.outcomes != {"ok": result.documents}:
        raise SystemExit(f"Expected every document to be read, got {result}.")


def draw_documents(folder: Path, count: int) -> None:
    """The pages of the sample, each with a number of its own, so that no two are the same."""
    folder.mkdir()
    pages = [Image.open(path).convert("RGB") for path in sorted((SAMPLE / "images").iterdir())]
    for number in range(count):
        page = pages[number % len(pages)].copy()
        ImageDraw.Draw(page).text((20, 20), f"No. {number}", fill="black")
        data = io.BytesIO()
        page.save(data, format="JPEG", quality=60)
        (folder / f"{number:07}.jpg").write_bytes(data.getvalue())


def llm_model() -> str:
    """A registered model that reads with an LLM whose price MLflow knows."""
    prompt = load_prompt(register_bundled_prompts()[1])
    version = register_model_once(
        parse_config({"engine": "llm", "llm": "gpt-6-luna", "prompt_uri": prompt.uri}), prompt
    )
    return f"models:/{version.name}/{version.version}"


@contextmanager
def store_in(folder: Path) -> Iterator[str]:
    """A database of this measurement alone."""
    before = mlflow.get_tracking_uri()
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    mlflow.set_tracking_uri(uri)
    experiment = mlflow.create_experiment("bench", artifact_location=str(folder / "artifacts"))
    mlflow.set_experiment(experiment_id=experiment)
    try:
        yield uri
    finally:
        mlflow.set_tracking_uri(before)
