"""Completion -> pairs, or values of fields, with a note for every repair: from its text, a tool
call, or the reasoning, wherever a server put them.

Pure. Repairs lose nothing that was written; if a repair would have to guess, the text is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from ocr_model.engines.llm.exchange import Completion
from ocr_model.engines.llm.reply.field_shapes import FieldShapeReader, SaidText
from ocr_model.engines.llm.reply.find_json import load_json
from ocr_model.engines.llm.reply.shapes import ShapeReader
from ocr_model.errors import ParseError
from ocr_model.fields import WantedFields
from ocr_model.schema import Answer, KeyValueList, KeyValueModel, Outcome


@dataclass(frozen=True, slots=True)
class Parsed:
    """The pairs of a completion and the repairs it took to read them.

    `left_out` counts the pairs that could not be read, which the notes name; `unread` is content
    next to the pairs that answers nothing: the reply is then only partly read.

    If fields were requested, `said` has their values; `pairs` has the same by field and by row, for
    detecting loops.
    """

    pairs: KeyValueList
    notes: tuple[str, ...]
    left_out: int = 0
    unread: tuple[str, ...] = ()
    said: tuple[SaidText, ...] | None = None


class _Parse(Protocol):
    def __call__(self, text: str, *, alone: bool = False) -> Parsed: ...


def parse_completion(completion: Completion, wanted: WantedFields | None = None) -> Parsed:
    """Read the pairs of a completion, or the wanted fields.

    Raises:
        ParseError: there are none; `truncated` if the token limit cut them off.
    """
    try:
        parsed, notes = _parse(completion, partial(parse_fields, wanted) if wanted else parse_pairs)
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


def _parse(completion: Completion, parse: _Parse) -> tuple[Parsed, list[str]]:
    """Parse the text, wherever it is; add a note if that is an unusual place."""
    if completion.text.strip():
        try:
            return parse(completion.text), []
        except ParseError:
            # A message to the user next to a tool call.
            if not completion.tool_arguments.strip():
                raise
    if completion.tool_arguments.strip():
        return parse(completion.tool_arguments), ["answer taken from a tool call"]
    if completion.reasoning.strip():
        # Only complete JSON: thoughts may contain drafts.
        parsed = parse(completion.reasoning, alone=True)
        return parsed, ["answer taken from the reasoning text"]
    raise ParseError(
        "Expected a JSON object, got an empty completion "
        f"(finish reason {completion.finish_reason!r}, {_tokens(completion)}).",
        text=completion.text,
    )


def _tokens(completion: Completion) -> str:
    tokens = completion.usage.completion_tokens
    return "tokens unknown" if tokens is None else f"{tokens:,} tokens"


def parse_pairs(text: str, *, alone: bool = False) -> Parsed:
    """Read the pairs of a completion.

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
    repairs = (*_counted(notes), *reader.left_out)
    return Parsed(pairs, repairs, len(reader.left_out), tuple(reader.unread))


def parse_fields(wanted: WantedFields, text: str, *, alone: bool = False) -> Parsed:
    """Read the wanted fields from a completion.

    '{"total": "9.00", "date": null}' -> (total, "9.00"); null means no value

    Raises:
        ParseError: as `parse_pairs`.
    """
    notes: Counter[str] = Counter()
    reader = FieldShapeReader(wanted, text, notes)
    try:
        reader.read(load_json(text, notes, alone=alone))
    except RecursionError as err:
        raise ParseError(
            "Expected an object with the fields, got one that is nested too deeply.", text=text
        ) from err
    odd = (*reader.left_out, *reader.not_asked)
    said = tuple(reader.said)
    return Parsed(_by_field(said), (*_counted(notes), *odd), len(odd), said=said)


def _counted(notes: Counter[str]) -> list[str]:
    return [f"{note}: {n}" if n > 1 else note for note, n in notes.items()]


def _by_field(said: Sequence[SaidText]) -> KeyValueList:
    grouped: dict[tuple[str, int | None], list[str]] = {}
    for key, text in said:
        texts = grouped.setdefault((key.name, key.row), [])
        texts += [] if text is None else [text]
    return KeyValueList(
        pairs=[KeyValueModel(key=name, value=texts) for (name, _), texts in grouped.items()]
    )


def join(parts: Sequence[Parsed]) -> Parsed:
    """Join the parts of a page, in order."""
    return Parsed(
        KeyValueList(pairs=[pair for part in parts for pair in part.pairs.pairs]),
        tuple(note for part in parts for note in part.notes),
        sum(part.left_out for part in parts),
        tuple(found for part in parts for found in part.unread),
        _joined_said([part.said for part in parts if part.said is not None]),
    )


def _joined_said(parts: Sequence[Sequence[SaidText]]) -> tuple[SaidText, ...] | None:
    """The rows of a table continue from part to part."""
    if not parts:
        return None
    said: list[SaidText] = []
    for part in parts:
        last = Counter[str]()
        for key, _ in said:
            last[key.name] = max(last[key.name], key.row or 0)
        said += [
            SaidText(key if key.row is None else key._replace(row=last[key.name] + key.row), text)
            for key, text in part
        ]
    return tuple(said)


def flat_answers(pairs: KeyValueList, page: int) -> tuple[Answer, ...]:
    """Flat and in order; a question without answers appears once, with None."""
    blank: list[str | None] = [None]
    return tuple(
        Answer(pair.key, value, page) for pair in pairs.pairs for value in pair.value or blank
    )
