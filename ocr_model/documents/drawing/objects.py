"""Objects that PDFium has no function for, read from the copy that PDFium saves of a document.

That copy has no compressed objects and a plain cross-reference table, whatever the original had, so
this is not a general PDF parser. Objects are parsed on demand.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

_TOKEN = re.compile(
    rb"[\0\t\n\f\r ]*(?:(?P<ref>\d+[ \r\n]+\d+[ \r\n]+R\b)|(?P<open><<|\[)|(?P<close>>>|\])"
    rb"|<(?P<hex>[0-9A-Fa-f\s]*)>|(?P<string>\()|/(?P<name>[^\0\t\n\f\r ()<>\[\]{}/%]*)"
    rb"|(?P<plain>[^\0\t\n\f\r ()<>\[\]{}/%]+))"
)
_STRING_END = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_HEX_IN_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_MAX_DEPTH = 50
# Bytes that are decompressed at most to look for a word.
_MAX_UNPACKED = 64_000_000


class Ref(NamedTuple):
    number: int


class Name(str):
    __slots__ = ()


class Objects:
    """The objects of PDFium's copy. Damaged and absent objects are None."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._offsets = dict(_offsets_of(data))
        trailer = data.rfind(b"trailer")
        self.root = self.get(self._parsed(trailer + len(b"trailer")), "Root")

    def pages(self) -> list[dict[str, Any]]:
        """The dictionaries of all pages, in order."""
        found: list[dict[str, Any]] = []
        waiting, seen = [self.get(self.root, "Pages")], set[int]()
        while waiting:
            node = waiting.pop()
            if not isinstance(node, dict) or id(node) in seen:
                continue
            kids = self.get(node, "Kids")
            if isinstance(kids, list):
                fresh = [kid for kid in kids if not (isinstance(kid, Ref) and kid.number in seen)]
                seen.update(kid.number for kid in fresh if isinstance(kid, Ref))
                waiting.extend(self.resolve(kid) for kid in reversed(fresh))
            else:
                found.append(node)
        return found

    def get(self, holder: object, key: str) -> Any:
        return self.resolve(holder.get(key)) if isinstance(holder, dict) else None

    def listed(self, holder: object, key: str) -> list[Any]:
        value = self.get(holder, key)
        return value if isinstance(value, list) else []

    def inherited(self, holder: object, key: str) -> Any:
        """The value of a key, which a field may inherit from its parents."""
        for _ in range(_MAX_DEPTH):
            value = self.get(holder, key)
            if value is not None or not isinstance(holder, dict):
                return value
            holder = self.get(holder, "Parent")
        return None

    def resolve(self, value: Any) -> Any:
        for _ in range(_MAX_DEPTH):
            if not isinstance(value, Ref):
                return value
            start = self._offsets.get(value.number)
            value = None if start is None else self._parsed(start)
        return None

    def _parsed(self, start: int) -> Any:
        try:
            return _read(self._data, start, 0)[0]
        except (ValueError, IndexError):
            return None


def _offsets_of(data: bytes) -> Iterator[tuple[int, int]]:
    """Number and place of each object, behind its "7 0 obj"."""
    for match in re.finditer(rb"(\d{10}) \d{5} n", data[data.rfind(b"\nxref") :]):
        head = re.compile(rb"\s*(\d+)\s+\d+\s+obj").match(data, int(match[1]))
        if head:
            yield int(head[1]), head.end()


def _read(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    """The object at a place, and where it ends.

    Raises:
        ValueError: not an object, or nested too deeply.
    """
    token = _TOKEN.match(data, at)
    if token is None or depth > _MAX_DEPTH:
        raise ValueError(f"no object at byte {at}")
    kind, end = token.lastgroup, token.end()
    match kind:
        case "ref":
            return Ref(int(token["ref"].split()[0])), end
        case "open":
            return _read_many(data, end, depth, token["open"] == b"<<")
        case "name":
            return _name(token["name"]), end
        case "hex":
            digits = b"".join(token["hex"].split())
            return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()), end
        case "string":
            return _read_string(data, end)
        case "plain":
            return _plain(token["plain"]), end
        case _:
            raise ValueError(f"no object at byte {at}")


def _read_many(data: bytes, at: int, depth: int, is_dict: bool) -> tuple[Any, int]:
    items: list[Any] = []
    while True:
        token = _TOKEN.match(data, at)
        if token is not None and token.lastgroup == "close":
            pairs = zip(items[::2], items[1::2], strict=False)
            return (dict(pairs) if is_dict else items), token.end()
        item, at = _read(data, at, depth + 1)
        items.append(item)


def _read_string(data: bytes, at: int) -> tuple[bytes, int]:
    start, open_ones = at, 1
    while open_ones:
        part = _STRING_END.search(data, at)
        if part is None:
            raise ValueError(f"a string without an end at byte {start}")
        at = part.end()
        open_ones += {b"(": 1, b")": -1}.get(part[0], 0)
    return _ESCAPED.sub(_unescaped, data[start : at - 1]), at


def _unescaped(match: re.Match[bytes]) -> bytes:
    body = match[1]
    if body[:1].isdigit() and body[:1] < b"8":
        return bytes([int(body, 8) & 255])
    return b"" if body in (b"\r\n", b"\n", b"\r") else _ESCAPES.get(body, body)


def _name(raw: bytes) -> Name:
    return Name(
        _HEX_IN_NAME.sub(lambda match: bytes.fromhex(match[1].decode()), raw).decode("latin-1")
    )


def _plain(raw: bytes) -> float | bool | None:
    if raw in (b"true", b"false"):
        return raw == b"true"
    try:
        return float(raw)
    except ValueError:
        return None


def text_of(value: object) -> str:
    """A name or a text string as text: b"\\xfe\\xff\\x00A" -> "A"."""
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes):
        return ""
    if value[:2] == b"\xfe\xff":
        return value[2:].decode("utf-16-be", "replace")
    if value[:3] == b"\xef\xbb\xbf":
        return value[3:].decode("utf-8", "replace")
    return value.decode("latin-1")


def may_say(data: bytes, *words: bytes) -> bool:
    """Whether one of these words may occur in a document, compressed objects included."""
    if any(word in data for word in words):
        return True
    if b"/Encrypt" in data:
        return b"/ObjStm" in data
    left = _MAX_UNPACKED
    for match in re.finditer(rb"/ObjStm\b[^\0]{0,400}?stream\r?\n", data):
        try:
            unpacked = zlib.decompressobj().decompress(data[match.end() :], left)
        except zlib.error:
            return True
        left -= len(unpacked)
        if left <= 0 or any(word in unpacked for word in words):
            return True
    return False
