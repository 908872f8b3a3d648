"""How sure an LLM was of each answer it wrote, from the log probabilities of its tokens.

Pure. A token may end within a character and span the quotes around an answer, so tokens are laid
along the bytes of the reply, and an answer takes those that write any of its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from ocr_model.schema import Answer


class Token(NamedTuple):
    """A token as bytes of the reply, and its log probability."""

    written: bytes
    logprob: float


def read_tokens(choice: Any) -> tuple[Token, ...]:
    """Tokens of a choice of the reply; none where the endpoint tells none, or no sensible ones.

    {"logprobs": {"content": [{"token": "Hi", "logprob": -0.1, "bytes": null}]}}
        -> (Token(b"Hi", -0.1),)
    """
    logprobs = choice.get("logprobs") if isinstance(choice, dict) else None
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    tokens = [_token(item) for item in content] if isinstance(content, list) else []
    known = [token for token in tokens if token is not None]
    return tuple(known) if len(known) == len(tokens) else ()


def _token(item: Any) -> Token | None:
    if not isinstance(item, dict):
        return None
    text, logprob, written = item.get("token"), item.get("logprob"), item.get("bytes")
    if not isinstance(text, str) or isinstance(logprob, bool):
        return None
    if not isinstance(logprob, int | float) or not logprob <= 0:
        return None
    if isinstance(written, list) and all(_is_byte(number) for number in written):
        return Token(bytes(written), float(logprob))
    return Token(text.encode("utf-8", "replace"), float(logprob))


def _is_byte(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 256


def logprobs_of(
    answers: Sequence[Answer], text: str, tokens: Sequence[Token]
) -> tuple[tuple[float, ...], ...]:
    """For every answer the log probabilities of its tokens; empty where they cannot be told.

    Answers are looked for in the order in which they were written. Tokens that do not add up to the
    text tell nothing: some servers leave out those of the reasoning, or of the first token.
    """
    nothing = tuple(() for _ in answers)
    data = text.encode("utf-8", "replace")
    if not tokens or b"".join(token.written for token in tokens) != data:
        return nothing
    found, position, question = [], 0, None
    for answer in answers:
        if answer.question != question:
            position = _find(answer.question, data, position)[1]
            question = answer.question
        start, end = _find(answer.answer, data, position)
        position = end
        found.append(_within(start, end, tokens))
    return tuple(found)


def _find(text: str | None, data: bytes, position: int) -> tuple[int, int]:
    """Where the text is next written as JSON: in quotes, escaped or not, or as a bare number."""
    if not text:
        return position, position
    forms = dict.fromkeys([json.dumps(text, ensure_ascii=False), json.dumps(text), text])
    for form in forms:
        written = form.encode("utf-8", "replace")
        start = data.find(written, position)
        if start >= 0:
            quoted = int(form != text)
            return start + quoted, start + len(written) - quoted
    return position, position


def _within(start: int, end: int, tokens: Sequence[Token]) -> tuple[float, ...]:
    found, position = [], 0
    for token in tokens:
        after = position + len(token.written)
        if position < end and after > start:
            found.append(token.logprob)
        position = after
    return tuple(found)
