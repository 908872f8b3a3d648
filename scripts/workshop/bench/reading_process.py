"""python reading_process.py READER SETTINGS, in a checkout that PYTHONPATH names

Reads pages for `paired`: a file's path a line comes in, its seconds and answers go out. READER is
`embedded` or `tesseract`, SETTINGS a JSON object. Names nothing that earlier checkouts lack.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import mlflow

from ocr_model.config import parse_config
from ocr_model.documents import decode_pages
from ocr_model.engines.local import LocalEngine


def main() -> None:
    mlflow.tracing.disable()
    reader, settings = sys.argv[1:]
    config = parse_config({"prompt_uri": "prompts:/bench/1", **json.loads(settings)})
    if reader == "tesseract":
        from scripts.workshop.bench.tesseract import TesseractReader

        engine = LocalEngine(config, TesseractReader())
    else:
        engine = LocalEngine(config)
    print("ready", flush=True)
    for line in sys.stdin:
        data = Path(line.rstrip("\n")).read_bytes()
        page = decode_pages(data, max_bytes=len(data), max_page_pixels=50_000_000)[0]
        started = time.perf_counter()
        answers = engine.read_page(page).answers
        seconds = time.perf_counter() - started
        told = {"seconds": seconds, "answers": [(a.question, a.answer) for a in answers]}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
