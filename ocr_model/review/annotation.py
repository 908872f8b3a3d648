"""A review of pairs -> an annotation in FUNSD's format: labels, words, boxes, links. Pure.

An item's text is the text of its words, so the words are the reviewer's, placed where the OCR read
something similar. Other words of the OCR are `other`. A link stays on its page: if an answer is on
another page than its question, the question is repeated there, without a box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ocr_model.review.placed_words import Placed, owners, placed_text, single_words
from ocr_model.review.record import Review, ReviewAnswer, ReviewQuestion
from ocr_model.schema import Box

Item = dict[str, Any]


def annotation_of(review: Review) -> dict[str, Any]:
    """`{"form": items}`, or a list of pages of items for several pages."""
    count = max([page.number for page in review.pages] or [1])
    pages = [_Page(_read_on(review, number)) for number in range(1, count + 1)]
    for question in review.questions:
        if question.text.strip() and not question.absent:
            _add(question, pages)
    forms = [page.items() for page in pages]
    return {"form": forms[0] if count == 1 else forms}


def _read_on(review: Review, number: int) -> list[list[Placed]]:
    """The OCR's words on a page, with runs of words split into words."""
    return [
        single_words(word.text, Box(*word.box))
        for page in review.pages
        if page.number == number
        for word in page.words
    ]


def _add(question: ReviewQuestion, pages: Sequence[_Page]) -> None:
    given = [answer for answer in question.answers if answer.text.strip()]
    first = question.page or next((a.page for a in given if a.page), None) or 1
    on_page: dict[int, list[ReviewAnswer]] = {}
    for answer in given:
        on_page.setdefault(min(answer.page or first, len(pages)), []).append(answer)
    for number, answers in sorted(on_page.items()) or [(min(first, len(pages)), [])]:
        box = question.box if number == first else None
        pages[number - 1].add(question.text, box, answers)


@dataclass(slots=True)
class _Page:
    read: list[list[Placed]]
    _items: list[Item] = field(default_factory=list)
    _boxes: list[Box | None] = field(default_factory=list)

    def add(
        self, question: str, box: tuple[float, ...] | None, answers: Sequence[ReviewAnswer]
    ) -> None:
        asked = self._put("question", question, box)
        for answer in answers:
            said = self._put("answer", answer.text, answer.box)
            link = [asked["id"], said["id"]]
            asked["linking"].append(link)
            said["linking"].append(link)

    def items(self) -> list[Item]:
        """The items of the pairs with their words, then the other words of the OCR."""
        words = [word for run in self.read for word in run]
        placed = [(i, box) for i, box in enumerate(self._boxes) if box is not None]
        found = owners(words, [box for _, box in placed])
        for which, (i, box) in enumerate(placed):
            item = self._items[i]
            own = [word for word, owner in zip(words, found, strict=True) if owner == which]
            item["words"] = [_word(*word) for word in placed_text(item["text"], own, box)]
        left = iter(found)
        for run in self.read:
            free = [word for word in run if next(left) == -1]
            if free:
                self._other(free)
        return self._items

    def _put(self, label: str, text: str, box: tuple[float, ...] | None) -> Item:
        place = None if box is None else Box(*box)
        item: Item = {
            "id": len(self._items),
            "label": label,
            "text": " ".join(text.split()),
            "box": None if place is None else _pixels(place),
            "words": [],
            "linking": [],
        }
        self._items.append(item)
        self._boxes.append(place)
        return item

    def _other(self, words: Sequence[Placed]) -> None:
        around = Box.around(box for _, box in words)
        item = self._put("other", " ".join(text for text, _ in words), around)
        item["words"] = [_word(*word) for word in words]


def _word(text: str, box: Box) -> Item:
    return {"text": text, "box": _pixels(box)}


def _pixels(box: Box) -> list[int]:
    return [round(side) for side in box]
