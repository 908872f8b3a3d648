"""python -m scripts.bench batch [--documents 1000] [--latency 1] [--concurrency 32]

Documents through `scripts.extract` with an endpoint on loopback that answers after a fixed time,
cache on, every page another one. Efficiency is ideal time (pages x latency / in flight) over the
time from the first request to the last row; memory is that of the process that reads.
"""

from __future__ import annotations

import argparse
import io
import math
import os
import threading
import time
from pathlib import Path

from PIL import Image, ImageDraw

from ocr_model.bulk import Batch, BatchResult, extract_batch
from ocr_model.commands.cli import SAMPLE, quiet_mlflow, whole_number
from scripts.workshop.bench.common import machine
from scripts.workshop.loopback import endpoint_in_a_process
from scripts.workshop.model_server import memory_mb
from scripts.workshop.throwaway_model import throwaway_model

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
    found = [memory_mb(int(pid)) for pid in pids]
    return max((mb for mb in found if not math.isnan(mb)), default=0.0)  # nan: it has just ended


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.bench batch", description=__doc__)
    parser.add_argument("--documents", type=whole_number, default=1000)
    parser.add_argument("--latency", type=float, default=1.0, help="seconds per completion")
    parser.add_argument("--concurrency", type=whole_number, default=32, help="pages in flight")
    args = parser.parse_args(argv)
    quiet_mlflow()
    print(f"{machine()} at the start")
    with (
        endpoint_in_a_process(args.latency),
        # An LLM whose price MLflow knows.
        throwaway_model(engine="llm", llm="gpt-6-luna") as model,
    ):
        scans = model.folder / "scans"
        draw_documents(scans, args.documents)
        for suffix in _SUFFIXES:
            settings = {
                "concurrency": args.concurrency,
                "cache": "read-write",
                "cache_path": str(model.folder / f"replies{suffix}.sqlite"),
            }
            rows = model.folder / f"rows{suffix}"
            batch = Batch(model.model_uri, str(scans), rows, settings)
            print(_measured(batch, args.latency, args.concurrency))
    print(f"{machine()} at the end")
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
