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
# Six empty spans cost 8.4 kB: MLflow's columns, six indexes and the metadata of every trace.
MAX_BYTES_OF_A_TRACE = 13_000


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


def bytes_of_a_trace(image: bytes, database: Path) -> float:
    """The mean over pages of 5 to 15 pairs: rows of equal size fill pages by luck."""
    counts: Iterator[int] = iter([5 + i % 11 for i in range(TRACES + 1)])

    def script(seen: Seen) -> Played:
        return reply_of(next(counts))

    message = Message(role="system", content="Read the form. " * 80)
    prompt = PinnedPrompt("prompts:/ocr-question-answer/3", (message,))
    with Endpoint(script) as endpoint, mock.patch.dict(os.environ, endpoint.environment):
        extractor = Extractor(config_of(llm="gpt-6-luna", trace_images="full"), prompt)
        extractor.extract(Document(image))
        before = database_bytes(database)
        for _ in range(TRACES):
            extractor.extract(Document(image))
    return (database_bytes(database) - before) / TRACES


@pytest.mark.usefixtures("mlflow_store")
def test_a_trace_of_one_page_stays_small_however_large_the_image(tmp_path: Path) -> None:
    small, large = noisy_png(58), noisy_png(580)
    assert (len(small) // 1000, len(large) // 1_000_000) == (10, 1)
    sizes = [bytes_of_a_trace(image, tmp_path / "mlflow.db") for image in (small, large)]
    assert max(sizes) < MAX_BYTES_OF_A_TRACE
    # Images are files beside the database, whose pages of 4 kB are the grain of this measure.
    assert abs(sizes[1] - sizes[0]) < 500
