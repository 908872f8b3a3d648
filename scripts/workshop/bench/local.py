"""python -m scripts.bench [--data FOLDER] [--n 20]

Speed of the embedded engine, each line as a ratio to the baseline (the OCR alone, one page after
another). The arms take turns: machines drift, ratios hold. Then the memory of each in a process of
its own, and the scores of the answers.
"""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import cycle, islice
from typing import NamedTuple

import mlflow
from tqdm import tqdm

from ocr_model.commands.cli import whole_number
from ocr_model.engines.local import LocalEngine
from ocr_model.extraction import Document, Extractor
from ocr_model.forms import Form
from ocr_model.ocr import WordReader, usable_cores
from ocr_model.schema import Page
from scripts.workshop.bench.common import PROMPT, config, forms_in, forms_parser, machine, pages_of
from scripts.workshop.model_server import memory_mb

BASELINE = "OCR alone, one page after another"

Arm = Callable[[], object]


class MemoryUse(NamedTuple):
    """Resident megabytes: the engine loaded, after the pages, at the peak."""

    loaded_mb: float
    after_mb: float
    peak_mb: float


def main(argv: list[str] | None = None) -> int:
    parser = forms_parser(__doc__)
    parser.add_argument("--rounds", type=whole_number, default=3, help="runs of each arm")
    parser.add_argument(
        "--memory-pages", type=whole_number, default=50, help="pages read to measure memory"
    )
    args = parser.parse_args(argv)
    mlflow.tracing.disable()
    forms = forms_in(args.data, args.n)
    files = [form.image_path.read_bytes() for form in forms]
    print(f"{len(files)} pages, {machine()}, median of {args.rounds} rounds\n")
    print(_table(_take_turns(_arms(files), args.rounds), len(files)))
    print(f"\n{_memory_table(files, args.memory_pages)}")
    print(f"\n{_score_table(forms)}")
    return 0


def _arms(files: list[bytes]) -> dict[str, Arm]:
    pages = [_first_page(data) for data in files]
    documents = [Document(data) for data in files]
    reader, engine = WordReader(), LocalEngine(config())
    extractor = Extractor(config(), PROMPT)
    return {
        BASELINE: lambda: [reader.read_words(page.image) for page in pages],
        "engine (OCR and linking), one page after another": lambda: [
            engine.read_page(page) for page in pages
        ],
        f"engine, {engine.concurrency} pages at once": lambda: _at_once(engine, pages),
        "model: bytes in, rows out": lambda: extractor.extract_many(documents),
    }


def _at_once(engine: LocalEngine, pages: list[Page]) -> list[object]:
    with ThreadPoolExecutor(engine.concurrency) as pool:
        return list(pool.map(engine.read_page, pages))


def _first_page(data: bytes) -> Page:
    return pages_of(data)[0]


def _memory_of(files: Sequence[bytes], at_once: int, pages: int) -> MemoryUse:
    """Read so many pages, taking the files in turn, in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_read_in_this_process, files, at_once, pages).result()


def _read_in_this_process(files: Sequence[bytes], at_once: int, pages: int) -> MemoryUse:
    mlflow.tracing.disable()
    engine = LocalEngine(config())
    loaded_mb = memory_mb()
    with ThreadPoolExecutor(at_once) as pool:
        for _ in pool.map(
            lambda data: engine.read_page(_first_page(data)), islice(cycle(files), pages)
        ):
            pass
    return MemoryUse(loaded_mb, memory_mb(), memory_mb(peak=True))


def _memory_table(files: list[bytes], pages: int) -> str:
    lines = [f"{f'MB resident over {pages} pages':<58}  loaded  after  peak"]
    for name, at_once in (
        ("engine, one page after another", 1),
        (f"engine, {usable_cores()} pages at once", usable_cores()),
    ):
        use = _memory_of(files, at_once, pages)
        lines.append(
            f"{name:<58}  {use.loaded_mb:>6.0f}  {use.after_mb:>5.0f}  {use.peak_mb:>4.0f}"
        )
    return "\n".join(lines)


def _score_table(forms: Sequence[Form]) -> str:
    # Not above: the processes that measure memory import this module, and would count scipy in.
    from ocr_model.training import scores_of_answers

    engine = LocalEngine(config())
    pages = [_first_page(form.image_path.read_bytes()) for form in forms]
    answers = [engine.read_page(page).answers for page in pages]
    scores, _ = scores_of_answers(answers, [form.references for form in forms])
    names = [f"pair_f1_{how}" for how in ("fuzzy", "normalized", "strict")]
    return "\n".join(f"{name:<58}  {scores[name]:>5.3f}" for name in names)


def _take_turns(arms: dict[str, Arm], rounds: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in arms}
    for arm in arms.values():
        arm()  # first pages are slow
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
