"""python -m tests.support.bomb_reader: a document on standard input, its outcome and cost as JSON.

In a process of its own, because a peak of memory is a process's.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from contextlib import closing

from ocr_model.documents import Limits, open_document
from ocr_model.errors import DocumentError

TIMEOUT_S = 4.0


def main() -> None:
    data = sys.stdin.buffer.read()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, said = time.monotonic(), []
    try:
        with closing(open_document(data, Limits(pdf_page_timeout_s=TIMEOUT_S))) as source:
            for number in range(1, min(source.page_count, 3) + 1):
                try:
                    said.append(["ok", str(source.read(number).image.size)])
                except DocumentError as err:
                    said.append([err.outcome.value, str(err)])
    except DocumentError as err:
        said.append([err.outcome.value, str(err)])
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    figures = {
        "seconds": time.monotonic() - started,
        "mb": grown / 1024,
        "child_mb": children / 1024,
    }
    print(json.dumps({"said": said, **figures}))


if __name__ == "__main__":
    main()
