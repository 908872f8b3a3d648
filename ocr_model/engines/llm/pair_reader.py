"""A page -> its pairs, or fields: request them, retry where that can help, and finally request two
halves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ocr_model.engines.llm.completer import Completer
from ocr_model.engines.llm.exchange import Completion
from ocr_model.engines.llm.halves import halves
from ocr_model.engines.llm.page_content import TextReader
from ocr_model.engines.llm.page_state import PageState
from ocr_model.engines.llm.reply import Parsed, join
from ocr_model.engines.llm.reply_parser import ReplyParser
from ocr_model.engines.llm.request import LIMIT_NAMES, Reask
from ocr_model.engines.llm.spans import parsed_facts, unparsed_facts
from ocr_model.engines.steps import step
from ocr_model.errors import LLMError, ParseError
from ocr_model.fields import WantedFields
from ocr_model.schema import Outcome

_TIMES_AGAIN = 2


class PairReader:
    """Reads pages for an engine. Safe to call from many threads at once."""

    def __init__(
        self,
        completer: Completer,
        parameters: dict[str, Any],
        reader: TextReader | None,
        wanted: WantedFields | None = None,
    ) -> None:
        """`parameters` are the LLM's; `reader` is the OCR, if the engine has one; fields are read
        if they are `wanted`.
        """
        self._completer = completer
        self._parameters = parameters
        self._reader = reader
        self._parser = ReplyParser(reader, wanted)

    def read(self, state: PageState) -> Parsed:
        """The pairs of a page; if every reply had more than pairs, those of the first.

        Raises:
            LLMError: the endpoint failed, refused or broke off.
            ParseError: no reply had pairs.
        """
        reask: Reask | None = None
        failed: list[ParseError] = []
        partial: Parsed | None = None
        while True:
            try:
                parsed = self._ask(state, reask, failed)
                if not parsed.unread:
                    return parsed
                partial = partial or parsed
                failed.append(_more_than_pairs(parsed, state.completion))
            except ParseError as err:
                failed.append(err)
            except LLMError as err:
                if not failed or err.aborts_batch:
                    raise
                # The reply says more about the page than the fault that came after it.
                if partial is not None:
                    return partial
                raise failed[-1] from err
            reask = reask_after(failed, self._parameters)
            if partial is not None and (reask is None or len(failed) > 1):
                return partial
            if reask is None:
                raise failed[-1]
            state.notes.append(f"asked again: {reask.reason}")

    def read_again(self, state: PageState, reason: str) -> Parsed:
        """The parsed reply to a retry, whose request says what was wrong with the first reply.

        Raises:
            LLMError: there is no readable reply.
        """
        return self._ask(state, Reask(reason), ())

    def _ask(self, state: PageState, reask: Reask | None, failed: Sequence[ParseError]) -> Parsed:
        completion = self._completer.complete(state, reask)
        if completion is not None:
            state.completion = completion
            return self._parse(state, completion)
        try:
            return self._read_in_halves(state)
        except ParseError as err:
            raise failed[-1] from err

    def _read_in_halves(self, state: PageState) -> Parsed:
        """The pairs of both halves, each with half of the token limit.

        The completion stored for the page contains all of these pairs.
        """
        state.note("read in two halves")
        reading = self._reader.read(state.page) if state.text and self._reader else None
        found: list[Parsed] = []
        for image, text in halves(state.page.image, reading):
            half = state.of_part(image, text)
            try:
                completion = self._completer.complete(
                    half, Reask("it repeated itself", halved=True)
                )
                assert completion is not None
                found.append(self._parse(half, completion))
            finally:
                state.usage += half.usage
                state.dialect = half.dialect
        joined = join(found)
        for note in joined.notes:
            state.note(note)
        # A cached reply would not show that pairs were left out, nor which half has a field.
        is_kept = not joined.left_out and joined.said is None
        kept = joined.pairs.model_dump_json() if is_kept else None
        state.completion = None if kept is None else Completion(kept, usage=state.usage)
        return replace(joined, notes=())

    def _parse(self, state: PageState, completion: Completion) -> Parsed:
        with step("parse") as facts:
            try:
                parsed = self._parser.parse(completion, state.page, state.deadline)
            except ParseError as err:
                facts |= unparsed_facts(completion, err)
                raise
            facts |= parsed_facts(completion, len(parsed.pairs.pairs), parsed.notes + parsed.unread)
            return parsed


def reask_after(failed: Sequence[ParseError], parameters: dict[str, Any]) -> Reask | None:
    """Why and how to retry after replies without pairs; None if it is pointless.

    For invalid JSON up to twice; with a higher token limit once, and only if one is set; after a
    loop once, and never with a higher limit.
    """
    last = failed[-1]
    looped = any(err.looped for err in failed)
    cut_off = [err for err in failed if err.outcome is Outcome.TRUNCATED]
    if len(failed) > _TIMES_AGAIN or len(cut_off) > 1:
        return None
    if looped or last not in cut_off:
        return Reask(last.reason, larger_limit=bool(cut_off) and not looped, samples=looped)
    if any(isinstance(parameters.get(name), int) for name in LIMIT_NAMES):
        return Reask("it was cut off at the token limit", larger_limit=True)
    return None


def _more_than_pairs(parsed: Parsed, completion: Completion | None) -> ParseError:
    """The content next to the pairs, as a reason to retry."""
    text = None if completion is None else completion.written
    reason = f"it had something beside the pairs: {parsed.unread[0]}"
    return ParseError(reason, text=text, reason=reason)
