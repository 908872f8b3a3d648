"""Place labelled and predicted pairs on their pages. Pure: knows boxes, not pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ocr_model.forms import LabelledPair
from ocr_model.grounding import place_pairs as places_of_pairs
from ocr_model.report.pair_matching import Fate, match_pairs
from ocr_model.schema import Answer, Box, Word

# What went wrong comes first; within a kind, the order of the annotation.
FATES = (Fate.WRONG_ANSWER, Fate.WRONG_KEY, Fate.MISSED, Fate.INVENTED, Fate.FOUND)
_ASTRAY = (Fate.WRONG_ANSWER, Fate.WRONG_KEY)

_Pair = TypeVar("_Pair")


@dataclass(frozen=True, slots=True)
class PlacedPair:
    """What was labelled, what was read, and where on which page that is.

    `read_box`: where a wrong answer was read, beside where it is labelled. A pair without boxes
    is not drawn.
    """

    number: int
    fate: Fate
    reference: LabelledPair | None
    prediction: Answer | None
    page: int = 1
    question_box: Box | None = None
    answer_box: Box | None = None
    read_box: Box | None = None

    @property
    def drawn(self) -> bool:
        return any((self.question_box, self.answer_box, self.read_box))


def predicted_answers(pairs: Any, answers: Sequence[Mapping[str, Any]]) -> list[Answer]:
    """The pairs that are scored, with page and box from the row's `answers` where it has them.

    {"Name": ["Ann"]}, [{"question": "Name", "answer": "Ann", "page": 1, "box": [0, 0, 9, 9]}]
        -> [Answer("Name", "Ann", 1, Box(0, 0, 9, 9))]

    `pairs` that are no mapping (None after a failure) predict nothing; blank answers neither.
    """
    if not isinstance(pairs, Mapping):
        return []
    unused = list(answers)
    return [
        _with_place(question, str(answer), unused)
        for question, given in pairs.items()
        for answer in given
        if answer is not None and str(answer).strip()
    ]


def _with_place(question: str, answer: str, unused: list[Mapping[str, Any]]) -> Answer:
    for index, item in enumerate(unused):
        if (item["question"], item["answer"]) == (question, answer):
            del unused[index]
            box = None if item.get("box") is None else Box(*item["box"])
            return Answer(question, answer, item["page"], box, item.get("confidence"))
    return Answer(question, answer, 1)


def place_pairs(
    references: Sequence[LabelledPair],
    predictions: Sequence[Answer],
    words: Sequence[Sequence[Word]] = (),
) -> list[PlacedPair]:
    """Match the pairs of a document and place each: errors first, numbered from 1.

    Labelled pairs stand in their annotation boxes. Predicted ones stand in their own box, else
    where their text stands among the `words` of their page, else nowhere.
    """
    matches = match_pairs(
        [(pair.question, pair.answer) for pair in references],
        [(answer.question, answer.answer or "") for answer in predictions],
    )
    matches.sort(key=lambda match: FATES.index(match.fate))
    standings = _standings(predictions, words)
    return [
        _placed(
            PlacedPair(
                number,
                match.fate,
                _at(references, match.reference),
                _at(predictions, match.prediction),
            ),
            _at(standings, match.prediction),
        )
        for number, match in enumerate(matches, start=1)
    ]


def _at(pairs: Sequence[_Pair], index: int | None) -> _Pair | None:
    return None if index is None else pairs[index]


@dataclass(frozen=True, slots=True)
class _Standing:
    page: int
    question: Box | None
    answer: Box | None


def _standings(predictions: Sequence[Answer], words: Sequence[Sequence[Word]]) -> list[_Standing]:
    """Of every prediction its own box; else where its page has it, with its question."""
    found = {
        index: _Standing(prediction.page, None, prediction.box)
        for index, prediction in enumerate(predictions)
    }
    for number, on_page in enumerate(words, start=1):
        unplaced = [
            index
            for index, prediction in enumerate(predictions)
            if prediction.box is None and prediction.page == number
        ]
        pairs = [(predictions[index].question, predictions[index].answer) for index in unplaced]
        for index, place in zip(unplaced, places_of_pairs(pairs, on_page), strict=True):
            found[index] = _Standing(number, place.question, place.answer)
    return [found[index] for index in range(len(predictions))]


def _placed(pair: PlacedPair, read: _Standing | None) -> PlacedPair:
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
