"""Completion -> pairs, from its text, a tool call, or the reasoning: wherever a server put them."""

from __future__ import annotations

from dataclasses import replace

from ocr_model.engines.llm.exchange import Completion
from ocr_model.engines.llm.reply.parsing import Parsed, parse_pairs
from ocr_model.errors import ParseError
from ocr_model.schema import Answer, KeyValueList, Outcome


def parse_completion(completion: Completion) -> Parsed:
    """Read the pairs of a completion.

    Raises:
        ParseError: there are none to read; `truncated` where the token limit cut them off.
    """
    try:
        parsed, notes = _parse(completion)
    except ParseError as err:
        if completion.is_cut_off:
            raise ParseError(
                f"The completion was cut off at the token limit. {err} Raise the limit in "
                "`llm_parameters`.",
                text=err.text,
                outcome=Outcome.TRUNCATED,
            ) from err
        raise
    if completion.is_cut_off:
        notes.append("complete although the token limit was reached")
    return replace(parsed, notes=(*parsed.notes, *notes))


def _parse(completion: Completion) -> tuple[Parsed, list[str]]:
    """What was written, from where it stands; and a note where that is no usual place."""
    if completion.text.strip():
        try:
            return parse_pairs(completion.text), []
        except ParseError:
            # A word to the user beside the call of a tool.
            if not completion.tool_arguments.strip():
                raise
    if completion.tool_arguments.strip():
        return parse_pairs(completion.tool_arguments), ["answer taken from a tool call"]
    if completion.reasoning.strip():
        # Whole or not at all: thoughts may hold drafts.
        parsed = parse_pairs(completion.reasoning, unwrap=False)
        return parsed, ["answer taken from the reasoning text"]
    raise ParseError(
        "Expected a JSON object with pairs, got an empty completion "
        f"(finish reason {completion.finish_reason!r}, {_tokens(completion)}).",
        text=completion.text,
    )


def _tokens(completion: Completion) -> str:
    tokens = completion.usage.completion_tokens
    return "tokens not told" if tokens is None else f"{tokens:,} tokens"


def flat_answers(pairs: KeyValueList, page: int) -> tuple[Answer, ...]:
    """Flat and in order; a question without answers stands once, with None."""
    blank: list[str | None] = [None]
    return tuple(
        Answer(pair.key, value, page) for pair in pairs.pairs for value in pair.value or blank
    )
