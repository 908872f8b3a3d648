"""Memory of an engine in a process of its own: when it is loaded, after many pages, at its peak."""

from __future__ import annotations

import multiprocessing
import resource
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import mlflow

from ocr_model.documents import decode_pages
from ocr_model.engines.local import LocalEngine
from ocr_model.schema import Page

MAX_PAGE_PIXELS = 50_000_000


class MemoryUse(NamedTuple):
    """Resident megabytes."""

    loaded_mb: float
    after_mb: float
    peak_mb: float


def measure_memory(
    build: Callable[[], LocalEngine], files: Sequence[bytes], at_once: int, pages: int
) -> MemoryUse:
    """Read so many pages, taking the files in turn, in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_read_in_this_process, build, files, at_once, pages).result()


def first_page(data: bytes) -> Page:
    return decode_pages(data, max_bytes=len(data), max_page_pixels=MAX_PAGE_PIXELS)[0]


def _read_in_this_process(
    build: Callable[[], LocalEngine], files: Sequence[bytes], at_once: int, pages: int
) -> MemoryUse:
    mlflow.tracing.disable()
    engine = build()
    loaded_mb = resident_mb()
    with ThreadPoolExecutor(at_once) as pool:
        for _ in pool.map(
            lambda data: engine.read_page(first_page(data)), islice(cycle(files), pages)
        ):
            pass
    return MemoryUse(loaded_mb, resident_mb(), peak_mb())


def resident_mb() -> float:
    """Linux only; elsewhere the peak so far stands in for it."""
    return _from_kernel("VmRSS:") or _used_at_most_mb()


def peak_mb() -> float:
    """On Linux not from `getrusage`, where a process begins with the peak of the one before it."""
    return _from_kernel("VmHWM:") or _used_at_most_mb()


def _from_kernel(field: str) -> float | None:
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024


def _used_at_most_mb() -> float:
    """macOS counts in bytes, others in kilobytes."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
