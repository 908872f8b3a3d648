"""Read a page with an LLM behind any OpenAI-compatible endpoint.

Arranges the pieces beside it: build the request, send it, learn what the endpoint takes, parse,
ask once more where that can help. Every failure is an LLMError with its outcome.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import mlflow
from mlflow.entities import SpanType

from ocr_model.config import ExtractorConfig
from ocr_model.documents import EncodedPage
from ocr_model.engines.deadline import NEVER, RequestDeadline
from ocr_model.engines.llm.attempt import Messages, Turn
from ocr_model.engines.llm.cache import Memory, Recorded, Recording
from ocr_model.engines.llm.exchange import (
    REDACTED,
    Completion,
    Deadline,
    Endpoint,
    Fault,
    Kind,
    RateLimit,
    Sender,
    Wire,
    endpoint_from,
)
from ocr_model.engines.llm.halves import halves
from ocr_model.engines.llm.judging import Judge, beside_the_pairs
from ocr_model.engines.llm.page_content import (
    PageContent,
    TextReader,
    encode_strips,
    may_lack_image,
)
from ocr_model.engines.llm.reply import Parsed, flat_answers, join
from ocr_model.engines.llm.request import Again, Dialect, again_after, build_request, texts_of
from ocr_model.engines.llm.spans import (
    image_to_show,
    measures,
    show_parsed,
    show_recorded,
    show_reply,
    show_request,
    show_unparsed,
)
from ocr_model.engines.steps import step
from ocr_model.engines.words import is_doubtful, notes_of
from ocr_model.errors import LLMError, ParseError
from ocr_model.schema import Outcome, Page, PageResult, Quality

# For a page that the endpoint finds too large: half the side is a quarter of the pixels.
_SHRINK = 2
_REFUSES_SAMPLING = (Kind.PARAMETER, Kind.REJECTED)
_SHRINKABLE = (Kind.REQUEST_TOO_LARGE, Kind.CONTEXT_LENGTH)


class LLMEngine:
    """Reads pages with `config.llm`. Safe to call from `concurrency` threads at once."""

    name = "llm"

    def __init__(
        self, config: ExtractorConfig, messages: Messages, *, backoff_s: float = 0.5
    ) -> None:
        """Read endpoint and key from the environment and open client and cache.

        Raises:
            ConfigError: the key is missing, or endpoint, key, proxy or cache cannot be used; or
                `page_input` or `answer_boxes` want the OCR and its packages are not installed.
        """
        self.llm: str | None = config.llm
        self.concurrency = config.concurrency
        self._config = config
        self._messages = messages
        replays = config.cache == "replay"
        self._endpoint = Endpoint("replay") if replays else endpoint_from(os.environ)
        self.notes: tuple[str, ...] = self._endpoint.notes
        self._memory = Memory(config, self._endpoint.kept, self._endpoint.base_url)
        self.text_reader = TextReader() if config.reads_words else None
        self._sends_text = config.page_input != "image"
        self._wire = Recording() if replays else Wire(self._endpoint, config.concurrency)
        limit = RateLimit(config.requests_per_minute, config.tokens_per_minute)
        self._sender = Sender(backoff_s, config.timeout_s / 2, limit)
        self._dialect = self._first_dialect = Dialect(config.structured_output)
        self._learning = threading.Lock()
        self._takes_sampling = True
        self._judge = Judge(self.text_reader)
        self.close = weakref.finalize(self, _close, self._wire, self._memory)

    def read_page(self, page: Page, request: RequestDeadline = NEVER) -> PageResult:
        return self.ask(page, self._messages, request)

    def ask(self, page: Page, messages: Messages, request: RequestDeadline) -> PageResult:
        """Ask for the pairs of a page with these messages.

        Raises:
            LLMError: the endpoint failed, refused or broke off, or the request's time was over.
            ParseError: it answered twice, but not with pairs.
        """
        config = self._config
        # Before the clock of the page starts: pages wait for a core, which is nobody's fault.
        text = self.text_reader.read_text(page) if self.text_reader and self._sends_text else None
        if config.page_input == "text" and not text:
            read, doubtful = self._doubts(page)
            notes = (*read, "no text on the page: the LLM was not asked")
            quality = self.quality_of(page)
            return PageResult((), notes=notes, doubtful=doubtful, quality=quality)
        request.check()
        deadline = Deadline(config.timeout_s, request)
        turn = Turn(page, messages, text, deadline, config.image_longest_side, self._dialect)
        turn.key = self._memory.key_of(lambda: self._first_request(turn))
        try:
            with self._memory.hold(turn.key):
                turn.deadline = Deadline(config.timeout_s, request)
                parsed = self._read(turn)
                if not parsed.unread:
                    self._record(turn)
        except LLMError as err:
            err.attempts, err.usage = turn.attempts.count, turn.usage
            looped = ("looped",) if isinstance(err, ParseError) and err.looped else ()
            err.notes = (*turn.notes, *looped)
            if err.outcome is Outcome.TIMEOUT and request.is_over:
                # The endpoint is not to blame, nor is `timeout_s`.
                raise LLMError(request.reason, err.outcome, usage=err.usage) from err
            raise
        learned = turn.dialect.notes(config.structured_output)
        if turn.completion is not None and REDACTED in turn.completion.written:
            learned.append("key taken out of the reply")
        answers = flat_answers(parsed.pairs, page.number)
        read, doubtful = self._doubts(page)
        return PageResult(
            answers=answers,
            usage=turn.usage,
            notes=(
                *turn.notes,
                *turn.attempts.notes(),
                *parsed.notes,
                *learned,
                *turn.strip_notes(),
                *read,
            ),
            cached=turn.recorded is not None,
            logprobs=turn.logprobs_of(answers),
            unread=_said(parsed.unread),
            doubtful=doubtful or parsed.left_out > 0,
            quality=self.quality_of(page),
        )

    def quality_of(self, page: Page) -> Quality:
        """What the embedded OCR found of it, where it was asked to read it by now."""
        return (
            Quality(page.number) if self.text_reader is None else self.text_reader.quality_of(page)
        )

    def _doubts(self, page: Page) -> tuple[tuple[str, ...], bool]:
        """What is to be said of the text that the LLM was given in place of the page."""
        if self.text_reader is None or self._config.page_input != "text":
            return (), False
        reading = self.text_reader.read(page)
        return notes_of(reading, page.number), is_doubtful(reading)

    def _first_request(self, turn: Turn) -> dict[str, Any]:
        """The page's request as an engine sends it that has learned nothing yet."""
        page = PageContent(self._encode(turn), turn.text)
        return build_request(self._config, turn.messages, page, self._first_dialect)

    def _read(self, turn: Turn) -> Parsed:
        again: Again | None = None
        failed: list[ParseError] = []
        in_part: Parsed | None = None
        while True:
            try:
                parsed = self._ask_for_pairs(turn, again, failed)
                if not parsed.unread:
                    return parsed
                in_part = in_part or parsed
                failed.append(beside_the_pairs(parsed, turn.completion))
            except ParseError as err:
                failed.append(err)
            except LLMError as err:
                if not failed or err.aborts_batch:
                    raise
                # The reply says more about the page than what befell the request after it.
                if in_part is not None:
                    return in_part
                raise failed[-1] from err
            again = again_after(failed, self._config.llm_parameters)
            if in_part is not None and (again is None or len(failed) > 1):
                return in_part
            if again is None:
                raise failed[-1]
            turn.notes.append(f"asked again: {again.reason}")

    def _ask_for_pairs(self, turn: Turn, again: Again | None, failed: list[ParseError]) -> Parsed:
        completion = self._complete(turn, again) if self._may_ask(again) else None
        if completion is not None:
            turn.completion = completion
            return self._parse(turn, completion)
        try:
            return self._read_in_halves(turn)
        except ParseError as err:
            raise failed[-1] from err

    def _may_ask(self, again: Again | None) -> bool:
        return again is None or not again.samples or self._takes_sampling

    def _read_in_halves(self, turn: Turn) -> Parsed:
        """The pairs of both halves, each with half of the token limit; or what went wrong in one.

        The completion that is kept for the page is what would have come of it at once.
        """
        turn.note("read in two halves")
        reading = self.text_reader.read(turn.page) if turn.text and self.text_reader else None
        found: list[Parsed] = []
        for image, text in halves(turn.page.image, reading):
            half = turn.of_part(image, text)
            try:
                completion = self._complete(half, Again("it repeated itself", halved=True))
                assert completion is not None
                found.append(self._parse(half, completion))
            finally:
                turn.usage += half.usage
                turn.dialect = half.dialect
        joined = join(found)
        for note in joined.notes:
            turn.note(note)
        # What is kept would not tell of the pairs that were left out.
        text = None if joined.left_out else joined.pairs.model_dump_json()
        turn.completion = None if text is None else Completion(text, usage=turn.usage)
        return replace(joined, notes=())

    def _record(self, turn: Turn) -> None:
        if turn.recorded is not None or turn.completion is None:
            return
        recorded = Recorded(turn.completion, turn.usage, turn.dialect, tuple(turn.notes))
        turn.notes += self._memory.record(turn.key, recorded)

    def _complete(self, turn: Turn, again: Again | None) -> Completion | None:
        """Send until there is a completion, adapting to what the endpoint refuses.

        None where it refuses to sample.
        """
        while True:
            turn.dialect = self._dialect
            reply = self._ask(turn, again)
            if isinstance(reply, Completion):
                return reply
            if self._learn(turn.dialect, reply) or self._shrink(turn, reply):
                continue
            if again is not None and again.samples and reply.kind in _REFUSES_SAMPLING:
                self._takes_sampling = False
                return None
            raise self._error(reply)

    def _ask(self, turn: Turn, again: Again | None) -> Completion | Fault:
        with step("request", SpanType.UNKNOWN) as span:
            page = PageContent(self._encode(turn), turn.text)
            request = build_request(self._config, turn.messages, page, turn.dialect, again)
            asked = {"prompt_uri": self._config.prompt_uri, "rung": turn.dialect.rung}
            span.set_inputs(asked | ({"again": again.reason} if again else {}))
            span.set_outputs(measures(page))
        with mlflow.start_span("completion", SpanType.CHAT_MODEL) as span:
            show_request(span, request, turn.shown_images)
            if (recorded := self._recall(turn)) is not None:
                show_recorded(span, recorded.completion)
                return recorded.completion
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

    def _recall(self, turn: Turn) -> Recorded | None:
        """What was recorded for the page, unless that or something else has just failed."""
        turn.recorded = self._memory.recall(turn.key) if turn.completion is None else None
        if (recorded := turn.recorded) is not None:
            turn.usage, turn.notes = recorded.usage, list(recorded.notes)
            turn.dialect = recorded.dialect
        return turn.recorded

    def _encode(self, turn: Turn) -> tuple[EncodedPage, ...]:
        if self._config.page_input == "text":
            return ()
        if turn.encoded is None:
            turn.encoded = encode_strips(turn.page, turn.longest_side, self._config)
            shown = self._config.trace_images
            turn.shown_images = [image_to_show(image, shown) for image in turn.encoded]
        return turn.encoded

    def _learn(self, used: Dialect, fault: Fault) -> bool:
        """Whether there is another dialect to try; what one thread learns holds for all."""
        with self._learning:
            if self._dialect != used:
                return fault.kind in (Kind.RESPONSE_FORMAT, Kind.TOKEN_LIMIT_NAME)
            better = used.after(fault)
            self._dialect = better or used
            return better is not None

    def _shrink(self, turn: Turn, fault: Fault) -> bool:
        """Whether a page that was too large is worth sending at half its side, once."""
        if fault.kind not in _SHRINKABLE or not turn.encoded:
            return False
        if turn.longest_side != self._config.image_longest_side:
            return False
        longest = max(max(image.width, image.height) for image in turn.encoded)
        turn.longest_side = longest // _SHRINK
        turn.encoded = None
        turn.notes.append(f"page sent at {turn.longest_side} px: {fault.kind.value}")
        return True

    def _parse(self, turn: Turn, completion: Completion) -> Parsed:
        with step("parse") as span:
            try:
                parsed = self._judge.parse(completion, turn.page, turn.deadline)
            except ParseError as err:
                show_unparsed(span, completion, err)
                raise
            show_parsed(span, completion, len(parsed.pairs.pairs), parsed.notes + parsed.unread)
            return parsed

    def _error(self, fault: Fault) -> LLMError:
        where = f"{self._endpoint.shown} (llm {self._config.llm!r})"
        return LLMError(
            f"{where}: {fault.message}. {fault.policy.remedy}".rstrip(),
            fault.policy.outcome,
            status=fault.status,
            aborts_batch=fault.policy.aborts_batch,
            text=fault.text,
        )


def _said(unread: Sequence[str]) -> str | None:
    if not unread:
        return None
    return f"Expected nothing beside the pairs, got {'; '.join(unread)}."


def _close(wire: Wire | Recording, memory: Memory) -> None:
    wire.close()
    memory.close()
