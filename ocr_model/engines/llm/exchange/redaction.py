"""Remove secrets from text, in every notation.

Pure. Endpoints echo the key they got: plain, in base64 or hexadecimal, escaped for a URL or for
JSON, split over lines.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

REDACTED = "[key]"

# A shorter key ("EMPTY", "ollama") is a word that may appear on a page.
SHORTEST_SECRET = 8
_SHORTEST_WORD = 4

# Providers repeat keys in their messages, in part or whole; URLs contain passwords.
_KEY_LIKE = re.compile(r"\bsk-[\w*.-]{6,}|\bBearer\s+\S+", re.IGNORECASE)
_USER_OF_URL = re.compile(r"(?<=://)[^/\s@]*@")

# Separators in a split or concatenated text: blanks, line breaks also as escapes, quotes, commas,
# plus signs, line-break tags. Each matches in only one way, so that the time is linear in the text.
_BETWEEN = r"(?:\\[nrt]?|[\s\"'+,]|<[bB][rR] ?/?>)"
_MOST_BETWEEN = 24
# Search for the start of a secret, then read on: patterns for long keys would take seconds.
_HEAD_CHARS = 12


class Secrets:
    """Removes these secrets from texts. Secrets as short as words stay in data."""

    def __init__(self, secrets: Sequence[str], words: Iterable[str] = ()) -> None:
        """`words` are removed from messages only, and only in plain notation."""
        long = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]
        self._texts = [text for secret in long for text in _texts(secret)]
        self._heads = _any_of([_head(text[:_HEAD_CHARS]) for text in self._texts])
        self._hexadecimal = _any_of([_hexadecimal(secret) for secret in long])
        short = {word for word in (*secrets, *words) if len(word) >= _SHORTEST_WORD}
        self._words = _any_of([re.escape(word) for word in sorted(short, key=len, reverse=True)])

    def out_of(self, text: str) -> str:
        """For data: text that was read on a page stays, even if it looks like a key."""
        if self._heads is None or self._hexadecimal is None:
            return text
        kept, done, position = [], 0, 0
        while head := self._heads.search(text, position):
            ends = (_end_of(form, text, head.start()) for form in self._texts)
            end = next((end for end in ends if end is not None), None)
            position = head.start() + 1 if end is None else end
            if end is not None:
                kept += [text[done : head.start()], REDACTED]
                done = end
        return self._hexadecimal.sub(REDACTED, "".join([*kept, text[done:]]))

    def out_of_message(self, text: str) -> str:
        """For messages: nothing that looks like a key stays.

        'Incorrect API key provided: sk-abc***xyz.' -> 'Incorrect API key provided: [key]'
        """
        text = self.out_of(text)
        if self._words is not None:
            text = self._words.sub(REDACTED, text)
        return _USER_OF_URL.sub(f"{REDACTED}@", _KEY_LIKE.sub(REDACTED, text))


def _any_of(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns)) if patterns else None


def _texts(secret: str) -> list[str]:
    """A secret as text, and in base64 with any alignment."""
    forms = (form for shift in range(3) for form in _in_base64(secret.encode(), shift))
    return list(dict.fromkeys([secret, *forms]))


def _hexadecimal(secret: str) -> str:
    return r"[\s:,-]{0,4}(?:0x|\\{1,2}x)?".join(_in_hex(byte) for byte in secret.encode())


@lru_cache(maxsize=256)
def _head(text: str) -> str:
    """A pattern for the text, with backslashes before it: half an escape would be broken JSON."""
    first, *others = map(_character, text)
    escaped = rf"\\{{1,8}}(?:u00|x){_in_hex(ord(text[0]))}"
    between = f"{_BETWEEN}{{0,{_MOST_BETWEEN}}}?"
    return between.join([rf"(?:{escaped}|{first})", *others])


def _end_of(form: str, text: str, start: int) -> int | None:
    """Where a secret that starts at this place ends; None if there is none."""
    head = _compiled(_head(form[:_HEAD_CHARS])).match(text, start)
    if head is None:
        return None
    at = head.end()
    for sign in form[_HEAD_CHARS:]:
        for _ in range(_MOST_BETWEEN + 1):
            if found := _compiled(_character(sign)).match(text, at):
                break
            if (between := _compiled(_BETWEEN).match(text, at)) is None:
                return None
            at = between.end()
        else:
            return None
        at = found.end()
    return at


_compiled = lru_cache(maxsize=256)(re.compile)


def _in_hex(byte: int) -> str:
    return "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in f"{byte:02x}")


def _in_base64(data: bytes, shift: int) -> set[str]:
    """The part of a secret's base64 that does not depend on the text around it."""
    encoded = base64.b64encode(b"\0" * shift + data)
    first, end = -(-shift * 8 // 6), (shift + len(data)) * 8 // 6
    middle = encoded[first:end].decode()
    return {middle, middle.replace("+", "-").replace("/", "_")}


@lru_cache(maxsize=256)
def _character(sign: str) -> str:
    """A character as it is, or escaped for a URL, for JSON, or for HTML."""
    code, hexadecimal = ord(sign), _in_hex(ord(sign))
    escapes = rf"%(?:25){{0,3}}{hexadecimal}|\\(?:u00|x){hexadecimal}"
    entities = rf"&#(?:0{{0,5}}{code}|[xX]0{{0,5}}{hexadecimal});"
    return rf"(?:{re.escape(sign)}|{escapes}|{entities})"
