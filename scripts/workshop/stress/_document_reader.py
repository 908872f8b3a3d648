"""python -m scripts.stress._document_reader: open documents and decode their pages.

The part of `scripts.stress documents` that may crash. Over standard input and output: the length
of a document in a line, its bytes; back comes a line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from pathlib import Path

from ocr_model.documents import Limits, open_document, square_pixels
from ocr_model.errors import DocumentError

PDF_TIMEOUT_S = 5.0
_MAX_PAGES = 3
# Of small documents: mutated sizes within the limits would only cost time.
_LIMITS = Limits(max_page_pixels=1_000_000, pdf_dpi=72, pdf_page_timeout_s=PDF_TIMEOUT_S)
_PAGE_BYTES = 4096


def main() -> None:
    documents = sys.stdin.buffer
    while line := documents.readline():
        data = documents.read(int(line))
        started = time.monotonic()
        outcome, said = _read(data)
        reply = {"outcome": outcome, "said": said, "seconds": time.monotonic() - started}
        print(json.dumps(reply | {"mb": _resident_mb()}), flush=True)


def _read(data: bytes) -> tuple[str, str]:
    """The worst of its pages."""
    try:
        with closing(open_document(data, _LIMITS)) as source:
            for number in range(1, min(source.page_count, _MAX_PAGES) + 1):
                if number not in source.left_out:
                    page = square_pixels(source.read(number), _LIMITS.max_page_pixels)
                    page.image.getpixel((0, 0))
    except DocumentError as err:
        return err.outcome.value, str(err)
    except Exception as err:  # noqa: BLE001 - what is being looked for
        return "untyped", f"{type(err).__name__}: {err}"
    return "ok", ""


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES / 1e6


if __name__ == "__main__":
    main()
