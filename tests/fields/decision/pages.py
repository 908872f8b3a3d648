"""Pages drawn in letters: each line of text at its height, words where they stand in the line."""

from __future__ import annotations

import re

from ocr_model.fields.decision.candidates import PageContent
from ocr_model.schema import Answer, Box, Word

HEIGHT = 12
WIDTH = 7


def page(text: str, answers: tuple[Answer, ...] = (), number: int = 1) -> PageContent:
    """Every sign is 7 pixels wide and every line 12 high with 8 between."""
    words = [
        Word(hit.group(), box_of(line, hit.start(), hit.end()), 1.0)
        for line, said in enumerate(text.splitlines())
        for hit in re.finditer(r"\S+", said)
    ]
    return PageContent(number, answers, words)


def box_of(line: int, start: int, end: int) -> Box:
    top = line * (HEIGHT + 8)
    return Box(start * WIDTH, top, end * WIDTH, top + HEIGHT)


def answer(question: str, text: str | None, number: int = 1, confidence: float = 0.9) -> Answer:
    if text is None:
        return Answer(question, None, number)
    return Answer(question, text, number, Box(900, 900, 950, 912), confidence)
