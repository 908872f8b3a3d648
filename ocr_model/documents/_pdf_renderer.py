"""Draw the pages of one PDF, in a process of its own: `python -I -S _pdf_renderer.py`.

PDFs come from anywhere, and the C++ library that draws them cannot be interrupted, called from two
threads, or held to a limit of memory: a process can. Imports nothing of ours, so that it starts in
a fraction of the time. Talks over standard input and output: a line of JSON, then bytes.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any, BinaryIO

POINTS_PER_INCH = 72


def main() -> None:
    commands, replies = sys.stdin.buffer, sys.stdout.buffer
    setup = json.loads(commands.readline())
    sys.path[:] = setup["path"]
    _limit_memory(setup["max_memory_bytes"])
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(commands.read(setup["bytes"]))
        # Filled-in fields of a form are drawn by its form environment only.
        document.init_forms()
        _reply(replies, {"pages": len(document)})
    except pypdfium2.PdfiumError as err:
        locked = err.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD
        _reply(replies, {"error": "password" if locked else "damaged", "text": str(err)})
        return
    while line := commands.readline():
        command = json.loads(line)
        _limit_cpu(command["max_cpu_s"])
        try:
            header, pixels = _draw(document, **command["page"])
        except MemoryError:
            header, pixels = {"error": "memory"}, b""
        except (pypdfium2.PdfiumError, ValueError) as err:
            header, pixels = {"error": "damaged", "text": str(err)}, b""
        _reply(replies, header, pixels)


def _draw(document: Any, index: int, dpi: int, max_pixels: int) -> tuple[dict[str, Any], Any]:
    scale = dpi / POINTS_PER_INCH
    # Known without parsing what is drawn on the page.
    width, height = (math.ceil(side * scale) for side in document.get_page_size(index))
    if width * height > max_pixels:
        return {"error": "pixels", "width": width, "height": height}, b""
    page = document[index]
    try:
        bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
        size = {"width": bitmap.width, "height": bitmap.height, "stride": bitmap.stride}
        return size, memoryview(bitmap.buffer).cast("B")
    finally:
        page.close()


def _reply(replies: BinaryIO, header: dict[str, Any], payload: Any = b"") -> None:
    replies.write(json.dumps(header | {"bytes": len(payload)}).encode() + b"\n")
    replies.write(payload)
    replies.flush()


def _limit_memory(max_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))


def _limit_cpu(seconds: int) -> None:
    """Ends this process even if nobody is left to kill it."""
    try:
        import resource
    except ImportError:  # Windows
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


if __name__ == "__main__":
    main()
