"""What may happen to bytes on their way, and a count of what came of reading them."""

from __future__ import annotations

import random
import re
import struct
import sys
import threading
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

_EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_HEADER_BYTES = 64
_PNG = b"\x89PNG\r\n\x1a\n"
_NUMBER = re.compile(rb"\d+")


@dataclass(slots=True)
class Tally:
    """Outcomes per kind of what was tried, what must not be, and how long the slowest took."""

    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    failures: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, outcome: str, took_s: float = 0.0, failure: str = "") -> None:
        with self._lock:
            self.outcomes[kind][outcome] += 1
            self.slowest_s = max(self.slowest_s, took_s)
            if failure:
                self.failures.append(failure)

    def show(self, what: str, within_s: float) -> None:
        """Print all of it."""
        print(what)
        for kind, outcomes in self.outcomes.items():
            counts = ", ".join(f"{count:,} {outcome}" for outcome, count in outcomes.most_common())
            print(f"  {kind:<9} {counts}")
        print(f"slowest {self.slowest_s:.2f} s of {within_s:g} s")
        print(f"{len(self.failures)} crashes, hangs and untyped errors")
        for said in sorted(set(self.failures))[:20]:
            print(f"  {said}", file=sys.stderr)


def mutated(chance: random.Random, files: Sequence[bytes]) -> bytes:
    """One of the files after one to four accidents, of which one may splice another to it."""
    data = bytearray(chance.choice(files))
    for _ in range(chance.randint(1, 4)):
        _hit(data, chance, files)
    return _with_checksums(bytes(data)) if chance.random() < 0.7 else bytes(data)


def _hit(data: bytearray, chance: random.Random, files: Sequence[bytes]) -> None:
    at, length = chance.randrange(len(data) + 1), chance.randint(1, 64)
    match chance.randrange(8):
        case 0:
            for place in chance.choices(range(len(data)), k=chance.randint(1, 8)) if data else ():
                data[place] ^= 1 << chance.randrange(8)
        case 1:
            del data[at : chance.choice((at + length, len(data)))]
        case 2:
            data[at:at] = data[at : at + 4 * length] * chance.randint(1, 20)
        case 3:
            data[at:at] = chance.randbytes(length)
        case 4:
            other = chance.choice(files)
            data[at:] = other[chance.randrange(len(other)) :]
        case 5 | 6 as where:
            kind = chance.choice(("B", "<H", ">H", "<I", ">I"))
            size = struct.calcsize(kind)
            at = at if where == 5 else chance.randrange(_HEADER_BYTES)
            data[at : at + size] = struct.pack(kind, chance.choice(_EXTREMES) & (256**size - 1))
        case _:  # text formats write sizes and references in digits
            if numbers := list(_NUMBER.finditer(data)):
                number = chance.choice(numbers)
                value = chance.choice(_EXTREMES) * chance.choice((1, -1))
                data[slice(*number.span())] = b"%d" % value


def _with_checksums(data: bytes) -> bytes:
    """A PNG whose chunks are taken for whole, so that their contents are read."""
    if not data.startswith(_PNG):
        return data
    chunks, at = [_PNG], len(_PNG)
    while at + 8 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        chunks += [data[at:end], zlib.crc32(data[at + 4 : end]).to_bytes(4, "big")]
        at = end + 4
    return b"".join(chunks)
