"""python -m scripts.bench [--data FOLDER] [--n 20]

Speed of the embedded engine, each line as a ratio to the one named baseline (the OCR alone, one
page after another). The arms take turns: machines drift, ratios hold. Then the memory of each in a
process of its own, and what the answers are worth. With the extra `bench`, Tesseract and the same
linking too.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache
from itertools import cycle, islice
from multiprocessing.queues import Queue
from pathlib import Path
from typing import NamedTuple

import mlflow
from tqdm import tqdm

from ocr_model.commands.cli import SAMPLE, whole_number
from ocr_model.config import parse_config
from ocr_model.documents import decode_pages
from ocr_model.engines.local import LocalEngine
from ocr_model.extraction import Document, Extractor
from ocr_model.forms import Form, choose_random_annotation_names, load_forms
from ocr_model.ocr import WordReader, usable_cores
from ocr_model.prompts import Message, PinnedPrompt
from ocr_model.schema import Page
from scripts.workshop.model_server import memory_mb

BASELINE = "OCR alone, one page after another"
TESSERACT = "Tesseract (x2, psm 11) and linking, one after another"
PROMPT = PinnedPrompt("prompts:/bench/1", (Message(role="system", content="unused"),))

_LIKENESSES = ("fuzzy", "normalized", "strict")

Arm = Callable[[], object]


class MemoryUse(NamedTuple):
    """Resident megabytes: the engine loaded, after the pages, at the peak."""

    loaded_mb: float
    after_mb: float
    peak_mb: float


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SAMPLE, help="folder of labelled forms")
    parser.add_argument("--n", type=whole_number, default=0, help="how many forms; 0 = all")
    parser.add_argument("--rounds", type=whole_number, default=3, help="runs of each arm")
    parser.add_argument(
        "--memory-pages", type=whole_number, default=50, help="pages read to measure memory"
    )
    args = parser.parse_args(argv)
    mlflow.tracing.disable()
    names = choose_random_annotation_names(args.data, args.n, seed=0)
    forms = load_forms(args.data, names)
    files = [form.image_path.read_bytes() for form in forms]
    tesseract = _build_with_tesseract if _is_installed("tesserocr") else None
    with _one_process_a_core() as processes:
        seconds = _take_turns(_arms(files, processes, tesseract), args.rounds)
    print(f"{len(files)} pages, {usable_cores()} cores, median of {args.rounds} rounds\n")
    print(_table(seconds, len(files)))
    print(f"\n{_memory_table(files, tesseract, args.memory_pages)}")
    print(f"\n{_score_table(forms, tesseract)}")
    if tesseract is None:
        print("\nTesseract beside it: pip install 'ocr_model[bench]'")
    return 0


def _build() -> LocalEngine:
    return LocalEngine(parse_config({"prompt_uri": PROMPT.uri}))


def _build_with_tesseract() -> LocalEngine:
    from scripts.workshop.bench.tesseract import TesseractReader

    return LocalEngine(parse_config({"prompt_uri": PROMPT.uri}), TesseractReader())


def _is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _arms(
    files: list[bytes], processes: ProcessPoolExecutor, tesseract: Callable[[], LocalEngine] | None
) -> dict[str, Arm]:
    pages = [_first_page(data) for data in files]
    documents = [Document(data) for data in files]
    reader, engine = WordReader(), _build()
    extractor = Extractor(parse_config({"prompt_uri": PROMPT.uri}), PROMPT)
    arms: dict[str, Arm] = {
        BASELINE: lambda: [reader.read_words(page.image) for page in pages],
        "engine (OCR and linking), one page after another": lambda: [
            engine.read_page(page) for page in pages
        ],
        f"engine, {engine.concurrency} pages at once": lambda: _at_once(engine, pages),
        "engine, one process a core": lambda: list(processes.map(_read_in_child, files)),
        "model: bytes in, rows out": lambda: extractor.extract_many(documents),
    }
    if tesseract is not None:
        other = tesseract()
        arms[TESSERACT] = lambda: [other.read_page(page) for page in pages]
    return arms


def _at_once(engine: LocalEngine, pages: list[Page]) -> list[object]:
    with ThreadPoolExecutor(engine.concurrency) as pool:
        return list(pool.map(engine.read_page, pages))


def _one_process_a_core() -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    cores = context.Queue()
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    for core in allowed:
        cores.put(core)
    return ProcessPoolExecutor(
        usable_cores(), mp_context=context, initializer=_start_child, initargs=(cores,)
    )


def _start_child(cores: Queue[int]) -> None:
    """Bound to one core, so that the engine in it does not count on the others."""
    mlflow.tracing.disable()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {cores.get()})
    _engine_of_this_process()


def _read_in_child(data: bytes) -> int:
    return len(_engine_of_this_process().read_page(_first_page(data)).answers)


@cache
def _engine_of_this_process() -> LocalEngine:
    return _build()


def _first_page(data: bytes) -> Page:
    return decode_pages(data, max_bytes=len(data), max_page_pixels=50_000_000)[0]


def _memory_of(
    build: Callable[[], LocalEngine], files: Sequence[bytes], at_once: int, pages: int
) -> MemoryUse:
    """Read so many pages, taking the files in turn, in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_read_in_this_process, build, files, at_once, pages).result()


def _read_in_this_process(
    build: Callable[[], LocalEngine], files: Sequence[bytes], at_once: int, pages: int
) -> MemoryUse:
    mlflow.tracing.disable()
    engine = build()
    loaded_mb = memory_mb()
    with ThreadPoolExecutor(at_once) as pool:
        for _ in pool.map(
            lambda data: engine.read_page(_first_page(data)), islice(cycle(files), pages)
        ):
            pass
    return MemoryUse(loaded_mb, memory_mb(), memory_mb(peak=True))


def _memory_table(
    files: list[bytes], tesseract: Callable[[], LocalEngine] | None, pages: int
) -> str:
    at_once = usable_cores()
    measured = {
        "engine, one page after another": _memory_of(_build, files, 1, pages),
        f"engine, {at_once} pages at once": _memory_of(_build, files, at_once, pages),
    }
    if tesseract is not None:
        measured[TESSERACT] = _memory_of(tesseract, files, 1, pages)
    lines = [
        f"{f'MB resident over {pages} pages; processes: first row each':<58}  loaded  after  peak"
    ]
    lines += [
        f"{name:<58}  {use.loaded_mb:>6.0f}  {use.after_mb:>5.0f}  {use.peak_mb:>4.0f}"
        for name, use in measured.items()
    ]
    return "\n".join(lines)


def _score_table(forms: Sequence[Form], tesseract: Callable[[], LocalEngine] | None) -> str:
    # Not above: the processes that measure memory import this module, and would count scipy in.
    from ocr_model.training import scores_of_answers

    engines = {"engine": _build()} | ({TESSERACT: tesseract()} if tesseract else {})
    lines = [f"{'what it is worth, pair F1':<58}  fuzzy  normalized  strict"]
    for name, engine in engines.items():
        pages = [_first_page(form.image_path.read_bytes()) for form in forms]
        answers = [engine.read_page(page).answers for page in pages]
        scores, _ = scores_of_answers(answers, [form.references for form in forms])
        fuzzy, normalized, strict = (scores[f"pair_f1_{how}"] for how in _LIKENESSES)
        lines.append(f"{name:<58}  {fuzzy:>5.3f}  {normalized:>10.3f}  {strict:>6.3f}")
    return "\n".join(lines)


def _take_turns(arms: dict[str, Arm], rounds: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in arms}
    for arm in arms.values():
        # Processes start at their first task, and first pages are slow.
        arm()
    with tqdm(total=rounds * len(arms), desc="Measuring", unit="run") as progress:
        for _ in range(rounds):
            for name, arm in arms.items():
                started = time.perf_counter()
                arm()
                seconds[name].append(time.perf_counter() - started)
                progress.update()
    return seconds


def _table(seconds: dict[str, list[float]], pages: int) -> str:
    """Ratios are taken round by round and then the median, so that drift cancels."""
    lines = [f"{'':<58}  pages/s  ratio"]
    for name, runs in seconds.items():
        pairs = zip(seconds[BASELINE], runs, strict=True)
        ratio = statistics.median(base / run for base, run in pairs)
        lines.append(f"{name:<58}  {pages / statistics.median(runs):>7.2f}  {ratio:>5.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
