"""Labelled and predicted pairs -> their boxes on the pages. Pure: knows boxes, not images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ocr_model.forms import LabelledPair
from ocr_model.grounding import place_pairs
from ocr_model.report.pair_matching import Fate, match_pairs
from ocr_model.schema import Answer, Box, Word
from ocr_model.scoring import Compared, pairs_in

# Errors come first; within a kind, the order of the annotation.
FATES = (Fate.WRONG_ANSWER, Fate.WRONG_KEY, Fate.MISSED, Fate.INVENTED, Fate.FOUND)
_ASTRAY = (Fate.WRONG_ANSWER, Fate.WRONG_KEY)

_Pair = TypeVar("_Pair")


@dataclass(frozen=True, slots=True)
class PlacedPair:
    """The labelled text, the text that was read, and their boxes and page.

    `read_box`: where a wrong answer was read, in addition to its labelled box. A pair without boxes
    is not drawn. `why` says why nothing was read, if known.
    """

    number: int
    fate: Fate
    reference: LabelledPair | None
    prediction: Answer | None
    page: int = 1
    question_box: Box | None = None
    answer_box: Box | None = None
    read_box: Box | None = None
    why: str = ""

    @property
    def drawn(self) -> bool:
        return any((self.question_box, self.answer_box, self.read_box))


def predicted_answers(pairs: Any, answers: Sequence[Answer]) -> list[Answer]:
    """The scored pairs, with page and box from the row's answers if it has them.

    {"Name": ["Ann"]}, [Answer("Name", "Ann", 1, Box(0, 0, 9, 9)), Answer("Name", "Bob", 1)]
        -> [Answer("Name", "Ann", 1, Box(0, 0, 9, 9))]

    `pairs` that are not a mapping (None after a failure) predict nothing, nor do blank answers.
    """
    unused = list(answers)
    return [_with_place(question, answer, unused) for question, answer in pairs_in(pairs)]


def _with_place(question: str, answer: str, unused: list[Answer]) -> Answer:
    for index, known in enumerate(unused):
        if (known.question, known.answer) == (question, answer):
            return unused.pop(index)
    return Answer(question, answer, 1)


def overlay_pairs(
    references: Sequence[LabelledPair],
    predictions: Sequence[Answer],
    words: Sequence[Sequence[Word]] = (),
) -> list[PlacedPair]:
    """Match the pairs of a document and add their boxes: errors first, numbered from 1.

    Labelled pairs have the boxes of their annotation. Predicted ones have their own box, else the
    box of their text among the `words` of their page, else none.
    """
    matches = match_pairs(
        [(pair.question, pair.answer) for pair in references],
        [(answer.question, answer.answer or "") for answer in predictions],
    )
    matches.sort(key=lambda match: FATES.index(match.fate))
    places = _places(predictions, words)
    return [
        _placed(
            PlacedPair(
                number,
                match.fate,
                _at(references, match.reference),
                _at(predictions, match.prediction),
            ),
            _at(places, match.prediction),
        )
        for number, match in enumerate(matches, start=1)
    ]


def overlay_fields(compared: Sequence[Compared]) -> list[PlacedPair]:
    """The same for fields: each found or true field, by name, with the box where it was found."""
    fates = [(fate_of(one), one) for one in compared]
    told = [(fate, one) for fate, one in fates if fate is not None]
    told.sort(key=lambda pair: FATES.index(pair[0]))
    return [_placed_field(number, *pair) for number, pair in enumerate(told, start=1)]


def fate_of(compared: Compared) -> Fate | None:
    """None if the field is correctly absent."""
    if "normalized" in compared.equal:
        return Fate.FOUND
    if compared.true is None:
        return Fate.INVENTED if compared.found else None
    return Fate.WRONG_ANSWER if compared.found else Fate.MISSED


def _placed_field(number: int, fate: Fate, compared: Compared) -> PlacedPair:
    path, value = compared.path, compared.value
    true = None if compared.true is None else LabelledPair(path, compared.true)
    if value is None:
        return PlacedPair(number, fate, true, None)
    page = value.page or 1
    if compared.text is None:
        why = f"{value.status.value}: {value.reason}" if value.reason else value.status.value
        return PlacedPair(number, fate, true, None, page, answer_box=value.box, why=why)
    read = Answer(path, compared.text, page, value.box, value.confidence)
    return PlacedPair(number, fate, true, read, page, answer_box=value.box)


def _at(pairs: Sequence[_Pair], index: int | None) -> _Pair | None:
    return None if index is None else pairs[index]


@dataclass(frozen=True, slots=True)
class _Place:
    page: int
    question: Box | None
    answer: Box | None


def _places(predictions: Sequence[Answer], words: Sequence[Sequence[Word]]) -> list[_Place]:
    """The box of every prediction; by default where its text is on the page, near its question."""
    found = {
        index: _Place(prediction.page, None, prediction.box)
        for index, prediction in enumerate(predictions)
    }
    for number, on_page in enumerate(words, start=1):
        unplaced = [
            index
            for index, prediction in enumerate(predictions)
            if prediction.box is None and prediction.page == number
        ]
        pairs = [(predictions[index].question, predictions[index].answer) for index in unplaced]
        for index, place in zip(unplaced, place_pairs(pairs, on_page), strict=True):
            found[index] = _Place(number, place.question, place.answer)
    return [found[index] for index in range(len(predictions))]


def _placed(pair: PlacedPair, read: _Place | None) -> PlacedPair:
    true = pair.reference
    if true is not None and (true.question_box or true.answer_box):
        astray = read is not None and pair.fate in _ASTRAY and read.page == true.page
        return replace(
            pair,
            page=true.page,
            question_box=true.question_box,
            answer_box=true.answer_box,
            read_box=read.answer if read is not None and astray else None,
        )
    if read is not None:
        return replace(pair, page=read.page, question_box=read.question, answer_box=read.answer)
    return pair if true is None else replace(pair, page=true.page)
