"""Read a page with an LLM behind any OpenAI-compatible endpoint.

Arranges the pieces beside it: build the request, send it, learn what the endpoint takes, parse,
ask once more where that can help. Every failure is an LLMError with its outcome.
"""

from __future__ import annotations

import os
import threading
import weakref
from dataclasses import dataclass, field

import mlflow
from mlflow.entities import SpanType

from ocr_model.config import ExtractorConfig
from ocr_model.documents import EncodedPage, encode_page
from ocr_model.engines.completion import Completion
from ocr_model.engines.endpoint import endpoint_from
from ocr_model.engines.faults import Fault, Kind
from ocr_model.engines.page_content import PageContent, TextReader, may_lack_image
from ocr_model.engines.pairs import parse_completion
from ocr_model.engines.parsing import Parsed
from ocr_model.engines.rate_limit import RateLimit
from ocr_model.engines.request import Again, Dialect, build_request, has_token_limit, texts_of
from ocr_model.engines.retry import Attempts, Deadline, Sender
from ocr_model.engines.spans import (
    measures,
    page_to_show,
    show_parsed,
    show_reply,
    show_request,
    show_unparsed,
)
from ocr_model.engines.wire import Wire
from ocr_model.errors import LLMError, ParseError
from ocr_model.prompts import Message
from ocr_model.schema import Answer, KeyValueList, Outcome, Page, PageResult, Usage

# For a page that the endpoint finds too large: half the side is a quarter of the pixels.
_SHRINK = 2
_SHRINKABLE = (Kind.REQUEST_TOO_LARGE, Kind.CONTEXT_LENGTH)


@dataclass(slots=True)
class _Turn:
    """One page on its way: what it may still cost, what it has cost, what was done to it."""

    page: Page
    deadline: Deadline
    longest_side: int
    dialect: Dialect
    attempts: Attempts = field(default_factory=Attempts)
    usage: Usage = field(default_factory=Usage)
    notes: list[str] = field(default_factory=list)
    shown_page: object = None
    encoded: EncodedPage | None = None
    text: str | None = None

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


class LLMEngine:
    """Reads pages with `config.llm`. Safe to call from `concurrency` threads at once."""

    name = "llm"

    def __init__(
        self, config: ExtractorConfig, messages: tuple[Message, ...], *, backoff_s: float = 0.5
    ) -> None:
        """Read endpoint and key from the environment and open the client.

        Raises:
            ConfigError: the key is missing, or endpoint, key or proxy cannot be used; or
                `page_input` wants text and the OCR packages are not installed.
        """
        self.llm: str | None = config.llm
        self.concurrency = config.concurrency
        self.notes: tuple[str, ...] = ()
        self._config = config
        self._messages = messages
        self._endpoint = endpoint_from(os.environ)
        self._text_reader = None if config.page_input == "image" else TextReader()
        self._wire = Wire(self._endpoint, config.concurrency)
        limit = RateLimit(config.requests_per_minute, config.tokens_per_minute)
        self._sender = Sender(backoff_s, config.timeout_s / 2, limit)
        self._dialect = Dialect(config.structured_output)
        self._learning = threading.Lock()
        self.close = weakref.finalize(self, self._wire.close)

    def read_page(self, page: Page) -> PageResult:
        """Ask for the pairs of a page.

        Raises:
            LLMError: the endpoint failed, refused or broke off.
            ParseError: it answered twice, but not with pairs.
        """
        config = self._config
        # Before the clock of the page starts: pages wait for a core, which is nobody's fault.
        text = self._text_reader.read_text(page) if self._text_reader else None
        if config.page_input == "text" and not text:
            return PageResult((), notes=("no text on the page: the LLM was not asked",))
        turn = _Turn(page, Deadline(config.timeout_s), config.image_longest_side, self._dialect)
        turn.text = text
        try:
            parsed = self._read(turn)
        except LLMError as err:
            err.attempts, err.usage = turn.attempts.count, turn.usage
            raise
        return PageResult(
            answers=_answers(parsed.pairs, page.number),
            usage=turn.usage,
            notes=(
                *turn.notes,
                *turn.attempts.notes(),
                *parsed.notes,
                *turn.dialect.notes(config.structured_output),
            ),
        )

    def _read(self, turn: _Turn) -> Parsed:
        completion = self._complete(turn, None)
        try:
            return self._parse(completion)
        except ParseError as first:
            again = self._again_after(first)
            if again is None:
                raise
            turn.notes.append(f"asked again: {again.reason}")
            try:
                return self._parse(self._complete(turn, again))
            except LLMError as second:
                if isinstance(second, ParseError) or second.aborts_batch:
                    raise
                # The first reply says more about the page than what befell the second request.
                raise first from second

    def _again_after(self, first: ParseError) -> Again | None:
        if first.outcome is not Outcome.TRUNCATED:
            return Again("it was not the JSON object described above")
        if has_token_limit(self._config.llm_parameters):
            return Again("it was cut off at the token limit", larger_limit=True)
        return None

    def _complete(self, turn: _Turn, again: Again | None) -> Completion:
        """Send until there is a completion, adapting to what the endpoint refuses."""
        while True:
            turn.dialect = self._dialect
            reply = self._ask(turn, again)
            if isinstance(reply, Completion):
                return reply
            if self._learn(turn.dialect, reply) or self._shrink(turn, reply):
                continue
            raise self._error(reply)

    def _ask(self, turn: _Turn, again: Again | None) -> Completion | Fault:
        with mlflow.start_span("request") as span:
            page = PageContent(self._encode(turn), turn.text)
            request = build_request(self._config, self._messages, page, turn.dialect, again)
            asked = {"prompt_uri": self._config.prompt_uri, "rung": turn.dialect.rung}
            span.set_inputs(asked | ({"again": again.reason} if again else {}))
            span.set_outputs(measures(page))
        with mlflow.start_span("completion", SpanType.CHAT_MODEL) as span:
            show_request(span, request, turn.shown_page)
            before = turn.attempts.count
            reply = self._sender.send(
                lambda seconds: self._wire.post(request, seconds), turn.deadline, turn.attempts
            )
            show_reply(span, reply, turn.attempts.count - before)
        turn.usage += reply.usage
        tokens = reply.usage.prompt_tokens
        if tokens and may_lack_image(page, self._config.image_detail, texts_of(request), tokens):
            turn.note(f"{tokens} prompt tokens: the endpoint may have dropped the image")
        return reply

    def _encode(self, turn: _Turn) -> EncodedPage | None:
        if self._config.page_input == "text":
            return None
        if turn.encoded is None:
            turn.encoded = encode_page(
                turn.page.image,
                turn.longest_side,
                self._config.image_format,
                self._config.image_quality,
                enlarge=self._config.image_enlarge,
            )
            turn.shown_page = page_to_show(turn.encoded, self._config.trace_images)
        return turn.encoded

    def _learn(self, used: Dialect, fault: Fault) -> bool:
        """Whether there is another dialect to try; what one thread learns holds for all."""
        with self._learning:
            if self._dialect != used:
                return fault.kind in (Kind.RESPONSE_FORMAT, Kind.TOKEN_LIMIT_NAME)
            better = used.after(fault)
            self._dialect = better or used
            return better is not None

    def _shrink(self, turn: _Turn, fault: Fault) -> bool:
        """Whether a page that was too large is worth sending at half its side, once."""
        if fault.kind not in _SHRINKABLE or turn.encoded is None:
            return False
        if turn.longest_side != self._config.image_longest_side:
            return False
        turn.longest_side = max(turn.encoded.width, turn.encoded.height) // _SHRINK
        turn.encoded = None
        turn.notes.append(f"page sent at {turn.longest_side} px: {fault.kind.value}")
        return True

    def _parse(self, completion: Completion) -> Parsed:
        with mlflow.start_span("parse", SpanType.PARSER) as span:
            try:
                parsed = parse_completion(completion)
            except ParseError as err:
                show_unparsed(span, completion, err)
                raise
            show_parsed(span, completion, len(parsed.pairs.pairs), parsed.notes)
            return parsed

    def _error(self, fault: Fault) -> LLMError:
        where = f"{self._endpoint.base_url} (llm {self._config.llm!r})"
        return LLMError(
            f"{where}: {fault.message}. {fault.policy.remedy}".rstrip(),
            fault.policy.outcome,
            status=fault.status,
            aborts_batch=fault.policy.aborts_batch,
            text=fault.text,
        )


def _answers(pairs: KeyValueList, page: int) -> tuple[Answer, ...]:
    """Flat and in order; a question without answers stands once, with None."""
    blank: list[str | None] = [None]
    return tuple(
        Answer(pair.key, value, page) for pair in pairs.pairs for value in pair.value or blank
    )
