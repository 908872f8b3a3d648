"""A page -> an LLM's values for the fields, with one retry if they do not match their types."""

from __future__ import annotations

from collections import Counter

from ocr_model.engines.llm.page_state import PageState
from ocr_model.engines.llm.pair_reader import PairReader
from ocr_model.engines.llm.reply import Parsed, SaidText
from ocr_model.errors import LLMError
from ocr_model.fields import Said, WantedFields, decide_said
from ocr_model.schema import Answer, FieldStatus, FieldValue

_MOST_REASONS = 5
_ASKED_AGAIN = "asked again for fields: "
_READ = (FieldStatus.FOUND, FieldStatus.AMBIGUOUS)


class FieldReader:
    """Reads pages for an engine, like the reader of pairs. Thread-safe."""

    def __init__(self, reader: PairReader, wanted: WantedFields, *, asks_again: bool) -> None:
        self._reader = reader
        self._wanted = wanted
        self._asks_again = asks_again

    def read(self, state: PageState) -> Parsed:
        """The values of a page's fields; of two replies, the one with more readable values.

        Raises:
            LLMError: the endpoint failed, refused or broke off.
            ParseError: no reply had fields.
        """
        first = self._reader.read(state)
        values = self._values(first, state)
        reason = _reason([value for value in values if value.status is FieldStatus.INVALID])
        if not reason or not self._may_ask(state):
            return first
        kept = state.completion, state.cached
        state.notes.append(f"{_ASKED_AGAIN}{reason}")
        try:
            second = self._reader.read_again(state, reason)
        except LLMError as err:
            # The reply says more about the page than the fault that came after it.
            if err.aborts_batch:
                raise
            state.completion, state.cached = kept
            return first
        if _is_better(self._values(second, state), values):
            return second
        state.completion, _ = kept
        return first

    def _may_ask(self, state: PageState) -> bool:
        """Whether a retry is allowed: not for a cached retry, and not for a page in halves."""
        asked = any(note.startswith(_ASKED_AGAIN) for note in state.notes)
        return self._asks_again and not asked and state.completion is not None

    def _values(self, parsed: Parsed, state: PageState) -> tuple[FieldValue, ...]:
        return decide_said(self._wanted, [as_said(parsed.said or (), state.page.number)]).values


def as_said(said: tuple[SaidText, ...], page: int) -> list[Said]:
    """The values as input for deciding a document's fields, under the reply's names."""
    return [(key, Answer(key.column or key.name, text, page)) for key, text in said]


def _reason(invalid: list[FieldValue]) -> str:
    said = [f"{_where(value)}: {value.reason}" for value in invalid[:_MOST_REASONS]]
    more = len(invalid) - len(said)
    return "; ".join(said + ([f"and {more} more"] if more else []))


def _where(value: FieldValue) -> str:
    return value.name if value.row is None else f"{value.name}, row {value.row}, {value.column}"


def _is_better(values: tuple[FieldValue, ...], others: tuple[FieldValue, ...]) -> bool:
    """Whether fewer are invalid, and no fewer can be read."""
    count, other = (Counter(v.status for v in said) for said in (values, others))
    read, other_read = (sum(c[status] for status in _READ) for c in (count, other))
    return count[FieldStatus.INVALID] < other[FieldStatus.INVALID] and read >= other_read
