"""python -m scripts.bench llm [--latency 1] [--store URI] [--quick]

The way to an endpoint and back: a loopback endpoint in a process of its own answers after a fixed
time; decoding and JPEG are included. Efficiency is ideal time (pages x latency / in flight) over
wall time. In the same run: a loop of one page after another with the bare client, and
`mlflow.genai.evaluate` with a `predict_fn`.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

import mlflow
import openai
from mlflow.genai.scorers import scorer

from ocr_model.commands.cli import quiet_mlflow
from ocr_model.documents import encode_page
from ocr_model.engines.llm import Dialect, SentPage, build_request
from ocr_model.extraction import Document, Extractor
from ocr_model.isolated import TRACE_EXPORT
from ocr_model.schema import Outcome
from scripts.workshop.bench.common import PROMPT, config, machine, pages_of, sample_files
from scripts.workshop.loopback import endpoint_in_a_process
from scripts.workshop.model_server import memory_mb
from scripts.workshop.throwaway_model import throwaway_store

# Efficiency that is asked for at a latency of 1 s, by pages in flight: tracing off, and on.
TARGETS = {8: (0.95, 0.95), 32: (0.85, 0.90)}
_BATCH = 100  # pages per call while memory is watched


@dataclass(frozen=True, slots=True)
class Measured:
    """One arm. `in_flight` is None where MLflow decides."""

    name: str
    pages: int
    seconds: float
    cpu_s: float
    in_flight: int | None

    def line(self, latency_s: float, naive: Measured) -> str:
        ratio = self.pages / self.seconds / (naive.pages / naive.seconds)
        share = "" if self.in_flight is None else f"{self._efficiency(latency_s):.3f}"
        cpu_ms = 1000 * self.cpu_s / self.pages
        return (
            f"{self.name:<46}{self.pages:>6}{self.pages / self.seconds:>9.2f}{ratio:>8.2f}"
            f"{share:>12}{cpu_ms:>10.1f}"
        )

    def _efficiency(self, latency_s: float) -> float:
        return self.pages * latency_s / (self.in_flight or 1) / self.seconds


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=1.0, help="seconds per completion")
    parser.add_argument(
        "--store", metavar="URI", help="database or server for the traces; default: SQLite"
    )
    parser.add_argument(
        "--quick", action="store_true", help="few pages, for CI; no figures to keep"
    )
    args = parser.parse_args(argv)
    quiet_mlflow()
    # As `extract` and `evaluate` store; MLflow reads them at its first trace.
    os.environ.update({**TRACE_EXPORT, **os.environ})
    files = sample_files()
    print(f"{machine()} at the start, latency {args.latency:g} s")
    with endpoint_in_a_process(0.0), _tracing(on=False):
        print(_memory(files, *((20, 60) if args.quick else (200, 2000))))
    with endpoint_in_a_process(args.latency), throwaway_store(args.store):
        arms = _arms(files, waves=2 if args.quick else 20)
    heads = ("pages", "pages/s", "ratio", "efficiency", "CPU ms")
    print("\n{:<46}{:>6}{:>9}{:>8}{:>12}{:>10}".format("", *heads))
    print("\n".join(arm.line(args.latency, arms[0]) for arm in arms))
    targets = ", ".join(
        f"{off:.2f} ({on:.2f} with traces) at {flying}" for flying, (off, on) in TARGETS.items()
    )
    print(f"\ntargets at 1 s: {targets}; {machine()} at the end")
    return 0


def _arms(files: list[bytes], waves: int) -> list[Measured]:
    """All arms, the naive loop first. `waves` is how many times all places are filled."""
    arms = [_measured("bare client, one page after another", 1, waves, _naive(files))]
    for traced in (False, True):
        for in_flight in TARGETS:
            name = f"model, {in_flight} in flight, tracing {'on' if traced else 'off'}"
            with _tracing(on=traced):
                run = _extracting(files, in_flight, traced=traced)
                before = _traces()
                arms.append(_measured(name, in_flight, in_flight * waves, run))
            due = in_flight * (waves + 1) if traced else 0
            if (stored := _traces() - before) != due:
                raise SystemExit(f"Expected {due} traces to be stored, got {stored}.")
    with _tracing(on=True):
        name = "mlflow.genai.evaluate with predict_fn"
        arms.append(_measured(name, None, 2 * waves, _evaluating(files)))
    return arms


def _traces() -> int:
    """How many the experiment holds."""
    return len(mlflow.search_traces(include_spans=False, return_type="list", max_results=100_000))


def _measured(
    name: str, in_flight: int | None, pages: int, run: Callable[[int], object]
) -> Measured:
    run(in_flight or 1)  # connections, imports and, for traces, the database
    started, cpu = time.perf_counter(), time.process_time()
    run(pages)
    return Measured(
        name, pages, time.perf_counter() - started, time.process_time() - cpu, in_flight
    )


def _extractor(in_flight: int) -> Extractor:
    return Extractor(config(engine="llm", concurrency=in_flight), PROMPT)


def _extracting(files: list[bytes], in_flight: int, *, traced: bool) -> Callable[[int], object]:
    extractor = _extractor(in_flight)

    def run(pages: int) -> None:
        rows = extractor.extract_many([Document(data) for data in islice(cycle(files), pages)])
        if traced:
            # Without `terminate`, MLflow waits another second for its idle queue.
            mlflow.flush_trace_async_logging(terminate=True)
            mlflow.tracing.reset()  # type: ignore[no-untyped-call]
        if wrong := [row.error for row in rows if row.outcome is not Outcome.OK]:
            raise SystemExit(f"{len(wrong)} of {pages} pages were not read: {wrong[0]}")

    return run


def _naive(files: list[bytes]) -> Callable[[int], object]:
    """What a notebook does: decode, encode, ask, next."""
    client = openai.OpenAI()
    settings = config(engine="llm")

    def run(pages: int) -> None:
        for data in islice(cycle(files), pages):
            [page] = pages_of(data)
            sent = encode_page(
                page.image, settings.image_longest_side, "jpeg", settings.image_quality
            )
            request: Any = build_request(
                settings, PROMPT.messages, SentPage((sent,)), Dialect("json_schema")
            )
            client.chat.completions.create(**request)

    return run


def _evaluating(files: list[bytes]) -> Callable[[int], object]:
    extractor = _extractor(8)

    @scorer
    def answered(outputs: dict[str, Any]) -> bool:
        return bool(outputs)

    def run(pages: int) -> None:
        data = [{"inputs": {"index": index}} for index in range(pages)]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            mlflow.genai.evaluate(
                data=data,
                scorers=[answered],
                predict_fn=lambda index: (
                    extractor.extract(Document(files[index % len(files)])).pairs
                ),
            )

    return run


def _memory(files: list[bytes], early: int, late: int) -> str:
    """Peak memory after few and after many pages, as fast as they go."""
    extractor = _extractor(8)
    peaks = []
    for pages in (early, late - early):
        documents = [Document(data) for data in islice(cycle(files), pages)]
        for start in range(0, pages, _BATCH):
            extractor.extract_many(documents[start : start + _BATCH])
        peaks.append(memory_mb(peak=True))
    return (
        f"peak memory: {peaks[0]:,.0f} MB after {early:,} pages, {peaks[1]:,.0f} MB after {late:,} "
        f"(grown by {peaks[1] - peaks[0]:.0f} MB; at most 50 are allowed)"
    )


@contextmanager
def _tracing(*, on: bool) -> Iterator[None]:
    if not on:
        mlflow.tracing.disable()
    try:
        yield
    finally:
        mlflow.tracing.enable()
