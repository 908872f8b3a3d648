"""Read one annotation in FUNSD's format: items -> reference pairs, their boxes, and the words.

An annotation is a list of items, or a list of pages of items. Only `linking` connects questions and
answers:

    [{"id": 0, "label": "question", "text": "Date:", "box": [84, 109, 136, 119],
      "words": [{"text": "Date:", "box": [84, 109, 136, 119]}], "linking": [[0, 1]]},
     {"id": 1, "label": "answer", "text": "5 May", "box": [150, 109, 190, 119],
      "words": [{"text": "5", "box": [150, 109, 156, 119]},
                {"text": "May", "box": [160, 109, 190, 119]}], "linking": [[0, 1]]}]

Labels are used unchanged: nothing is corrected, deduplicated or re-ordered. A box that is not four
numbers counts as no box: boxes are for drawing, never for scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeGuard

from ocr_model.errors import DatasetError, excerpt
from ocr_model.schema import Box, Word

_FIELD_TYPES: dict[str, type] = {"label": str, "text": str, "words": list, "linking": list}

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class QAPair:
    """One question of a form and one answer to it, as annotated."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """A pair and its boxes, in pixels of the image; `page` counts from 1."""

    question: str
    answer: str
    page: int = 1
    question_box: Box | None = None
    answer_box: Box | None = None


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question with the answers it links to, none if it was left blank."""

    question: str
    answers: tuple[LabelledPair, ...]


def read_questions(items: Sequence[Any]) -> Iterator[LabelledQuestion]:
    """Every question item with text, and its answers with text, in the order of items and links.

    `items`: one page's items, or a list of such pages; ids are resolved page by page. Foreign,
    dangling or malformed links are ignored; a link listed twice yields two pairs.

    Raises:
        DatasetError: something in the list is not an item; says which and why.
    """
    for number, page in enumerate(_pages(items), start=1):
        by_id = _items_by_id(page)
        for item in page:
            question = _text(item)
            if item.get("label") == "question" and question:
                answers = [(_text(answer), answer) for answer in _linked_answers(item, by_id)]
                yield LabelledQuestion(
                    question,
                    tuple(
                        LabelledPair(question, text, number, _box(item), _box(answer))
                        for text, answer in answers
                        if text
                    ),
                )


def extract_qa_pairs(items: Sequence[Any]) -> list[QAPair]:
    """Pair every question with every answer it links to, as returned by `read_questions`."""
    return [
        QAPair(pair.question, pair.answer)
        for read in read_questions(items)
        for pair in read.answers
    ]


def grouped(read: Iterable[tuple[str, list[str]]]) -> dict[str, list[str]]:
    """[("A", ["x"]), ("B", []), ("A", ["y"])] -> {"A": ["x", "y"], "B": []}"""
    answers: dict[str, list[str]] = {}
    for question, given in read:
        answers.setdefault(question, []).extend(given)
    return answers


def words_by_page(items: Sequence[Any]) -> tuple[tuple[Word, ...], ...]:
    """The words with a text and a box, page by page, in the order of the annotation."""
    return tuple(
        tuple(
            Word(word["text"], box, 1.0)
            for item in page
            for word in item.get("words") or ()
            if word.get("text", "").strip() and (box := _box(word)) is not None
        )
        for page in _pages(items)
    )


def _pages(items: Sequence[Any]) -> list[list[Item]]:
    paged = bool(items) and isinstance(items[0], list)
    pages = list(items) if paged else [list(items)]
    for number, page in enumerate(pages, start=1):
        place = f"page {number}, " if paged else ""
        if not isinstance(page, list):
            raise DatasetError(f"page {number}: expected a list of items, got {excerpt(page)}.")
        for index, item in enumerate(page):
            _check_item(item, f"{place}item {index}")
    return pages


def _check_item(item: Any, place: str) -> None:
    if not isinstance(item, Mapping):
        raise DatasetError(f"{place}: expected an object, got {excerpt(item)}.")
    for name, expected in _FIELD_TYPES.items():
        value = item.get(name)
        if value is not None and not isinstance(value, expected):
            wanted = expected.__name__
            raise DatasetError(f"{place}: expected `{name}` as {wanted}, got {excerpt(value)}.")
    for word in item.get("words") or ():
        if not isinstance(word, Mapping) or not isinstance(word.get("text", ""), str):
            raise DatasetError(f"{place}: expected words with a text, got {excerpt(word)}.")


def _items_by_id(page: Sequence[Item]) -> dict[int | str, Item]:
    by_id: dict[int | str, Item] = {}
    for item in page:
        number = item.get("id")
        if _is_id(number) and by_id.setdefault(number, item) is not item:
            raise DatasetError(f"expected ids unique within a page, got {number!r} twice.")
    return by_id


def _linked_answers(item: Item, by_id: Mapping[int | str, Item]) -> Iterator[Item]:
    # Links are listed at both ends, and lead from headers to questions too.
    for link in item.get("linking") or ():
        if isinstance(link, list | tuple) and len(link) == 2 and all(map(_is_id, link)):
            source, target = link
            if source == item.get("id") and by_id.get(target, {}).get("label") == "answer":
                yield by_id[target]


def _is_id(value: object) -> TypeGuard[int | str]:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _text(item: Item) -> str:
    # Not collapsed: 334 items of FUNSD's training half hold an empty word, and the published
    # references keep the double blank it leaves.
    words = item.get("words")
    if words:
        return " ".join(word.get("text", "") for word in words).strip()
    return (item.get("text") or "").strip()


def _box(item: Item) -> Box | None:
    sides = item.get("box")
    if not isinstance(sides, list | tuple) or len(sides) != 4 or not all(map(_is_number, sides)):
        return None
    return Box(*map(float, sides))


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
