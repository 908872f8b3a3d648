"""Completion text -> the one JSON value it holds, out of fences, think tags and prose.

Pure. Nothing is completed or corrected: what breaks off is refused, as its whole parts would pass
for the whole.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ocr_model.errors import ParseError, excerpt

# A string (closed, or running to the end), or a bracket that opens or closes.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}\[\]]', re.DOTALL)
_OPENING = re.compile(r"[{\[]")
_FENCES = re.compile(r"```\w*\s*\Z|\A\s*```")


class Members(list[tuple[str, Any]]):
    """An object as its members in order: a dict would silently keep the last of two equal keys."""


class Literal(str):
    """A number as it was written: 2.50 stays "2.50"."""

    __slots__ = ()


def load_json(text: str, unwrap: bool, notes: Counter[str]) -> Any:
    """Decode a completion; arrays are lists, objects `Members`, numbers `Literal`, NaN None.

    'Sure! {"a": 2.50}' -> Members([("a", Literal("2.50"))]), noted as text around the JSON

    Args:
        unwrap: look for the JSON inside fences, think tags and prose, too.

    Raises:
        ParseError: there is no JSON, more than one candidate, or it breaks off.
    """
    body = text.strip()
    if body.startswith("\ufeff"):
        body = body.lstrip("\ufeff \r\n\t")
        notes["byte order mark removed"] += 1
    if not body:
        raise ParseError("Expected a JSON object with pairs, got an empty completion.", text=text)
    try:
        return _decode(body)
    except ValueError as err:
        if not unwrap:
            raise ParseError(_not_json(body, err), text=text) from err
        return _unwrapped(text, body, notes)


def _decode(body: str) -> Any:
    """json.loads that keeps literals and duplicate keys; any failure is a ValueError."""
    try:
        return json.loads(
            body,
            object_pairs_hook=Members,
            parse_float=Literal,
            parse_int=Literal,
            parse_constant=lambda _: None,
            strict=False,  # line breaks inside strings are common and lose nothing
        )
    except RecursionError as err:
        raise ValueError("nested too deeply") from err


def _not_json(body: str, err: ValueError) -> str:
    return f"Expected a JSON object with pairs, got {excerpt(body)}: {err}."


def _unwrapped(text: str, body: str, notes: Counter[str]) -> Any:
    """The one JSON value inside fences, after think tags, or within prose."""
    # Reasoning LLMs open their answer with their thoughts; some templates swallow the first tag.
    thoughts, tag, answer = body.rpartition("</think>")
    if tag and not thoughts.lstrip().startswith("{"):
        body = answer.strip()
        notes["think tags removed"] += 1
    elif body.startswith("<think>"):
        raise ParseError(f"Expected an answer after the thoughts in {excerpt(body)}.", text=text)
    found: list[tuple[int, int, Any]] = []
    for start, end in _bracketed(text, body):
        span = body[start:end]
        try:
            value = _decode(span)
        except ValueError as err:
            # "[sic]" and "{key}" are prose; what holds a quote was meant as JSON.
            if '"' in span:
                raise ParseError(_not_json(body, err), text=text) from err
            continue
        if isinstance(value, Members) or any(isinstance(item, Members) for item in value):
            found.append((start, end, value))
        if len(found) > 1:
            raise ParseError(
                f"Expected one JSON object with pairs, got several in {excerpt(body)}.", text=text
            )
    if not found:
        raise ParseError(
            f"Expected a JSON object with pairs, got none in {excerpt(body)}.", text=text
        )
    start, end, value = found[0]
    around = _FENCES.sub("", body[:start]) + _FENCES.sub("", body[end:])
    if body[:start].strip() or body[end:].strip():
        notes["text around the JSON removed" if around.strip() else "code fence removed"] += 1
    return value


def _bracketed(text: str, body: str) -> Iterator[tuple[int, int]]:
    """Spans from an opening bracket to the one that closes it, outermost only.

    Raises:
        ParseError: a bracket is never closed. Whole objects may stand inside, but the list they
            belong to is not complete.
    """
    position = 0
    while opening := _OPENING.search(body, position):
        depth = 0
        for token in _TOKEN.finditer(body, opening.start()):
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
            if depth == 0:
                break
        else:
            raise ParseError(
                f"Expected a complete JSON object, got one that breaks off: {excerpt(body)}.",
                text=text,
            )
        position = token.end()
        yield opening.start(), position
