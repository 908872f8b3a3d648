"""State shared by the documents of one call: its limits, and a fault that ends it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass

from ocr_model.config import ExtractorConfig
from ocr_model.documents import PageRequest
from ocr_model.engines import NEVER, RequestDeadline
from ocr_model.errors import DocumentError, ExtractionError, LLMError
from ocr_model.schema import Outcome


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it arrives: base64 text, a base64 data URL, or raw bytes."""

    content: object
    document_id: str | None = None


class RequestState:
    """One call. Limits apply in the order of the documents, even if they are read concurrently."""

    def __init__(
        self,
        config: ExtractorConfig,
        asked: PageRequest,
        page_threads: Executor,
        deadline: RequestDeadline = NEVER,
    ) -> None:
        self.asked = asked
        self.deadline = deadline
        self.page_threads = page_threads
        self._config = config
        self._bytes = 0
        self._pages = 0
        self._turn = 0
        self._turns = threading.Condition()
        self._lock = threading.Lock()
        self._reason: str | None = None

    @property
    def abort_reason(self) -> str | None:
        with self._lock:
            return self._reason

    def observe(self, error: ExtractionError) -> None:
        """Remember a fault that ends the call, for all documents still to come."""
        if isinstance(error, LLMError) and error.aborts_batch:
            with self._lock:
                self._reason = self._reason or str(error)

    @contextmanager
    def turn(self, index: int) -> Iterator[None]:
        """Inside, a document is admitted; on exit, it is the next document's turn.

        Documents start in order, and none waits for a page during its turn: no deadlock.
        """
        try:
            yield
        finally:
            with self._turns:
                self._turns.wait_for(lambda: self._turn == index)
                self._turn += 1
                self._turns.notify_all()

    def admit(self, index: int, size: int, pages: int) -> None:
        """Count a document in, or refuse it; smaller ones after it may still fit.

        Raises:
            DocumentError: the request would exceed one of its limits (`too_large`).
        """
        with self._turns:
            self._turns.wait_for(lambda: self._turn == index)
            _check("bytes", self._bytes, size, self._config.max_request_bytes)
            _check("pages", self._pages, pages, self._config.max_request_pages)
            self._bytes += size
            self._pages += pages


def _check(unit: str, before: int, more: int, limit: int) -> None:
    if before + more > limit:
        raise DocumentError(
            f"Expected at most {limit:,} {unit} per request, got {before:,} before this document "
            f"of {more:,}. Send it in another request or raise max_request_{unit}.",
            Outcome.TOO_LARGE,
        )
