"""The state of a page while the LLM engine reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from PIL import Image

from ocr_model.documents import EncodedPage
from ocr_model.engines.llm.cache import CachedReply
from ocr_model.engines.llm.exchange import Completion, Deadline, logprobs_of
from ocr_model.engines.llm.request import Dialect
from ocr_model.prompts import Message
from ocr_model.schema import Answer, Page, Usage

Messages = tuple[Message, ...]


@dataclass(slots=True)
class PageState:
    """The remaining budget of a page, its cost so far, and its notes."""

    page: Page
    messages: Messages
    text: str | None
    deadline: Deadline
    longest_side: int
    dialect: Dialect
    usage: Usage = field(default_factory=Usage)
    notes: list[str] = field(default_factory=list)
    shown_images: Sequence[object] = ()
    key: str | None = None
    cached: CachedReply | None = None
    completion: Completion | None = None
    encoded: tuple[EncodedPage, ...] | None = None

    def of_part(self, image: Image.Image, text: str | None) -> PageState:
        """The same for a part of the page, with a separate cost."""
        page = Page(self.page.number, image)
        return replace(self, page=page, text=text, encoded=None, usage=Usage())

    def logprobs_of(self, answers: Sequence[Answer]) -> tuple[tuple[float, ...], ...]:
        """The log probabilities of each answer's tokens in the page's reply."""
        if self.completion is None or not self.completion.tokens:
            return ()
        return logprobs_of(answers, self.completion.text, self.completion.tokens)

    def strip_notes(self) -> list[str]:
        if self.encoded is None or len(self.encoded) == 1:
            return []
        return [f"page {self.page.number} sent in {len(self.encoded)} overlapping strips"]

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)
