"""Small forms drawn in code, with the words an OCR would read, for training without an OCR."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from ocr_model.ocr import reader_digest
from ocr_model.schema import Box, Word

_LABELS = ("Name:", "Date:", "Invoice No.:", "Total:", "City:", "Phone:", "Order date:", "Status:")
_VALUES = ("Ann Lee", "12/4/99", "4711", "$ 58.20", "Harrow", "555-0142", "5 May 1990", "open")
_SIZE = (600, 420)


def draw_form(seed: int) -> tuple[Image.Image, list[dict[str, Any]], list[Word]]:
    """A heading, six fields in two columns and a line of text; the same for the same seed."""
    rng = random.Random(seed)
    image = Image.new("RGB", _SIZE, "white")
    pen = ImageDraw.Draw(image)
    items: list[dict[str, Any]] = []
    words: list[Word] = []

    def put(left: float, top: float, text: str, label: str) -> int:
        font = ImageFont.load_default(size=14)
        placed = []
        for token in text.split():
            pen.text((left, top), token, fill="black", font=font)
            right = left + pen.textlength(token, font=font)
            placed.append({"text": token, "box": [left, top + 2, right, top + 15]})
            words.append(Word(token, Box(left - 1, top - 1, right + 1, top + 18), 0.95))
            left = right + 5
        box = [placed[0]["box"][0], top + 2, placed[-1]["box"][2], top + 15]
        item = {"id": len(items), "label": label, "text": text, "box": box}
        items.append({**item, "words": placed, "linking": []})
        return len(items) - 1

    put(200 + rng.randrange(60), 10, "Delivery Report", "header")
    rows = rng.sample(range(len(_LABELS)), 6)
    for number, row in enumerate(rows):
        left, top = 30 + 290 * (number % 2), 60 + 50 * (number // 2) + rng.randrange(8)
        question = put(left, top, _LABELS[row], "question")
        answer = put(left + 110 + rng.randrange(20), top, _VALUES[row], "answer")
        for end in (question, answer):
            items[end]["linking"] = [[question, answer]]
    put(30, 330, "Please return this sheet with the goods", "other")
    return image, items, words


def write_forms(folder: Path, cache: Path, count: int) -> Path:
    """A folder in FUNSD's format, and a cache in which its pages have been read already."""
    for part in ("images", "annotations"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (cache / reader_digest()).mkdir(parents=True, exist_ok=True)
    for seed in range(count):
        image, items, words = draw_form(seed)
        path = folder / "images" / f"form{seed:02d}.png"
        image.save(path)
        annotation = folder / "annotations" / f"form{seed:02d}.json"
        annotation.write_text(json.dumps({"form": items}))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        rows = [[word.text, list(word.box), word.confidence] for word in words]
        (cache / reader_digest() / f"{digest}.json").write_text(json.dumps(rows))
    return folder
