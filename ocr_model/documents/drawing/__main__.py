"""Answers one JSON line with another, and bytes: over standard input and output."""

from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING, Any, BinaryIO


def main() -> None:
    commands, replies = sys.stdin.buffer, sys.stdout.buffer
    setup = json.loads(commands.readline())
    here = sys.path[0]
    sys.path[:] = [here, *setup["path"]]
    _limit_memory(setup["max_memory_bytes"])
    import pypdfium2

    if TYPE_CHECKING:
        from ocr_model.documents.drawing.paper import Paper
    else:
        from paper import Paper

    try:
        paper = Paper(commands.read(setup["bytes"]))
        _reply(replies, paper.described)
    except pypdfium2.PdfiumError as err:
        locked = err.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD
        _reply(replies, {"error": "password" if locked else "damaged", "text": str(err)})
        return
    while line := commands.readline():
        command = json.loads(line)
        _limit_cpu(command["max_cpu_s"])
        header: dict[str, Any]
        pixels: Any = b""
        try:
            if "size" in command:
                header = paper.size(**command["size"])
            elif "text" in command:
                header, pixels = paper.text(**command["text"])
            else:
                header, pixels = paper.draw(**command["draw"])
        except MemoryError:
            header = {"error": "memory"}
        except (pypdfium2.PdfiumError, ValueError) as err:
            header = {"error": "damaged", "text": str(err)}
        _reply(replies, header, pixels)


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
    """Ends this process even if its parent is gone."""
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
