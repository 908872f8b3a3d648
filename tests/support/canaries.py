"""Words and pictures that must not be found: canaries, and where on a disk they are."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tests.support.endpoint import Endpoint, Reply, Seen, completion, error

# What a form asks, and its answer; each form has a pair of its own.
PAIRS = (("KANARIENVOGEL", "Zeisigweg"), ("STIEGLITZHAUS", "Finkenhof"))
CANARIES = PAIRS[0]
ALL = tuple(word for pair in PAIRS for word in pair)
_WIDTH, _HEIGHT = 600, 200
# Of pages that an endpoint answers with a fault, which quotes them.
REFUSED, GARBLED = _HEIGHT + 1, _HEIGHT + 2


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


def pictures_in(folder: Path, pictures: Iterable[bytes]) -> set[str]:
    """The files below a folder that hold one of these files of pictures, as bytes or in base64."""
    pieces = [piece for picture in pictures for piece in _as_bytes_and_base64(picture[40:200])]
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file()
        for data in _unpacked(path.read_bytes())
        if any(piece in data for piece in pieces)
    }


def pictures_sent(endpoint: Endpoint, number: int | None = None) -> list[bytes]:
    """As an LLM got them, of all forms or of one: drawn anew, and not the bytes of a document."""
    return [
        base64.b64decode(url.partition(",")[2])
        for seen in endpoint.requests
        for url, image in zip(seen.data_urls, seen.images, strict=True)
        if number is None or image.width == _WIDTH + number
    ]


def _forms(word: str) -> Iterator[bytes]:
    yield word.encode("utf-16-le")
    yield from _as_bytes_and_base64(word.encode())


def _as_bytes_and_base64(data: bytes) -> Iterator[bytes]:
    yield data
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + data)
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


def write_canary_forms(folder: Path, count: int = len(PAIRS)) -> Path:
    """A folder in FUNSD's format; the forms have the pairs in turn."""
    for name in ("annotations", "images"):
        (folder / name).mkdir(parents=True)
    for number in range(count):
        page, items = _drawn(number)
        page.save(folder / "images" / f"form-{number}.png")
        annotation = json.dumps({"form": items})
        (folder / "annotations" / f"form-{number}.json").write_text(annotation, encoding="utf-8")
    return folder


def canary_page(height: int = _HEIGHT) -> bytes:
    """The first form alone, as PNG."""
    buffer = io.BytesIO()
    _drawn(0, height)[0].save(buffer, "PNG")
    return buffer.getvalue()


def _drawn(number: int, height: int = _HEIGHT) -> tuple[Image.Image, list[dict[str, object]]]:
    """A form and the items of its annotation."""
    question, answer = PAIRS[number % len(PAIRS)]
    font = ImageFont.load_default(size=24)
    page = Image.new("RGB", (_WIDTH + number, height), "white")
    pen = ImageDraw.Draw(page)
    items: list[dict[str, object]] = []
    for left, label, text in ((40, "question", f"{question}:"), (340, "answer", answer)):
        box = list(pen.textbbox((left, 60), text, font=font))
        pen.text((left, 60), text, fill="black", font=font)
        words = [{"text": text, "box": box}]
        item = {"id": len(items), "label": label, "text": text, "box": box, "words": words}
        items.append({**item, "linking": [[0, 1]]})
    return page, items


def reads_canaries(seen: Seen) -> Reply:
    question, answer = PAIRS[(seen.image.width - _WIDTH) % len(PAIRS)]
    if seen.image.height == REFUSED:
        return error(400, f"{question}: {answer} is not allowed here")
    if seen.image.height == GARBLED:
        return completion(f"I read {question}: {answer}")
    # And a pair that is invented, which tables of an evaluation tell.
    pairs = [{"key": key, "value": [answer]} for key in (f"{question}:", "Invented")]
    return completion(json.dumps({"pairs": pairs}))
