"""Words that must not be found: canaries, and where on a disk they are."""

from __future__ import annotations

import base64
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

CANARIES = ("KANARIENVOGEL", "Zeisigweg")


def found_in(folder: Path, words: Sequence[str] = CANARIES) -> dict[str, set[str]]:
    """Where a word stands below a folder: by file, as bytes, in base64, packed, or in any case."""
    forms = {form: word for word in words for form in _forms(word)}
    found: dict[str, set[str]] = {}
    for path in sorted(file for file in folder.rglob("*") if file.is_file()):
        for data in _unpacked(path.read_bytes()):
            low = data.lower()
            hits = {word for form, word in forms.items() if form in data or form.lower() in low}
            if hits:
                found.setdefault(str(path.relative_to(folder)), set()).update(hits)
    return found


def _forms(word: str) -> Iterator[bytes]:
    yield word.encode()
    yield word.encode("utf-16-le")
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + word.encode())
        # The ends depend on what stands beside it.
        yield text[(4 if shift else 0) : -4]


def _unpacked(data: bytes) -> Iterator[bytes]:
    """The bytes themselves, and what is packed in them: archives, gzip, zlib at any place."""
    yield data
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from _unpacked(archive.read(name))
    if data[:2] == b"\x1f\x8b":
        yield from _unpacked(gzip.decompress(data))
    for start in re.finditer(rb"x[\x01\x5e\x9c\xda]", data):
        try:
            yield zlib.decompressobj().decompress(data[start.start() :], 10_000_000)
        except zlib.error:
            continue
