"""Words that must not be found: canaries, and where on a disk they are."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tests.support.endpoint import Reply, Seen, completion

# What a form asks, and its answer; each form has a pair of its own.
PAIRS = (("KANARIENVOGEL", "Zeisigweg"), ("STIEGLITZHAUS", "Finkenhof"))
CANARIES = PAIRS[0]
ALL = tuple(word for pair in PAIRS for word in pair)
_WIDTH = 600


def found_in(folder: Path, words: Sequence[str] = ALL) -> dict[str, set[str]]:
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


def write_canary_forms(folder: Path) -> Path:
    """A folder in FUNSD's format, a form for each pair."""
    for name in ("annotations", "images"):
        (folder / name).mkdir(parents=True)
    font = ImageFont.load_default(size=24)
    for number, (question, answer) in enumerate(PAIRS):
        page = Image.new("RGB", (_WIDTH + number, 200), "white")
        pen = ImageDraw.Draw(page)
        items: list[dict[str, object]] = []
        for left, label, text in (
            (40, "question", f"{question}:"),
            (340, "answer", answer),
        ):
            box = list(pen.textbbox((left, 60), text, font=font))
            pen.text((left, 60), text, fill="black", font=font)
            words = [{"text": text, "box": box}]
            item = {"id": len(items), "label": label, "text": text, "box": box, "words": words}
            items.append({**item, "linking": [[0, 1]]})
        page.save(folder / "images" / f"form-{number}.png")
        annotation = json.dumps({"form": items})
        (folder / "annotations" / f"form-{number}.json").write_text(annotation, encoding="utf-8")
    return folder


def reads_canaries(seen: Seen) -> Reply:
    question, answer = PAIRS[seen.image.width - _WIDTH]
    # And a pair that is invented, which tables of an evaluation tell.
    pairs = [{"key": key, "value": [answer]} for key in (f"{question}:", "Invented")]
    return completion(json.dumps({"pairs": pairs}))
