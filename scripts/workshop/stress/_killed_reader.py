"""python -m scripts.stress._killed_reader PAGES ROWS: read pages with an LLM and the cache.

The part of `scripts.stress kill` that is killed. Blank pages, each of a width of its own.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import mlflow
from PIL import Image

from ocr_model.config import parse_config
from ocr_model.extraction import Document, Extractor
from ocr_model.prompts import Message, PinnedPrompt

NARROWEST_PX = 100
HEIGHT_PX = 64
CONCURRENCY = 8


def main() -> None:
    pages, rows = int(sys.argv[1]), Path(sys.argv[2])
    mlflow.tracing.disable()
    prompt = PinnedPrompt("prompts:/stress/1", (Message(role="system", content="Read the form."),))
    settings = {"engine": "llm", "llm": "stress-llm", "prompt_uri": prompt.uri}
    operational = {"concurrency": CONCURRENCY, "cache": "read-write"}
    extractor = Extractor(
        parse_config({**settings, **operational, "image_longest_side": 8192}), prompt
    )
    extractions = extractor.extract_many([_document(NARROWEST_PX + n) for n in range(pages)])
    read = [[item.document_id, item.outcome.value, item.pairs, item.cached] for item in extractions]
    rows.write_text(json.dumps(read), encoding="utf-8")


def _document(width_px: int) -> Document:
    data = io.BytesIO()
    Image.new("RGB", (width_px, HEIGHT_PX), "white").save(data, format="PNG")
    return Document(data.getvalue(), str(width_px))


if __name__ == "__main__":
    main()
