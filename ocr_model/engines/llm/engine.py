"""Read a page with an LLM behind any OpenAI-compatible endpoint.

Combines the other modules: `completer` gets completions, `pair_reader` turns them into pairs and
retries where that can help, `field_reader` does the same for fields. Every failure is an LLMError
with its outcome.
"""

from __future__ import annotations

import contextlib
import os
import weakref
from collections.abc import Sequence
from dataclasses import replace

from ocr_model.config import ExtractorConfig, secret_values
from ocr_model.engines.deadline import NEVER, RequestDeadline
from ocr_model.engines.llm.cache import ReplyCache
from ocr_model.engines.llm.completer import Completer
from ocr_model.engines.llm.exchange import REDACTED, ChatClient, Deadline, Endpoint, endpoint_from
from ocr_model.engines.llm.field_reader import FieldReader, as_said
from ocr_model.engines.llm.page_content import TextReader
from ocr_model.engines.llm.page_state import Messages, PageState
from ocr_model.engines.llm.pair_reader import PairReader
from ocr_model.engines.llm.reply import Parsed, flat_answers
from ocr_model.engines.llm.reply_form import form_of_fields, form_of_pairs
from ocr_model.engines.words import is_doubtful, notes_of
from ocr_model.errors import LLMError, ParseError
from ocr_model.fields import WantedFields
from ocr_model.schema import Outcome, Page, PageResult, Quality
from ocr_model.trace_content import keeps_text


class LLMEngine:
    """Reads pages with `config.llm`. Safe to call from `concurrency` threads at once."""

    name = "llm"

    def __init__(
        self,
        config: ExtractorConfig,
        messages: Messages,
        wanted: WantedFields | None = None,
        *,
        backoff_s: float = 0.5,
    ) -> None:
        """Read endpoint and key from the environment and open client and cache.

        If fields are `wanted`, `messages` describe them.

        Raises:
            ConfigError: the key is missing, or endpoint, key, proxy or cache cannot be used; or
                `page_input` or `answer_boxes` need the OCR and its packages are not installed.
        """
        self.llm: str | None = config.llm
        self.concurrency = config.concurrency
        self._config = config
        self._messages = messages
        replays = config.cache == "replay"
        endpoint = Endpoint("replay")
        if not replays:
            endpoint = endpoint_from(os.environ, config.allowed_hosts)
        # Models of earlier versions may pin a key; it must not leak if an endpoint echoes it.
        endpoint = replace(
            endpoint, headers=(*endpoint.headers, *secret_values(config.llm_parameters))
        )
        self.notes: tuple[str, ...] = endpoint.notes
        cache = None if config.cache == "off" else ReplyCache(config.cache_path, config.cache)
        self.text_reader = TextReader() if config.reads_words else None
        client = None if replays else ChatClient(endpoint, config.concurrency)
        self._cache = cache
        self.wanted = wanted
        form = form_of_pairs() if wanted is None else form_of_fields(wanted)
        self._completer = Completer(config, endpoint, client, cache, backoff_s, form)
        pairs = PairReader(self._completer, config.llm_parameters, self.text_reader, wanted)
        self._reader: PairReader | FieldReader = pairs
        if wanted is not None:
            asks_again = config.ask_again == "on" and not replays
            self._reader = FieldReader(pairs, wanted, asks_again=asks_again)
        self.close = weakref.finalize(self, _close, client, cache)

    def read_page(self, page: Page, request: RequestDeadline = NEVER) -> PageResult:
        return self.ask(page, self._messages, request)

    def ask(self, page: Page, messages: Messages, request: RequestDeadline) -> PageResult:
        """Request the pairs of a page, or its fields, with these messages.

        Raises:
            LLMError: the endpoint failed, refused or broke off, or the deadline had passed.
            ParseError: no reply, retries included, had pairs or fields.
        """
        config = self._config
        # Before the page's clock starts, because pages may have to wait for a core.
        sends_text = config.page_input != "image"
        text = self.text_reader.read_text(page) if self.text_reader and sends_text else None
        if config.page_input == "text" and not text:
            notes, doubtful = self._doubts(page)
            notes = (*notes, "no text on the page: the LLM was not asked")
            quality = self.quality_of(page)
            keys = None if self.wanted is None else ()
            return PageResult((), notes=notes, doubtful=doubtful, quality=quality, field_keys=keys)
        request.check()
        deadline = Deadline(config.timeout_s, request)
        dialect = self._completer.first_dialect
        state = PageState(page, messages, text, deadline, config.image_longest_side, dialect)
        try:
            parsed = self._read(state, request)
        except LLMError as err:
            err.usage = state.usage
            looped = ("looped",) if isinstance(err, ParseError) and err.looped else ()
            err.notes = (*state.notes, *looped)
            if err.outcome is Outcome.TIMEOUT and request.is_over:
                # Not caused by the endpoint or by `timeout_s`.
                raise LLMError(request.reason, err.outcome, usage=err.usage) from err
            raise
        return self._result(state, parsed)

    def _read(self, state: PageState, request: RequestDeadline) -> Parsed:
        """Read a page; meanwhile, another thread with the same page waits."""
        lock: contextlib.AbstractContextManager[object] = contextlib.nullcontext()
        if self._cache is not None:
            state.key = self._completer.key_of(state)
            lock = self._cache.lock_of(state.key)
        with lock:
            state.deadline = Deadline(self._config.timeout_s, request)
            parsed = self._reader.read(state)
            if not parsed.unread:
                self._completer.store(state)
        return parsed

    def _result(self, state: PageState, parsed: Parsed) -> PageResult:
        answers, keys = flat_answers(parsed.pairs, state.page.number), None
        if parsed.said is not None:
            keys = tuple(key for key, _ in parsed.said)
            answers = tuple(answer for _, answer in as_said(parsed.said, state.page.number))
        adapted = state.dialect.notes(self._config.structured_output)
        if state.completion is not None and REDACTED in state.completion.written:
            adapted.append("key taken out of the reply")
        on_reading, doubtful = self._doubts(state.page)
        return PageResult(
            answers=answers,
            usage=state.usage,
            notes=(
                *state.notes,
                *parsed.notes,
                *adapted,
                *state.strip_notes(),
                *on_reading,
            ),
            cached=state.cached is not None,
            logprobs=state.logprobs_of(answers),
            unread=_error_of(parsed.unread),
            doubtful=doubtful or parsed.left_out > 0,
            quality=self.quality_of(state.page),
            field_keys=keys,
        )

    def quality_of(self, page: Page) -> Quality:
        """The quality measured by the embedded OCR, if it has read the page."""
        return (
            Quality(page.number) if self.text_reader is None else self.text_reader.quality_of(page)
        )

    def _doubts(self, page: Page) -> tuple[tuple[str, ...], bool]:
        """Notes on the text that was sent to the LLM instead of the page."""
        if self.text_reader is None or self._config.page_input != "text":
            return (), False
        reading = self.text_reader.read(page)
        return notes_of(reading, page.number), is_doubtful(reading)


def _error_of(unread: Sequence[str]) -> str | None:
    if not unread:
        return None
    if not keeps_text():
        return "Expected nothing beside the pairs, got more; it is not shown."
    return f"Expected nothing beside the pairs, got {'; '.join(unread)}."


def _close(*opened: ChatClient | ReplyCache | None) -> None:
    for resource in opened:
        if resource is not None:
            resource.close()
