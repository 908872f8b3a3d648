"""Records passed between packages. No behaviour beyond their own arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

from PIL import Image
from pydantic import BaseModel, ConfigDict


class Outcome(StrEnum):
    """How reading a document ended; every row has exactly one."""

    OK = "ok"
    EMPTY = "empty"
    PARTIAL = "partial"
    BAD_INPUT = "bad_input"
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    CONTENT_FILTERED = "content_filtered"
    TRUNCATED = "truncated"
    UNPARSEABLE = "unparseable"
    RATE_LIMITED = "rate_limited"
    TIMEOUT = "timeout"
    ENDPOINT_ERROR = "endpoint_error"
    ABORTED = "aborted"
    # A defect of this package or of a library it uses; the trace has the details.
    INTERNAL_ERROR = "internal_error"


# Outcomes whose pairs come from the page.
READ = frozenset({Outcome.OK, Outcome.EMPTY, Outcome.PARTIAL})
# Faults of the endpoint or the connection: not caused by the document, so a retry may succeed.
INTERRUPTED = frozenset(
    {Outcome.RATE_LIMITED, Outcome.TIMEOUT, Outcome.ENDPOINT_ERROR, Outcome.ABORTED}
)


class KeyValueModel(BaseModel):
    """One question of the page and its answers, as the LLM writes them."""

    model_config = ConfigDict(extra="forbid")

    key: str
    value: list[str]


class KeyValueList(BaseModel):
    """What the LLM returns for a page: a list, as strict schemas allow no free-form keys."""

    model_config = ConfigDict(extra="forbid")

    pairs: list[KeyValueModel]


class Box(NamedTuple):
    """A rectangle in page pixels, origin top left, `right` and `bottom` exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, boxes: Iterable[Box]) -> Box:
        """The smallest box that contains all of them."""
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return cls(min(lefts), min(tops), max(rights), max(bottoms))

    def holds_middle(self, other: Box) -> bool:
        """Whether the centre of the other is inside."""
        x, y = (other.left + other.right) / 2, (other.top + other.bottom) / 2
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Word:
    """A word or run of words as the OCR returned it; `confidence` in [0, 1]."""

    text: str
    box: Box
    confidence: float


class Character(NamedTuple):
    """A character that a document claims to draw: `box` is around its ink, `baseline` is its
    line's.

    Its advance is from `start` to `end`, where the next letter of a word begins. `size` is the font
    size; all of these are in pixels. `font` is a number; `text` may be a ligature of several
    letters. `piece` numbers drawing operations: programs end one after a word, seldom within one.
    """

    text: str
    box: Box
    baseline: float
    start: float
    end: float
    size: float
    font: int
    ends_word: bool
    piece: int = 0


@dataclass(frozen=True, slots=True)
class PrintedText:
    """The text that a document claims to draw on a page, and `rest`, the page without it.

    Not verified: some of it may be hidden, or differ from what its letters look like.
    """

    characters: tuple[Character, ...]
    rest: Image.Image


@dataclass(frozen=True, slots=True)
class Page:
    """One upright RGB page. `number` counts from 1 within its document.

    `pixel_height` is the height of a pixel over its width, as the file claims; `ticks` are the
    boxes that are ticked according to the document; `printed` is the text it claims to draw, if
    requested.
    """

    number: int
    image: Image.Image
    notes: tuple[str, ...] = ()
    pixel_height: float = 1.0
    ticks: tuple[Box, ...] = ()
    printed: PrintedText | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one question; `answer` is None if the question was left blank."""

    question: str
    answer: str | None
    page: int
    box: Box | None = None
    confidence: float | None = None


# Where the words of a page come from: its pixels, the text of a PDF, or both.
TextSource = Literal["pixels", "pdf", "mixed"]


@dataclass(frozen=True, slots=True)
class Quality:
    """How readable a page was, as measured by the embedded OCR; None if it did not read the page.

    `letter_height_px` is the median over its words, in pixels of the page as it was sent;
    `skew_deg` by how much its lines fall to the right; `unsure_share` the share of its text, by the
    length of the lines, that was read with a confidence below 0.9 or hardly at all.
    """

    page: int
    text_source: TextSource = "pixels"
    letter_height_px: float | None = None
    skew_deg: float | None = None
    unsure_share: float | None = None


class FieldStatus(StrEnum):
    """The status of one field of a document."""

    FOUND = "found"
    BLANK = "blank"
    MISSING = "missing"
    INVALID = "invalid"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One value of a field; a list has one per item, a table one per cell.

    `value` is typed, as text: an ISO date, a plain decimal, a choice, "true" or "false"; `text` is
    the wording of the page. `reason` says why it was not found. `row` counts from 1.
    """

    name: str
    status: FieldStatus
    value: str | None = None
    text: str | None = None
    page: int | None = None
    box: Box | None = None
    confidence: float | None = None
    reason: str | None = None
    row: int | None = None
    column: str | None = None

    @property
    def as_answer(self) -> Answer:
        """The text of the page, under the name of the field; for a cell, `table.column`."""
        question = self.name if self.column is None else f"{self.name}.{self.column}"
        return Answer(question, self.text, self.page or 0, self.box, self.confidence)


class FieldKey(NamedTuple):
    """What an LLM was asked for: a field, or a cell of a table. `row` counts from 1."""

    name: str
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens the endpoint reported; None if it reported nothing, never 0 for unknown."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @property
    def total(self) -> int | None:
        """All tokens; None if either part is unknown."""
        if self.prompt_tokens is None or self.completion_tokens is None:
            return None
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            _add_known(self.prompt_tokens, other.prompt_tokens),
            _add_known(self.completion_tokens, other.completion_tokens),
        )


def _add_known(first: int | None, second: int | None) -> int | None:
    if first is None:
        return second
    return first if second is None else first + second


@dataclass(frozen=True, slots=True)
class UprightPage:
    """The input for deciding fields: answers and words on the page as rotated and deskewed for
    reading, and `places`, which maps each of their boxes to the page as it was sent.
    """

    number: int
    answers: tuple[Answer, ...]
    words: tuple[Word, ...]
    places: Mapping[Box, Box]


@dataclass(frozen=True, slots=True)
class PageResult:
    """What an engine read on one page: answers in reading order, and how it got them.

    `logprobs` has the log probabilities of each answer's tokens, if the endpoint reports them.
    `unread` describes content of a reply that fits nowhere: the page is then partially read.
    `doubtful` is true if a person should check the page although it was read. With fields, the
    embedded engine returns the page `upright`, and an LLM one of `field_keys` for each answer.
    """

    answers: tuple[Answer, ...]
    usage: Usage = Usage()
    notes: tuple[str, ...] = ()
    cached: bool = False
    logprobs: tuple[tuple[float, ...], ...] = ()
    unread: str | None = None
    doubtful: bool = False
    quality: Quality | None = None
    upright: UprightPage | None = None
    field_keys: tuple[FieldKey, ...] | None = None


def pairs_of(answers: Sequence[Answer]) -> dict[str, list[str]]:
    """Group answers by question, in order; a blank question keeps an empty list.

    [(Name, Ann), (Date, None), (Name, Bob)] -> {"Name": ["Ann", "Bob"], "Date": []}
    """
    pairs: dict[str, list[str]] = {}
    for item in answers:
        given = pairs.setdefault(item.question, [])
        if item.answer is not None:
            given.append(item.answer)
    return pairs


@dataclass(frozen=True, slots=True)
class Extraction:
    """The row of one document.

    For a model with fields, `fields` has the status of each, `answers` the fields that were found,
    and `complaints` the reasons for a person to check the document.
    """

    document_id: str
    outcome: Outcome
    error: str | None = None
    answers: tuple[Answer, ...] = ()
    pages: int = 0
    usage: Usage = Usage()
    latency_ms: int = 0
    cached: bool = False
    notes: tuple[str, ...] = ()
    trace_id: str | None = None
    doubtful: bool = False
    quality: tuple[Quality, ...] = ()
    fields: tuple[FieldValue, ...] = ()
    complaints: tuple[str, ...] = ()

    @property
    def pairs(self) -> dict[str, list[str]]:
        return pairs_of(self.answers)
