"""Completion -> pairs or fields, unless it is a loop: repetitions are compared with the page."""

from __future__ import annotations

import threading
import time
from functools import cached_property

from ocr_model.engines.llm.exchange import Completion, Deadline
from ocr_model.engines.llm.page_content import TextReader
from ocr_model.engines.llm.reply import Loop, Parsed, loop_among, loop_in, parse_completion
from ocr_model.errors import ParseError, excerpt
from ocr_model.fields import WantedFields
from ocr_model.schema import Outcome, Page


class ReplyParser:
    """Parses completions. Safe to call from many threads at once."""

    def __init__(self, reader: TextReader | None, wanted: WantedFields | None = None) -> None:
        """`reader` is the engine's OCR, if any; else one is loaded at the first doubt."""
        self._given = reader
        self._wanted = wanted
        self._loading = threading.Lock()

    def parse(self, completion: Completion, page: Page, deadline: Deadline) -> Parsed:
        """Parse a completion. The time for the OCR does not count towards the page's time.

        Raises:
            ParseError: it has no pairs or fields; `looped` if the LLM repeated itself.
        """
        try:
            parsed = parse_completion(completion, self._wanted)
        except ParseError as err:
            loop = loop_in(completion.written, at_limit=completion.is_cut_off)
            if loop is None or self._fits(loop, page, deadline):
                raise
            raise _looped(loop, completion) from err
        loop = loop_among(parsed.pairs)
        if loop is not None and not self._fits(loop, page, deadline):
            raise _looped(loop, completion)
        return parsed

    def _fits(self, loop: Loop, page: Page, deadline: Deadline) -> bool:
        started = time.monotonic()
        with self._loading:
            reader = self._reader
        words = None if reader is None else [word.text for word in reader.read(page).words]
        deadline.extend(time.monotonic() - started)
        return loop.fits(words)

    @cached_property
    def _reader(self) -> TextReader | None:
        return self._given or TextReader.if_installed()


def _looped(loop: Loop, completion: Completion) -> ParseError:
    repeated = ", ".join(map(excerpt, loop.texts[:2])) or "its end"
    return ParseError(
        f"Expected what is on the page, got a loop: {repeated}, {loop.times:,} times. Use "
        "another `llm`, or lower the token limit in `llm_parameters`, so that loops cost less.",
        text=completion.written,
        outcome=Outcome.TRUNCATED,
        reason="it repeated itself without end",
        looped=True,
    )
