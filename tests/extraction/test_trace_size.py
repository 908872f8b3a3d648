"""What a trace costs in MLflow's database, counted in bytes of the file."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import mlflow
import pytest
from PIL import Image

from ocr_model.config import parse_config
from ocr_model.extraction.extractor import Document, Extractor
from ocr_model.prompts import Message, PinnedPrompt
from ocr_model.schema import Outcome
from tests.support.endpoint import Endpoint, Reply, completion

# A trace with no span costs 4 kB: MLflow's columns, six indexes, twelve rows of metadata.
MAX_BYTES = {"compact": 10_000, "full": 13_500}
PAGES = 66
PROMPT = PinnedPrompt("prompts:/bench/1", (Message(role="system", content="Read the form. " * 80),))


class TraceCost(NamedTuple):
    """Means over traces: growth of the file, and characters that stand in its spans."""

    file_bytes: float
    span_chars: float


def replies() -> Iterator[Reply]:
    """5 to 15 pairs in turn: rows of equal size would fill the pages of the file by luck."""
    for pairs in cycle(range(5, 16)):
        listed = [
            {"key": f"QUESTION {i:02}:", "value": [f"answer {i:02} 1994"]} for i in range(pairs)
        ]
        yield completion(json.dumps({"pairs": listed}))


def noisy_png(side: int) -> bytes:
    """An image that no compression makes small: 58 pixels a side -> 10 kB, 580 -> 1 MB."""
    buffer = BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)).save(buffer, "png")
    return buffer.getvalue()


def measured(store: str) -> tuple[int, int]:
    file = Path(store.removeprefix("sqlite:///"))
    with sqlite3.connect(file) as database:
        database.execute("VACUUM")
        (chars,) = database.execute("SELECT sum(length(content)) FROM spans").fetchone()
    return file.stat().st_size, int(chars)


def cost_of_traces(store: str, image: bytes, detail: str) -> TraceCost:
    settings = {"engine": "llm", "trace_images": "full", "trace_detail": detail}
    extractor = Extractor(parse_config({"prompt_uri": PROMPT.uri, **settings}), PROMPT)
    assert extractor.extract(Document(image)).outcome is Outcome.OK  # opens the database
    mlflow.flush_trace_async_logging()
    size, chars = measured(store)
    for _ in range(PAGES):
        assert extractor.extract(Document(image)).outcome is Outcome.OK
    mlflow.flush_trace_async_logging()
    grown, more = measured(store)
    return TraceCost((grown - size) / PAGES, (more - chars) / PAGES)


@pytest.mark.integration
@pytest.mark.slow
@pytest.mark.parametrize("detail", ["compact", "full"])
def test_a_trace_of_one_page_stays_small_however_large_the_image(
    detail: str, mlflow_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = noisy_png(58), noisy_png(580)
    assert (len(small) // 1000, len(large) // 1_000_000) == (10, 1)
    with Endpoint(replies()) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        costs = [cost_of_traces(mlflow_store, image, detail) for image in (small, large)]
    assert max(cost.file_bytes for cost in costs) < MAX_BYTES[detail]
    # The file grows in pages of 4 kB; what stands in it tells images apart more finely.
    assert abs(costs[1].span_chars - costs[0].span_chars) < 30
