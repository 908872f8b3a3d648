"""How much of a page is stored outside its row: the setting `trace_content`.

    none    the outcome of a document, its time and cost
    shapes  also what can be counted and measured: sizes, digests, numbers of answers
    text    also what was read
    full    also images of the pages

`OCR_MODEL_TRACE_CONTENT` caps it for a machine, whatever a model or a command says. It is an
environment variable because the owner of the machine decides, not the person who logged the model.
The value for the document being read is in a context variable.
"""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterator, Mapping
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


def kept_here(content: TraceContent, environment: Mapping[str, str] | None = None) -> TraceContent:
    """No more than this machine keeps.

    Raises:
        ConfigError: the variable names no content.
    """
    given = (os.environ if environment is None else environment).get(CONTENT_VARIABLE, "").strip()
    if not given:
        return content
    for most in CONTENTS:
        if given == most:
            return least(content, most)
    raise ConfigError(
        f"Expected {CONTENT_VARIABLE} to be one of {', '.join(CONTENTS)}, got {excerpt(given)}."
    )


def of_trace_images(images: object, content: object) -> object:
    """Combine the setting of earlier commits, which only concerned images, with `content`.

    ("full", "text") -> "full"; ("none", "full") -> "text"; ("none", "shapes") -> "shapes"
    """
    if images != "none":
        return images
    return "text" if content in (None, "full") else content


@contextmanager
def while_reading(content: TraceContent, sha256: str | None = None) -> Iterator[None]:
    """Inside, this much is stored of the document, in this thread and in copies of its context."""
    before = _reading.set(_Reading(content, sha256))
    try:
        yield
    finally:
        _reading.reset(before)


def keeps_text() -> bool:
    """Whether text of the page being read may be stored outside its row."""
    return holds_text(_reading.get().content)


def keeps_shapes() -> bool:
    return _reading.get().content != "none"


def document_sha256() -> str | None:
    """SHA-256 of the document being read."""
    return _reading.get().sha256


def log_defect(log: logging.Logger, err: BaseException, message: str, *values: object) -> None:
    """Log an error with its stack; without its message if that may contain text of the page."""
    if keeps_text():
        log.error(message, *values, exc_info=err)
        return
    frames = "".join(traceback.format_tb(err.__traceback__))
    log.error(f"{message}: %s, whose text is not kept\n%s", *values, type(err).__name__, frames)
