"""Completion -> pairs, with a note for every repair: from its text, the call of a tool, or the
reasoning, wherever a server put them.

Pure. Repairs lose nothing that was written; where a repair would have to guess, the text is
refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ocr_model.engines.llm.exchange import Completion
from ocr_model.engines.llm.reply.find_json import load_json
from ocr_model.engines.llm.reply.shapes import ShapeReader
from ocr_model.errors import ParseError
from ocr_model.schema import Answer, KeyValueList, Outcome


@dataclass(frozen=True, slots=True)
class Parsed:
    """The pairs of a completion and the repairs it took to read them.

    `left_out` counts the pairs that could not be read, which the notes name; `unread` is what
    stands beside the pairs and answers nothing: with it, the reply is not read as a whole.
    """

    pairs: KeyValueList
    notes: tuple[str, ...]
    left_out: int = 0
    unread: tuple[str, ...] = ()


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
        parsed = parse_pairs(completion.reasoning, alone=True)
        return parsed, ["answer taken from the reasoning text"]
    raise ParseError(
        "Expected a JSON object with pairs, got an empty completion "
        f"(finish reason {completion.finish_reason!r}, {_tokens(completion)}).",
        text=completion.text,
    )


def _tokens(completion: Completion) -> str:
    tokens = completion.usage.completion_tokens
    return "tokens unknown" if tokens is None else f"{tokens:,} tokens"


def parse_pairs(text: str, *, alone: bool = False) -> Parsed:
    """Read the pairs a completion holds.

    '{"pairs": [{"key": "Name", "value": ["Ann"]}]}' -> Name: [Ann]

    Args:
        alone: the text has to be JSON and nothing else; no fences, think tags or prose.

    Raises:
        ParseError: there is no JSON, more than one candidate, it breaks off, or no pair in it can
            be read.
    """
    notes: Counter[str] = Counter()
    try:
        reader = ShapeReader(text, notes)
        pairs = KeyValueList(pairs=reader.read(load_json(text, notes, alone=alone)))
    except RecursionError as err:
        raise ParseError(
            "Expected an object with pairs, got one that is nested too deeply.", text=text
        ) from err
    counted = [f"{note}: {n}" if n > 1 else note for note, n in notes.items()]
    repairs = tuple(counted + reader.left_out)
    return Parsed(pairs, repairs, len(reader.left_out), tuple(reader.unread))


def join(parts: Sequence[Parsed]) -> Parsed:
    """The pairs of the parts of a page, in their order."""
    return Parsed(
        KeyValueList(pairs=[pair for part in parts for pair in part.pairs.pairs]),
        tuple(note for part in parts for note in part.notes),
        sum(part.left_out for part in parts),
        tuple(found for part in parts for found in part.unread),
    )


def flat_answers(pairs: KeyValueList, page: int) -> tuple[Answer, ...]:
    """Flat and in order; a question without answers stands once, with None."""
    blank: list[str | None] = [None]
    return tuple(
        Answer(pair.key, value, page) for pair in pairs.pairs for value in pair.value or blank
    )
