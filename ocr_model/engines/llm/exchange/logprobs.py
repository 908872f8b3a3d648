"""The log probabilities of each answer's tokens.

Pure. Tokens are aligned with the bytes of the reply, because one may end within a character.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from ocr_model.schema import Answer


class Token(NamedTuple):
    """A token as bytes of the reply, and its log probability."""

    written: bytes
    logprob: float


def read_tokens(choice: Any) -> tuple[Token, ...]:
    """Tokens of a choice of the reply; none if the endpoint returns none, or broken ones.

    {"logprobs": {"content": [{"token": "Hi", "logprob": -0.1, "bytes": null}]}}
        -> (Token(b"Hi", -0.1),)
    """
    try:
        return tuple(_token(item) for item in choice["logprobs"]["content"])
    except (LookupError, TypeError, ValueError, AttributeError):
        return ()


def _token(item: Any) -> Token:
    written, logprob = item.get("bytes"), float(item["logprob"])
    if not logprob <= 0:
        raise ValueError("a log probability is not positive")
    is_given = isinstance(written, list)
    return Token(bytes(written) if is_given else item["token"].encode("utf-8", "replace"), logprob)


def logprobs_of(
    answers: Sequence[Answer], text: str, tokens: Sequence[Token]
) -> tuple[tuple[float, ...], ...]:
    """For every answer the log probabilities of its tokens; empty if unknown.

    Answers are searched in the order in which they were written. Tokens that do not add up to the
    text are ignored: some servers omit those of the reasoning, or the first one.
    """
    data = text.encode("utf-8", "replace")
    if b"".join(token.written for token in tokens) != data:
        return tuple(() for _ in answers)
    ends = list(accumulate(len(token.written) for token in tokens))
    found, position, question = [], 0, None
    for answer in answers:
        if answer.question != question:
            position = _find(answer.question, data, position)[1]
            question = answer.question
        start, position = _find(answer.answer, data, position)
        within = tokens[bisect_right(ends, start) : bisect_left(ends, position) + 1]
        found.append(tuple(token.logprob for token in within) if position > start else ())
    return tuple(found)


def _find(text: str | None, data: bytes, position: int) -> tuple[int, int]:
    """The next place of the text as JSON: in quotes, escaped or not, or as a bare number."""
    for form in [json.dumps(text, ensure_ascii=False), json.dumps(text), text] if text else []:
        written = form.encode("utf-8", "replace")
        start = data.find(written, position)
        if start >= 0:
            quote = int(form != text)
            return start + quote, start + len(written) - quote
    return position, position
