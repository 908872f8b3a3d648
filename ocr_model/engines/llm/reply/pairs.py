"""Completion -> pairs, from its text or, where a server put the answer there, its reasoning."""

from __future__ import annotations

from ocr_model.engines.llm.exchange import Completion
from ocr_model.engines.llm.reply.parsing import Parsed, parse_pairs
from ocr_model.errors import ParseError
from ocr_model.schema import Answer, KeyValueList, Outcome


def parse_completion(completion: Completion) -> Parsed:
    """Read the pairs of a completion.

    Raises:
        ParseError: there are none to read; `truncated` where the token limit cut them off.
    """
    from_reasoning = not completion.text.strip() and bool(completion.reasoning.strip())
    try:
        if from_reasoning:
            # Whole or not at all: thoughts may hold drafts.
            parsed = parse_pairs(completion.reasoning, unwrap=False)
        else:
            parsed = parse_pairs(completion.text)
    except ParseError as err:
        if completion.is_cut_off:
            raise ParseError(
                f"The completion was cut off at the token limit. {err} Raise the limit in "
                "`llm_parameters`.",
                text=err.text,
                outcome=Outcome.TRUNCATED,
            ) from err
        raise
    notes = list(parsed.notes)
    if from_reasoning:
        notes.append("answer taken from the reasoning text")
    if completion.is_cut_off:
        notes.append("complete although the token limit was reached")
    return Parsed(parsed.pairs, tuple(notes))


def flat_answers(pairs: KeyValueList, page: int) -> tuple[Answer, ...]:
    """Flat and in order; a question without answers stands once, with None."""
    blank: list[str | None] = [None]
    return tuple(
        Answer(pair.key, value, page) for pair in pairs.pairs for value in pair.value or blank
    )
