"""JSON as written: keeps what a dict and a float would lose."""

from __future__ import annotations

import json
from typing import Any

from ocr_model.errors import excerpt


class Members(list[tuple[str, Any]]):
    """An object as its members in order: a dict would silently keep the last of two equal keys."""

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self]


class Literal(str):
    """A number as it was written: 2.50 stays "2.50"."""

    __slots__ = ()


def decode(text: str) -> Any:
    """json.loads that keeps literals and duplicate keys; any failure is a ValueError."""
    try:
        return json.loads(text, **_HOOKS)
    except RecursionError as err:
        raise ValueError("nested too deeply") from err


def decode_prefix(text: str, start: int) -> tuple[Any, int]:
    """The strict JSON value at `start`, and where it ends."""
    try:
        return _DECODER.raw_decode(text, start)
    except RecursionError as err:
        raise ValueError("nested too deeply") from err


_HOOKS: dict[str, Any] = {
    "object_pairs_hook": Members,
    "parse_float": Literal,
    "parse_int": Literal,
    "parse_constant": lambda _: None,
    "strict": False,  # line breaks inside strings are common and lose nothing
}
_DECODER = json.JSONDecoder(**_HOOKS)


def is_array(value: Any) -> bool:
    return isinstance(value, list) and not isinstance(value, Members)


def is_empty(value: Any) -> bool:
    """Whether a value is empty: null, blank text, or containers of such."""
    if isinstance(value, Members):
        return all(is_empty(item) for _, item in value)
    if isinstance(value, list):
        return all(is_empty(item) for item in value)
    return value is None or (isinstance(value, str) and not value.strip())


def shown(value: Any) -> str:
    """The original value, cut to a length that fits a message."""
    return excerpt(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Members):
        return {name: _plain(item) for name, item in value}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value
