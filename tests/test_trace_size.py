"""What a trace costs in MLflow's database, counted in bytes of the file."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from PIL import Image

from ocr_model.extractor import Document, Extractor
from ocr_model.prompts import Message, PinnedPrompt
from tests.conftest import png_bytes
from tests.endpoint import Endpoint, Played, Seen, completion
from tests.llm import config_of

TRACES = 22
# Five empty spans cost more than 7 kB: MLflow's columns, six indexes, the metadata of a trace.
MAX_BYTES_OF_A_TRACE = 13_500


def reply_of(pairs: int) -> Played:
    listed = [{"key": f"QUESTION {i:02}:", "value": [f"answer {i:02} 1994"]} for i in range(pairs)]
    return completion(json.dumps({"pairs": listed}))


def noisy_png(side: int) -> bytes:
    """An image that no compression makes small: 58 pixels a side -> 10 kB, 580 -> 1 MB."""
    return png_bytes(Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)))


def database_bytes(database: Path) -> int:
    with sqlite3.connect(database) as connection:
        connection.execute("VACUUM")
    return database.stat().st_size


def span_chars(database: Path) -> int:
    with sqlite3.connect(database) as connection:
        (chars,) = connection.execute("SELECT sum(length(content)) FROM spans").fetchone()
    return int(chars)


def cost_of_a_trace(image: bytes, database: Path) -> tuple[float, float]:
    """Bytes of the file and characters of spans, as means over pages of 5 to 15 pairs.

    Rows of equal size would fill the pages of the file by luck.
    """
    counts: Iterator[int] = iter([5 + i % 11 for i in range(TRACES + 1)])

    def script(seen: Seen) -> Played:
        return reply_of(next(counts))

    message = Message(role="system", content="Read the form. " * 80)
    prompt = PinnedPrompt("prompts:/ocr-question-answer/3", (message,))
    with Endpoint(script) as endpoint, mock.patch.dict(os.environ, endpoint.environment):
        extractor = Extractor(config_of(llm="gpt-6-luna", trace_images="full"), prompt)
        extractor.extract(Document(image))
        before, chars_before = database_bytes(database), span_chars(database)
        for _ in range(TRACES):
            extractor.extract(Document(image))
    grown, chars = database_bytes(database) - before, span_chars(database) - chars_before
    return grown / TRACES, chars / TRACES


@pytest.mark.integration
@pytest.mark.usefixtures("mlflow_store")
def test_a_trace_of_one_page_stays_small_however_large_the_image(tmp_path: Path) -> None:
    small, large = noisy_png(58), noisy_png(580)
    assert (len(small) // 1000, len(large) // 1_000_000) == (10, 1)
    costs = [cost_of_a_trace(image, tmp_path / "mlflow.db") for image in (small, large)]
    assert max(grown for grown, _ in costs) < MAX_BYTES_OF_A_TRACE
    # The file grows in pages of 4 kB; what stands in it tells images apart more finely.
    assert abs(costs[1][1] - costs[0][1]) < 30
