"""python -m tests.support.bomb_reader: a document on standard input, its outcome and cost as JSON.

The whole way, the embedded OCR included; in a process of its own, because a peak of memory is a
process's, and what the loaded engine takes does not count.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import mlflow

from ocr_model.config import parse_config
from ocr_model.documents import PageRequest
from ocr_model.extraction import Document, Extractor
from ocr_model.prompts import Message, PinnedPrompt
from scripts.workshop.model_server import memory_mb

TIMEOUT_S = 4.0


def main() -> None:
    data = sys.stdin.buffer.read()
    mlflow.tracing.disable()
    prompt = PinnedPrompt("prompts:/test/1", (Message(role="system", content="unused"),))
    settings = {"prompt_uri": prompt.uri, "pdf_page_timeout_s": TIMEOUT_S}
    extractor = Extractor(parse_config(settings), prompt)
    before, started = memory_mb(), time.monotonic()
    row = extractor.extract(Document(data), PageRequest(pages="1-3"))
    figures = {
        "seconds": time.monotonic() - started,
        "mb": memory_mb(peak=True) - before,
        "child_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }
    print(json.dumps({"outcome": row.outcome.value, "error": row.error, **figures}))


if __name__ == "__main__":
    main()
