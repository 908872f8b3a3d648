"""A page -> a completion: build the request, look for it in the cache, send it, and adapt to what
the endpoint refuses.
"""

from __future__ import annotations

import threading
from typing import Any

from mlflow.entities import SpanType

from ocr_model.config import ExtractorConfig
from ocr_model.documents import EncodedPage
from ocr_model.engines.llm.cache import CachedReply, ReplyCache, key_of
from ocr_model.engines.llm.exchange import (
    ChatClient,
    Completion,
    Deadline,
    Endpoint,
    Fault,
    Kind,
    RateLimit,
    Sender,
)
from ocr_model.engines.llm.page_content import SentPage, encode_strips, may_lack_image
from ocr_model.engines.llm.page_state import PageState
from ocr_model.engines.llm.reply_form import ReplyForm
from ocr_model.engines.llm.request import Dialect, Reask, build_request, texts_of
from ocr_model.engines.llm.spans import (
    image_to_show,
    measures,
    show_cached,
    show_reply,
    show_request,
)
from ocr_model.engines.steps import open_span, step
from ocr_model.errors import LLMError
from ocr_model.trace_content import document_sha256, keeps_text

# For a page that is too large for the endpoint: half the side is a quarter of the pixels.
_SHRINK = 2
_REFUSES_SAMPLING = (Kind.PARAMETER, Kind.REJECTED)
_SHRINKABLE = (Kind.REQUEST_TOO_LARGE, Kind.CONTEXT_LENGTH)


class Completer:
    """Gets completions for the pages of an engine. Adaptations apply to all threads."""

    def __init__(
        self,
        config: ExtractorConfig,
        endpoint: Endpoint,
        client: ChatClient | None,
        cache: ReplyCache | None,
        backoff_s: float,
        form: ReplyForm,
    ) -> None:
        """`client` is None in a replay, which sends nothing; `form` is the reply format."""
        self._config = config
        self._endpoint = endpoint
        self._client = client
        self._cache = cache
        self._form = form
        limit = RateLimit(config.requests_per_minute)
        self._sender = Sender(backoff_s, config.timeout_s / 2, limit)
        self._dialect = self.first_dialect = Dialect(config.structured_output)
        self._learning = threading.Lock()
        self._takes_sampling = True

    def key_of(self, state: PageState) -> str:
        """Cache key of a page: that of its first request, as a new engine would send it.

        Later adaptations to the endpoint (rung, name of the token limit, size) are not part of the
        key, so that a new run finds the page, too.
        """
        page = SentPage(self._encode(state), state.text)
        return key_of(self._request(state, page, self.first_dialect))

    def _request(
        self, state: PageState, page: SentPage, dialect: Dialect, reask: Reask | None = None
    ) -> dict[str, Any]:
        return build_request(self._config, state.messages, page, dialect, reask, self._form)

    def complete(self, state: PageState, reask: Reask | None) -> Completion | None:
        """Send until there is a completion; None if the endpoint refuses to sample.

        Raises:
            LLMError: there is none, or the cache fails.
        """
        samples = reask is not None and reask.samples
        if samples and not self._takes_sampling:
            return None
        while True:
            state.dialect = self._dialect
            reply = self._reply(state, reask)
            if isinstance(reply, Completion):
                return reply
            if self._learn(state.dialect, reply) or self._shrink(state, reply):
                continue
            if samples and reply.kind in _REFUSES_SAMPLING:
                self._takes_sampling = False
                return None
            raise self._error(reply)

    def _reply(self, state: PageState, reask: Reask | None) -> Completion | Fault:
        with step("request") as facts:
            page = SentPage(self._encode(state), state.text)
            request = self._request(state, page, state.dialect, reask)
            facts |= {"prompt_uri": self._config.prompt_uri, "rung": state.dialect.rung}
            facts |= {"fields": list(self._form.fields)} if self._form.fields else {}
            facts |= measures(page)
            facts |= {"again": reask.reason if keeps_text() else True} if reask else {}
        with open_span("completion", SpanType.CHAT_MODEL) as span:
            show_request(span, request, state.shown_images)
            if (cached := self._cached(state)) is not None:
                show_cached(span, cached.completion)
                return cached.completion
            reply, attempts = self._send(request, state.deadline)
            show_reply(span, reply, attempts)
        state.usage += reply.usage
        tokens = reply.usage.prompt_tokens
        if tokens and may_lack_image(page, self._config.image_detail, texts_of(request), tokens):
            state.note(f"{tokens} prompt tokens: the endpoint may have dropped the image")
        return reply

    def _send(self, request: dict[str, Any], deadline: Deadline) -> tuple[Completion | Fault, int]:
        """The completion or fault, and the number of attempts."""
        client, attempts = self._client, 0
        if client is None:
            return Fault(Kind.NOT_RECORDED, "not recorded, and a replay sends nothing"), 0

        def exchange(seconds: float) -> Completion | Fault:
            nonlocal attempts
            attempts += 1
            return client.complete(request, seconds)

        return self._sender.send(exchange, deadline), attempts

    def _cached(self, state: PageState) -> CachedReply | None:
        """The cached reply for the page, unless this or another reply was just unusable."""
        state.cached = None
        if self._cache is not None and state.key is not None and state.completion is None:
            endpoint = self._endpoint
            state.cached = self._cache.get(state.key, (endpoint.kept, endpoint.base_url))
        if state.cached is not None:
            self._note_document(state.key)
            state.usage, state.notes = state.cached.usage, list(state.cached.notes)
            state.dialect = state.cached.dialect
        return state.cached

    def _note_document(self, key: str | None) -> None:
        """Record the document, so that erasing it also erases a reply shared with another one."""
        sha256 = document_sha256()
        if self._cache is not None and key is not None and sha256 is not None and keeps_text():
            self._cache.note_document(key, sha256)

    def store(self, state: PageState) -> None:
        """Store the reply that the page was read from."""
        cache, completion = self._cache, state.completion
        if cache is None or cache.replays or state.key is None or completion is None:
            return
        if not keeps_text():  # what a page says stays on no disk
            return
        if state.cached is None:
            reply = CachedReply(completion, state.usage, state.dialect, tuple(state.notes))
            state.notes += cache.put(
                state.key, self._endpoint.kept, self._config.llm, reply, document_sha256()
            )

    def _encode(self, state: PageState) -> tuple[EncodedPage, ...]:
        if self._config.page_input == "text":
            return ()
        if state.encoded is None:
            state.encoded = encode_strips(state.page, state.longest_side, self._config)
            shown = self._config.trace_content
            state.shown_images = [image_to_show(image, shown) for image in state.encoded]
        return state.encoded

    def _learn(self, used: Dialect, fault: Fault) -> bool:
        """Whether there is another dialect to try."""
        with self._learning:
            if self._dialect != used:
                return fault.kind in (Kind.RESPONSE_FORMAT, Kind.TOKEN_LIMIT_NAME)
            better = used.after(fault)
            self._dialect = better or used
            return better is not None

    def _shrink(self, state: PageState, fault: Fault) -> bool:
        """Whether to retry a page that was too large once, at half its side."""
        if fault.kind not in _SHRINKABLE or not state.encoded:
            return False
        if state.longest_side != self._config.image_longest_side:
            return False
        longest = max(max(image.width, image.height) for image in state.encoded)
        state.longest_side = longest // _SHRINK
        state.encoded = None
        state.notes.append(f"page sent at {state.longest_side} px: {fault.kind.value}")
        return True

    def _error(self, fault: Fault) -> LLMError:
        where = f"{self._endpoint.shown} (llm {self._config.llm!r})"
        err = LLMError(
            f"{where}: {fault.message}. {fault.policy.remedy}".rstrip(),
            fault.policy.outcome,
            aborts_batch=fault.policy.aborts_batch,
            text=fault.text,
        )
        # A provider's message may repeat the request.
        status = f" (HTTP {fault.status})" if fault.status is not None else ""
        err.without_text = f"{where}: {fault.kind.value}{status}. {fault.policy.remedy}".rstrip()
        return err
