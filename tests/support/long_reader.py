"""python -m tests.support.long_reader PAGES: read a PDF on standard input, print row and cost.

In a process of its own, because a peak of memory is a process's.
"""

from __future__ import annotations

import json
import resource
import sys

import mlflow

from ocr_model.config import parse_config
from ocr_model.extraction.extractor import Document, Extractor
from ocr_model.prompts import Message, PinnedPrompt


def main() -> None:
    mlflow.tracing.disable()
    prompt = PinnedPrompt("prompts:/test/1", (Message(role="system", content="Read."),))
    settings = {"engine": "llm", "prompt_uri": prompt.uri, "concurrency": 4}
    extractor = Extractor(parse_config({**settings, "max_pages": int(sys.argv[1])}), prompt)
    data = sys.stdin.buffer.read()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    row = extractor.extract(Document(data))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    renderer = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    pages = [answer.page for answer in row.answers]
    figures = {"mb": grown / 1024, "renderer_mb": renderer / 1024}
    print(json.dumps({"outcome": row.outcome.value, "pages": pages, **figures}))


if __name__ == "__main__":
    main()
