"""Completion text -> pairs, with a note for every repair.

Pure. Repairs lose nothing that was written; where a repair would have to guess, the text is
refused. Knows neither requests nor why a completion ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ocr_model.engines.llm.reply.loose_json import load_json
from ocr_model.engines.llm.reply.shapes import ShapeReader
from ocr_model.errors import ParseError
from ocr_model.schema import KeyValueList


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


def parse_pairs(text: str, *, unwrap: bool = True) -> Parsed:
    """Read the pairs a completion holds.

    '{"pairs": [{"key": "Name", "value": ["Ann"]}]}' -> Name: [Ann]

    Args:
        unwrap: look for the JSON inside fences, think tags and prose, too.

    Raises:
        ParseError: there is no JSON, more than one candidate, it breaks off, or no pair in it can
            be read.
    """
    notes: Counter[str] = Counter()
    try:
        reader = ShapeReader(text, notes)
        pairs = KeyValueList(pairs=reader.read(load_json(text, unwrap, notes)))
    except RecursionError as err:
        raise ParseError(
            "Expected an object with pairs, got one that is nested too deeply.", text=text
        ) from err
    counted = [f"{note}: {n}" if n > 1 else note for note, n in notes.items()]
    told = tuple(counted + reader.left_out)
    return Parsed(pairs, told, len(reader.left_out), tuple(reader.unread))


def join(parts: Sequence[Parsed]) -> Parsed:
    """The pairs of the parts of a page, in their order."""
    return Parsed(
        KeyValueList(pairs=[pair for part in parts for pair in part.pairs.pairs]),
        tuple(note for part in parts for note in part.notes),
        sum(part.left_out for part in parts),
        tuple(said for part in parts for said in part.unread),
    )
