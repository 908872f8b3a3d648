"""python -m scripts.bench traces [--pages 100]

What the trace of a page takes in MLflow's database (SQLite), as the growth of its file: by
`trace_detail`, by the number of pairs, and for a small and a large image, which is kept beside the
database. The endpoint is a loopback one; the embedded engine reads sample forms.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import chain, cycle, islice, repeat
from pathlib import Path
from typing import NamedTuple

import mlflow
from PIL import Image

from ocr_model.commands.cli import SAMPLE, quiet_mlflow, whole_number
from ocr_model.config import parse_config
from ocr_model.extraction import Document, Extractor
from ocr_model.prompts import Message, PinnedPrompt
from ocr_model.schema import READ
from scripts.workshop.loopback import BODY, environment_of, served_from_a_thread, with_head

PROMPT = PinnedPrompt("prompts:/bench/1", (Message(role="system", content="Read the form. " * 80),))
DETAILS = ("compact", "full")
SIDES = (58, 580)  # of images of 10 kB and 1 MB
# Rows of equal size would fill the pages of the file by luck.
FORMS = {"2 pairs": (2,), "5 to 15 pairs": tuple(range(5, 16)), "30 pairs": (30,)}


class TraceCost(NamedTuple):
    """Means over traces: growth of the file, and characters that stand in its spans."""

    bytes: float
    span_chars: float


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=whole_number, default=100, help="traces of each kind")
    args = parser.parse_args(argv)
    quiet_mlflow()
    heads = [f"{side_bytes} image" for side_bytes in ("10 kB", "1 MB")]
    print("{:<32}{:>14}{:>14}".format("kB of database a trace", *heads))
    for detail in DETAILS:
        for name, pairs in FORMS.items():
            costs = [cost_of_llm_traces(noisy_png(s), detail, pairs, args.pages) for s in SIDES]
            print(_line(f"LLM, {name}, {detail}", costs), flush=True)
        files = [path.read_bytes() for path in sorted((SAMPLE / "images").iterdir())]
        settings = {"engine": "local", "trace_detail": detail}
        cost = _cost(settings, files, min(args.pages, len(files)))
        print(_line(f"embedded, sample forms, {detail}", [cost]), flush=True)
    return 0


def _line(name: str, costs: Sequence[TraceCost]) -> str:
    return f"{name:<32}" + "".join(f"{cost.bytes / 1000:>14.1f}" for cost in costs)


def cost_of_llm_traces(
    image: bytes, detail: str, pairs: Sequence[int], pages: int, llm: str = "gpt-6-luna"
) -> TraceCost:
    """Of pages whose replies hold so many pairs in turn."""
    # The first page is not counted: it opens the database.
    replies = map(_reply, chain(pairs[:1], cycle(pairs)))
    settings = {"engine": "llm", "llm": llm, "trace_images": "full", "trace_detail": detail}
    with served_from_a_thread(lambda _: next(replies)) as base_url, environment_of(base_url):
        return _cost(settings, [image], pages)


def noisy_png(side: int) -> bytes:
    """An image that no compression makes small: 58 pixels a side -> 10 kB, 580 -> 1 MB."""
    buffer = BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)).save(buffer, "png")
    return buffer.getvalue()


def _reply(pairs: int) -> bytes:
    listed = [{"key": f"QUESTION {i:02}:", "value": [f"answer {i:02} 1994"]} for i in range(pairs)]
    body = json.loads(BODY)
    body["choices"][0]["message"]["content"] = json.dumps({"pairs": listed})
    return with_head(json.dumps(body).encode())


def _cost(settings: Mapping[str, object], files: Sequence[bytes], pages: int) -> TraceCost:
    extractor = Extractor(parse_config({"prompt_uri": PROMPT.uri, **settings}), PROMPT)
    with _own_database() as database:
        _read(extractor, files[:1])
        size, chars = _file_bytes(database), _span_chars(database)
        _read(extractor, islice(chain.from_iterable(repeat(files)), pages))
        grown, more = _file_bytes(database) - size, _span_chars(database) - chars
        return TraceCost(grown / pages, more / pages)


def _read(extractor: Extractor, files: Iterator[bytes] | Sequence[bytes]) -> None:
    for data in files:
        row = extractor.extract(Document(data))
        if row.outcome not in READ:
            raise SystemExit(f"A page was not read: {row.error}")
    mlflow.flush_trace_async_logging()


@contextmanager
def _own_database() -> Iterator[Path]:
    before = mlflow.get_tracking_uri()
    with tempfile.TemporaryDirectory() as folder:
        mlflow.set_tracking_uri(f"sqlite:///{Path(folder) / 'mlflow.db'}")
        mlflow.create_experiment("bench", (Path(folder) / "artifacts").as_uri())
        mlflow.set_experiment("bench")
        try:
            yield Path(folder) / "mlflow.db"
        finally:
            mlflow.set_tracking_uri(before)


def _file_bytes(database: Path) -> int:
    with sqlite3.connect(database) as connection:
        connection.execute("VACUUM")
    return database.stat().st_size


def _span_chars(database: Path) -> int:
    with sqlite3.connect(database) as connection:
        (chars,) = connection.execute("SELECT sum(length(content)) FROM spans").fetchone()
    return int(chars)
