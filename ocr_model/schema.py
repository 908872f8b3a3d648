"""Records that cross borders between the modules. No behaviour beyond their own arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

from PIL import Image
from pydantic import BaseModel, ConfigDict


class Outcome(StrEnum):
    """How the reading of one document ended; every row carries exactly one."""

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
    # A defect of this package or of a library under it; the trace has the whole story.
    INTERNAL_ERROR = "internal_error"


# Outcomes whose pairs say something about the page.
READ = frozenset({Outcome.OK, Outcome.EMPTY, Outcome.PARTIAL})
# Faults of the way to the endpoint: nothing of the document is to blame, another try may read it.
INTERRUPTED = frozenset(
    {Outcome.RATE_LIMITED, Outcome.TIMEOUT, Outcome.ENDPOINT_ERROR, Outcome.ABORTED}
)


class KeyValueModel(BaseModel):
    """One question of the page and its answers, as the LLM writes them."""

    model_config = ConfigDict(extra="forbid")

    key: str
    value: list[str]


class KeyValueList(BaseModel):
    """What the LLM returns for a page: a list, as strict schemas cannot have free-form keys."""

    model_config = ConfigDict(extra="forbid")

    pairs: list[KeyValueModel]


class Box(NamedTuple):
    """A rectangle in page pixels, origin top left, `right` and `bottom` exclusive."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Word:
    """A word or run of words as the OCR returned it; `confidence` in [0, 1]."""

    text: str
    box: Box
    confidence: float


class Character(NamedTuple):
    """One that a document says it draws: its ink fills `box`, its line stands on `baseline`.

    It takes room on its line from `start` to `end`, where the next letter of a word begins. `size`
    is that of its font, all in pixels, `font` its number; `text` may be a ligature of several
    letters. `piece` numbers what is drawn at once: programs end one after a word, seldom in one.
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
    """What a document says is written on a page, and `rest`, the page without it.

    Said, not shown: some of it may be hidden, or not be what its letters look like.
    """

    characters: tuple[Character, ...]
    rest: Image.Image


@dataclass(frozen=True, slots=True)
class Page:
    """One upright RGB page. `number` counts from 1 within its document.

    `pixel_height` is that of a pixel in widths, as the file claims it; `ticks` are the boxes that
    the document itself says are ticked; `printed` the text it says is there, where it was asked.
    """

    number: int
    image: Image.Image
    notes: tuple[str, ...] = ()
    pixel_height: float = 1.0
    ticks: tuple[Box, ...] = ()
    printed: PrintedText | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one question; `answer` is None where the question was left blank."""

    question: str
    answer: str | None
    page: int
    box: Box | None = None
    confidence: float | None = None


# What runs the networks of the embedded OCR.
OcrRuntime = Literal["onnxruntime", "openvino"]

# Where the words of a page come from: its picture, the text that a PDF holds, or both.
TextSource = Literal["pixels", "pdf", "mixed"]


@dataclass(frozen=True, slots=True)
class Quality:
    """What a page was like to read, as the embedded OCR found it; None where it did not look.

    `letter_height_px` is the median of its words, in pixels of the page as it was sent; `skew_deg`
    by how much its lines fall to the right; `unsure_share` that of its text, by the length of the
    lines, that was read with a confidence below 0.9 or hardly at all.
    """

    page: int
    text_source: TextSource = "pixels"
    letter_height_px: float | None = None
    skew_deg: float | None = None
    unsure_share: float | None = None


class FieldStatus(StrEnum):
    """What became of one field of a document."""

    FOUND = "found"
    BLANK = "blank"
    MISSING = "missing"
    INVALID = "invalid"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One value of a field; a list has one per item, a table one per cell.

    `value` is typed, as text: an ISO date, a plain decimal, a choice, "true" or "false"; `text` is
    what stands on the page. `reason` says why it is not found. `row` counts from 1.
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


class FieldKey(NamedTuple):
    """What an LLM was asked for: a field, or a cell of its table. `row` counts from 1."""

    name: str
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens the endpoint reported; None where it reported nothing, never 0 for unknown."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @property
    def total(self) -> int | None:
        """All tokens; None where either part is unknown."""
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
    """What fields are decided by: answers and words as they lie on the page that was turned and
    straightened for reading, and `places`, where each of their boxes is on the page as it was sent.
    """

    number: int
    answers: tuple[Answer, ...]
    words: tuple[Word, ...]
    places: Mapping[Box, Box]


@dataclass(frozen=True, slots=True)
class PageResult:
    """What an engine read on one page: answers in reading order, and how it came by them.

    `logprobs` are those of the tokens of each answer, where an LLM wrote it and the endpoint tells.
    `unread` says what was found beside the answers and fits nowhere: the page is then read in part.
    `doubtful` where a person should look at the page although it was read. Where fields are wanted,
    the embedded engine gives the page `upright`, and an LLM, which was asked for them, one of
    `field_keys` for each answer.
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

    Where fields are wanted, `fields` says what became of each, `answers` are those that were found,
    and `complaints` what a person should look at.
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
