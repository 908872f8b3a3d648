"""Ground pairs that an LLM or a person has read: find where on the page each of them is.

Aligns them with the words of an OCR. Pure. Of several places with the same text, takes the one near
the question and after the previous pair, and no place twice if there is another. Given the page's
ink, an answer may also be where the OCR read nothing.

Our own, because libraries match a string in a string, not in a page whose texts repeat, span
several lines and are misread; `python -m scripts.bench boxes` measures it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ocr_model.grounding.ink import Ink, Pen
from ocr_model.grounding.place_choice import decide
from ocr_model.grounding.place_options import (
    SIMILAR,
    Option,
    places_of,
    read_options,
    unread_options,
)
from ocr_model.grounding.text_search import PageSearch, Place
from ocr_model.grounding.unread_ink import ink_beside, unread_pieces
from ocr_model.normalize import fold_text
from ocr_model.ocr import around, same_line
from ocr_model.schema import Box, Word

# Near its question, on its line or in its column, this similarity is enough.
_SIMILAR_NEAR = 0.6
# Near its question and on its line or in its column, where no other text of the pairs stands.
_SIMILAR_ALONE = 0.5
_NEAR = 0.5


@dataclass(frozen=True, slots=True)
class Grounding:
    """The boxes of one pair; None where it was not found, or there is nothing to look for.

    `similarity` compares the answer with what was read there; `nearness` falls from 1 at its
    question to 0 far away. Both are None where the box is around ink that the OCR did not read.
    """

    question: Box | None = None
    answer: Box | None = None
    similarity: float | None = None
    nearness: float | None = None


def place_pairs(
    pairs: Sequence[tuple[str, str | None]], words: Sequence[Word], ink: Ink | None = None
) -> list[Grounding]:
    """One grounding per pair; the pairs come roughly in reading order.

    [("Name:", "Ann"), ("Date", "")] among Name: / Ann / Date ->
        [Grounding(question=box of Name:, answer=box of Ann), Grounding(question=box of Date)]
    """
    if not words:
        return [Grounding() for _ in pairs]
    pen = None if ink is None else Pen.for_page(ink, [word.box for word in words])
    asked = [fold_text(question) for question, _ in pairs]
    height = float(np.median([word.box.bottom - word.box.top for word in words])) or 1.0
    search = PageSearch(words)
    found = _alone({t: search.find(t, _SIMILAR_ALONE) for pair in pairs for t in pair if t})
    pieces: list[Box] = []
    if pen is not None and pen.letter_height:
        pieces = unread_pieces(pen.ink, [word.box for word in words], pen.letter_height)
    chosen = decide(_options(pairs, found, height, pen, pieces), asked, height)
    return [_grounding(option, pen, pieces) for option in chosen]


def _alone(found: Mapping[str, list[Place]]) -> dict[str, list[Place]]:
    """Without the least alike where another text stands for certain."""
    sure = {
        letter
        for places in found.values()
        for place in places
        if place.similarity >= SIMILAR and not place.cuts
        for letter in place.letters
    }
    return {
        text: [p for p in places if p.similarity >= _SIMILAR_NEAR or sure.isdisjoint(p.letters)]
        for text, places in found.items()
    }


def _options(
    pairs: Sequence[tuple[str, str | None]],
    found: Mapping[str, list[Place]],
    height: float,
    pen: Pen | None,
    pieces: Sequence[Box],
) -> list[list[Option]]:
    unread_places = places_of(pieces)
    options = []
    for question, answer in pairs:
        asked, answered = found.get(question, []), found.get(answer or "", [])
        read = read_options(asked, answered, height)
        unread: list[Option] = []
        if pen is not None:
            unread = unread_options(asked, answer or "", unread_places, height, pen.letter_height)
        options.append(unread if unread and not answered else read + unread)
    return options


def _grounding(option: Option, pen: Pen | None, pieces: Sequence[Box]) -> Grounding:
    question = None if option.question is None else _box(option.question, pen, pieces)
    answer = option.answer
    if answer is None or not _is_believed(option, answer):
        return Grounding(question)
    box = _box(answer, pen, pieces)
    if not option.is_read:
        return Grounding(question, box)
    nearness = None if question is None else 1 - option.gap
    return Grounding(question, box, answer.similarity, nearness)


def _box(place: Place, pen: Pen | None, pieces: Sequence[Box]) -> Box:
    if pen is None:
        return place.box
    if not place.similarity:
        return pen.with_room(place.box)
    lines = [pen.around(around(line)) for line in _lines(place)]
    ends = zip((lines[0], lines[-1]), place.missing, (True, False), strict=True)
    for line, letters, before in ends:
        piece = ink_beside(line, letters, pieces, pen.letter_height, before=before)
        if piece is not None:
            lines.append(pen.with_room(piece))
    return around(lines)


def _lines(place: Place) -> list[list[Box]]:
    """The parts of a place, line by line: "mm" alone is lower than its line."""
    lines: list[list[Box]] = []
    for part in sorted(place.parts, key=lambda part: part.top + part.bottom):
        if lines and same_line(lines[-1][-1], part):
            lines[-1].append(part)
        else:
            lines.append([part])
    return lines


def _is_believed(option: Option, answer: Place) -> bool:
    if not option.is_read or answer.similarity >= SIMILAR:
        return True
    near = option.question is not None and option.gap < _NEAR
    if answer.similarity < _SIMILAR_NEAR:
        return near and option.is_aligned
    return near or option.is_aligned
