"""Completion text -> its only JSON value, extracted from fences, think tags and prose.

Pure. Nothing is completed or corrected: truncated JSON is refused, because its complete parts could
be mistaken for the whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ocr_model.engines.llm.reply import lenient, values
from ocr_model.engines.llm.reply.values import Literal, Members
from ocr_model.errors import ParseError, excerpt

INSIDE_STRING = "JSON inside a JSON string read"

# A string (closed, or running to the end), or a bracket that opens or closes.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}\[\]]', re.DOTALL)
_OPENING = re.compile(r"[{\[]")
_FENCES = re.compile(r"```\w*\s*\Z|\A\s*```")
_QUOTED = re.compile(r"\"|'\s*[:,\]]")
_MOST_STRINGS = 3
# The same object this many times in a row is a loop, not a slip.
_MOST_REPEATED = 19


def load_json(text: str, notes: Counter[str], *, alone: bool) -> Any:
    """Decode a completion; arrays are lists, objects `Members`, numbers `Literal`, NaN None.

    'Sure! {"a": 2.50}' -> Members([("a", Literal("2.50"))]), noted as text around the JSON

    Args:
        alone: the text has to be JSON and nothing else; no fences, think tags or prose.

    Raises:
        ParseError: there is no JSON, more than one candidate, or it is cut off.
    """
    body = text.strip()
    if body.startswith("\ufeff"):
        body = body.lstrip("\ufeff \r\n\t")
        notes["byte order mark removed"] += 1
    if not body:
        raise ParseError("Expected a JSON object, got an empty completion.", text=text)
    try:
        value = values.decode(body)
    except ValueError as err:
        if alone:
            raise ParseError(_not_json(body, err), text=text) from err
        value = _found_in(text, body, notes)
    return out_of_string(value, notes)


def out_of_string(value: Any, notes: Counter[str]) -> Any:
    """The object or list that a string contains as JSON; any other value unchanged.

    '{"pairs": []}' -> Members([("pairs", [])]); 'Ann', '[sic]', '["Ann"]' -> unchanged
    """
    inner = value
    for _ in range(_MOST_STRINGS):
        if not isinstance(inner, str) or isinstance(inner, Literal):
            break
        try:
            inner = values.decode(inner.strip())
        except ValueError:
            return value
    if not _holds_objects(inner):
        return value
    if inner is not value:
        notes[INSIDE_STRING] += 1
    return inner


def _holds_objects(value: Any) -> bool:
    if isinstance(value, Members):
        return True
    return isinstance(value, list) and any(isinstance(item, Members) for item in value)


def _not_json(body: str, err: ValueError) -> str:
    return f"Expected a JSON object, got {excerpt(body)}: {err}."


def _found_in(text: str, body: str, notes: Counter[str]) -> Any:
    """The only JSON value inside fences, after think tags, or within prose."""
    # Reasoning LLMs start with their thoughts; some templates swallow the first tag.
    thoughts, tag, answer = body.rpartition("</think>")
    if tag and not thoughts.lstrip().startswith("{"):
        body = answer.strip()
        notes["think tags removed"] += 1
    elif body.startswith("<think>"):
        raise ParseError(f"Expected an answer after the thoughts in {excerpt(body)}.", text=text)
    if (value := _string_in_fence(body, notes)) is not None:
        return value
    found: list[tuple[int, int, Any, Counter[str]]] = []
    for start, end, value, repairs in _candidates(text, body):
        if not (isinstance(value, Members) or any(isinstance(item, Members) for item in value)):
            continue
        found.append((start, end, value, repairs))
        if value != found[0][2] or len(found) > _MOST_REPEATED:
            several = "several" if len(found) <= _MOST_REPEATED else "the same again and again"
            raise ParseError(
                f"Expected one JSON object, got {several} in {excerpt(body)}.", text=text
            )
    if not found:
        raise ParseError(f"Expected a JSON object, got none in {excerpt(body)}.", text=text)
    _note_around(body, [(start, end) for start, end, *_ in found], notes)
    notes.update(found[0][3])
    return found[0][2]


def _string_in_fence(body: str, notes: Counter[str]) -> Any:
    """A JSON string within a fence, which contains the JSON."""
    inner = re.sub(r"\A```\w*\s*|\s*```\Z", "", body)
    if not inner.startswith('"') or inner == body:
        return None
    try:
        value = values.decode(inner)
    except ValueError:
        return None
    notes["code fence removed"] += 1
    return value


def _note_around(body: str, spans: list[tuple[int, int]], notes: Counter[str]) -> None:
    """Note text before, between and after the spans that were read."""
    edges = [0, *(edge for span in spans for edge in span), len(body)]
    rest = [body[edges[i] : edges[i + 1]] for i in range(0, len(edges), 2)]
    if len(spans) > 1:
        notes["the same object written twice read once"] += 1
    if any(part.strip() for part in rest):
        around = "".join(_FENCES.sub("", _FENCES.sub("", part)) for part in rest)
        notes["text around the JSON removed" if around.strip() else "code fence removed"] += 1


def _candidates(text: str, body: str) -> Iterator[tuple[int, int, Any, Counter[str]]]:
    """Values that start with a bracket, outermost only, with their notes.

    Raises:
        ParseError: a value is cut off (it may contain complete objects, but their list is not
            complete), or was meant as JSON but is invalid.
    """
    position = 0
    while opening := _OPENING.search(body, position):
        start, repairs = opening.start(), Counter[str]()
        try:
            value, position = values.decode_prefix(body, start)
        except ValueError as strict:
            try:
                value, position = lenient.decode_prefix(body, start, repairs)
            except ValueError:
                position = _end_of_brackets(text, body, start)
                # "[sic]" and "{key}" are prose; text with a quote was meant as JSON.
                if _QUOTED.search(body, start, position):
                    raise ParseError(_not_json(body, strict), text=text) from strict
                continue
        yield start, position, value, repairs


def _end_of_brackets(text: str, body: str, start: int) -> int:
    depth = 0
    for token in _TOKEN.finditer(body, start):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    raise ParseError(
        f"Expected a complete JSON object, got one that breaks off: {excerpt(body)}.", text=text
    )
