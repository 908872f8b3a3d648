"""How much of a page is kept outside its row: the setting `trace_content`.

    none    how a document ended, how long that took and what it cost
    shapes  also what can be counted and measured: sizes, digests, numbers of answers
    text    also what was read
    full    also pictures of the pages

`OCR_MODEL_TRACE_CONTENT` is the most that a machine keeps, whatever a model or a command says: a
variable, as who owns the machine decides, and not whoever logged the model. What it comes to for
the document that is being read is known to all that read it.
"""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal, get_args

from ocr_model.errors import ConfigError, excerpt

TraceContent = Literal["none", "shapes", "text", "full"]
CONTENTS: tuple[TraceContent, ...] = get_args(TraceContent)
CONTENT_VARIABLE = "OCR_MODEL_TRACE_CONTENT"


@dataclass(frozen=True, slots=True)
class _Reading:
    content: TraceContent = "text"
    sha256: str | None = None


_NOTHING = _Reading()
_reading: ContextVar[_Reading] = ContextVar("reading", default=_NOTHING)


def least(first: TraceContent, *others: TraceContent) -> TraceContent:
    return min(first, *others, key=CONTENTS.index) if others else first


def holds_text(content: TraceContent) -> bool:
    return content in ("text", "full")


def kept_here(content: TraceContent) -> TraceContent:
    """No more than this machine keeps.

    Raises:
        ConfigError: the variable names no content.
    """
    given = os.environ.get(CONTENT_VARIABLE, "").strip()
    if not given:
        return content
    for most in CONTENTS:
        if given == most:
            return least(content, most)
    raise ConfigError(
        f"Expected {CONTENT_VARIABLE} to be one of {', '.join(CONTENTS)}, got {excerpt(given)}."
    )


def of_trace_images(images: object, content: object) -> object:
    """What the setting of earlier commits means beside `content`: it spoke of pictures alone.

    ("full", "text") -> "full"; ("none", "full") -> "text"; ("none", "shapes") -> "shapes"
    """
    if images != "none":
        return images
    return "text" if content in (None, "full") else content


@contextmanager
def while_reading(content: TraceContent, sha256: str | None = None) -> Iterator[None]:
    """Within it, this is kept of the document, in this thread and what copies its context."""
    before = _reading.set(_Reading(content, sha256))
    try:
        yield
    finally:
        _reading.reset(before)


def keeps_text() -> bool:
    """Whether what stands on the page that is being read may be kept outside its row."""
    return holds_text(_reading.get().content)


def keeps_shapes() -> bool:
    return _reading.get().content != "none"


def document_sha256() -> str | None:
    """Of the document that is being read."""
    return _reading.get().sha256


def log_defect(log: logging.Logger, err: BaseException, message: str, *values: object) -> None:
    """With its stack; the text of an error may hold what stands on the page."""
    if keeps_text():
        log.error(message, *values, exc_info=err)
        return
    frames = "".join(traceback.format_tb(err.__traceback__))
    log.error(f"{message}: %s, whose text is not kept\n%s", *values, type(err).__name__, frames)
