"""A page with text -> its words, from the text and from what is left on the page without it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from ocr_model.engines.printed.ink import TextInk, without_doubles
from ocr_model.engines.printed.marks import marks_of
from ocr_model.engines.printed.runs import Run, runs_of
from ocr_model.engines.printed.sample import is_borne_out
from ocr_model.ocr import Reading, WordReader
from ocr_model.schema import Box, Page, PrintedText, Word

# Below this confidence, recognised marks are not text.
_LEAST_CONFIDENCE = 0.5
# Margin read around marks, in sizes of the print; and the minimum in pixels, because the detector
# enlarges smaller images.
_AROUND, _LEAST_SIDE = 3.0, 736
# What the OCR reads for an isolated button, or a box with something in it.
_FRAMES = frozenset("口囗回日曰目田")


class Doubt(Exception):  # noqa: N818 - no error: the page is read another way
    """Why the text of a page is not used; empty if no note is needed."""


def read_printed(page: Page, printed: PrintedText, reader: WordReader) -> Reading:
    """The words of a page whose text matches its rendering; the OCR reads everything else.

    Raises:
        Doubt: the page has to be read from its pixels.
    """
    ink = TextInk(page.image, printed.rest)
    seen = ink.seen_among(printed.characters)
    if seen is None:
        raise Doubt("text of the PDF can be seen in part only, so it was read from the pixels")
    hidden = len(printed.characters) - len(seen)
    notes = (f"{hidden:,} characters of the PDF that nobody can see left out",) if hidden else ()
    characters = without_doubles(seen, page.image.size)
    if characters is None:
        raise Doubt("text of the PDF lies over other text, so it was read from the pixels")
    if ink.is_beside(characters):
        raise Doubt("the PDF draws more than its text says, so it was read from the pixels")
    runs = runs_of(characters)
    if not runs:
        raise Doubt(*notes)
    if not is_borne_out(runs, lambda boxes: _read(page, reader, boxes)):
        raise Doubt("the text of the PDF is not what is seen, so it was read from the pixels")
    words = [word for run in runs for word in run.as_words()]
    size = median(run.size for run in runs)
    marks = marks_of(printed.rest, size)
    if marks is None:
        return Reading(
            words,
            page.image,
            0,
            slope_deg=0.0,
            length=_length(runs),
            text_source="pdf",
            notes=notes,
        )
    part = _part_around(marks, _AROUND * size, printed.rest.size)
    rest = reader.read(printed.rest.crop(part))
    found = [word for word in rest.words if word.text not in _FRAMES]
    rest = replace(rest, words=[_moved(word, part[0], part[1]) for word in found])
    return _with_rest(page, words, _length(runs), rest, notes)


def _part_around(marks: Box, room: float, page_size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part of the page to read for the marks."""
    width, height = page_size
    across = max(room, (_LEAST_SIDE - (marks.right - marks.left)) / 2)
    down = max(room, (_LEAST_SIDE - (marks.bottom - marks.top)) / 2)
    return (
        max(int(marks.left - across), 0),
        max(int(marks.top - down), 0),
        min(math.ceil(marks.right + across), width),
        min(math.ceil(marks.bottom + down), height),
    )


def _moved(word: Word, x: int, y: int) -> Word:
    left, top, right, bottom = word.box
    return replace(word, box=Box(left + x, top + y, right + x, bottom + y))


def _read(page: Page, reader: WordReader, boxes: Sequence[Box]) -> list[str]:
    return [
        line.text if line.confidence >= _LEAST_CONFIDENCE else ""
        for line in reader.recognise(page.image, boxes)
    ]


def _with_rest(
    page: Page, words: list[Word], length: float, rest: Reading, notes: tuple[str, ...]
) -> Reading:
    if rest.turn_deg or rest.straightening is not None:
        raise Doubt
    whole = length + rest.length
    return Reading(
        [*words, *rest.words],
        page.image,
        0,
        unsure_share=rest.unsure_share * rest.length / whole,
        slope_deg=0.0,
        length=whole,
        text_source="mixed" if rest.words else "pdf",
        notes=notes,
    )


def _length(runs: Sequence[Run]) -> float:
    """In line heights."""
    sides = [run.box for run in runs]
    return sum((right - left) / (bottom - top) for left, top, right, bottom in sides)
