"""Labelled forms on disk, and an LLM whose reading of them depends on its prompt in a known way.

A form is known by the width of its page. Every form asks two questions. An LLM told to be

    SLOPPY   misreads the second answer on every third form,
    CAREFUL  reads everything,
    HASTY    misreads the second answer on two forms of three,
    LUCKY    reads eight forms right that SLOPPY misreads, and misreads six that SLOPPY reads.
"""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

from tests.support.endpoint import Reply, Seen, completion

FIRST_WIDTH = 100
LUCKY_RIGHT = frozenset(range(0, 24, 3))
LUCKY_WRONG = frozenset(range(1, 19, 3))


def write_forms(folder: Path, n: int) -> Path:
    """A folder in FUNSD's format with `n` forms."""
    (folder / "annotations").mkdir(parents=True)
    (folder / "images").mkdir()
    for number in range(n):
        name = f"form-{number:02}"
        page = Image.new("RGB", (FIRST_WIDTH + number, 80), "white")
        page.save(folder / "images" / f"{name}.png")
        items = []
        for question, answer in (("Name:", f"Ann {number}"), ("Town:", f"Bonn {number}")):
            first = len(items)
            link = [[first, first + 1]]
            for label, text in (("question", question), ("answer", answer)):
                words = [{"text": word, "box": [0, 0, 1, 1]} for word in text.split()]
                member = {"id": len(items), "label": label, "text": text, "box": [0, 0, 1, 1]}
                items.append({**member, "words": words, "linking": link})
        annotation = json.dumps({"form": items})
        (folder / "annotations" / f"{name}.json").write_text(annotation, encoding="utf-8")
    return folder


def misread(prompt: str, number: int) -> bool:
    """Whether the second answer of this form is read wrongly under this prompt."""
    if "SLOPPY" in prompt:
        return number % 3 == 0
    if "HASTY" in prompt:
        return number % 3 != 2
    if "LUCKY" in prompt:
        return (number % 3 == 0 and number not in LUCKY_RIGHT) or number in LUCKY_WRONG
    return False


def read_as_told(seen: Seen) -> Reply:
    """The reply of an LLM that does what its prompt says."""
    number = seen.image.width - FIRST_WIDTH
    town = "Rome" if misread(seen.text, number) else f"Bonn {number}"
    pairs = [{"key": "Name:", "value": [f"Ann {number}"]}, {"key": "Town:", "value": [town]}]
    return completion(json.dumps({"pairs": pairs}))
