"""python -m scripts.bench [--data FOLDER] [--n 20]

Speed of the embedded engine, each line as a ratio to the one named baseline (the OCR alone, one
page after another). The arms take turns in one process: machines drift, ratios hold.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mlflow
from tqdm import tqdm

from ocr_model.config import parse_config
from ocr_model.documents import decode_pages
from ocr_model.engines.local import LocalEngine
from ocr_model.extractor import Document, Extractor
from ocr_model.funsd import choose_random_annotation_names, load_forms
from ocr_model.ocr import WordReader
from ocr_model.prompts import Message, PinnedPrompt
from ocr_model.schema import Page
from scripts.settings import SAMPLE, whole_number

BASELINE = "OCR alone, one page after another"

Arm = Callable[[], object]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SAMPLE, help="folder of labelled forms")
    parser.add_argument("--n", type=whole_number, default=0, help="how many forms; 0 = all")
    parser.add_argument("--rounds", type=whole_number, default=3, help="runs of each arm")
    args = parser.parse_args(argv)
    mlflow.tracing.disable()
    names = choose_random_annotation_names(args.data, args.n, seed=0)
    files = [form.image_path.read_bytes() for form in load_forms(args.data, names)]
    seconds = _take_turns(_arms(files), args.rounds)
    print(f"{len(files)} pages, {os.cpu_count()} cores, median of {args.rounds} rounds\n")
    print(_table(seconds, len(files)))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory of this process, all arms loaded: {peak_mb:,.0f} MB")
    return 0


def _arms(files: list[bytes]) -> dict[str, Arm]:
    prompt = PinnedPrompt("prompts:/bench/1", (Message(role="system", content="unused"),))
    config = parse_config({"prompt_uri": prompt.uri})
    pages = [_first_page(data) for data in files]
    documents = [Document(data) for data in files]
    reader, engine, extractor = WordReader(), LocalEngine(config), Extractor(config, prompt)
    return {
        BASELINE: lambda: [reader.read_words(page.image) for page in pages],
        "engine (OCR and linking), one page after another": lambda: [
            engine.read_page(page) for page in pages
        ],
        f"engine, {engine.concurrency} pages at once": lambda: _at_once(engine, pages),
        "model: bytes in, rows out": lambda: extractor.extract_many(documents),
    }


def _first_page(data: bytes) -> Page:
    return decode_pages(data, max_bytes=len(data), max_page_pixels=50_000_000)[0]


def _at_once(engine: LocalEngine, pages: list[Page]) -> list[object]:
    with ThreadPoolExecutor(engine.concurrency) as pool:
        return list(pool.map(engine.read_page, pages))


def _take_turns(arms: dict[str, Arm], rounds: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in arms}
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
    lines = [f"{'':<50}  pages/s  ratio"]
    for name, runs in seconds.items():
        pairs = zip(seconds[BASELINE], runs, strict=True)
        ratio = statistics.median(base / run for base, run in pairs)
        lines.append(f"{name:<50}  {pages / statistics.median(runs):>7.2f}  {ratio:>5.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
