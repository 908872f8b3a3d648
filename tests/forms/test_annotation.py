from __future__ import annotations

from typing import Any

import pytest

from ocr_model.forms.annotation import LabelledPair, read_questions, words_by_page
from ocr_model.schema import Box, Word

BOX = [10, 20, 60, 32]


def item(number: int, label: str, text: str, *links: Any, box: Any = BOX) -> dict[str, Any]:
    words = [{"text": word, "box": box} for word in text.split(" ")]
    linking = list(links)
    return {
        "id": number, "label": label, "text": text, "box": box, "words": words, "linking": linking
    }  # fmt: skip


def test_pair_stands_where_its_items_stand() -> None:
    items = [
        item(0, "question", "Name:", [0, 1], box=[10, 20, 60, 32]),
        item(1, "answer", "Ann", box=[70, 20, 99, 32.5]),
    ]
    [question] = read_questions(items)
    assert question.answers == (
        LabelledPair("Name:", "Ann", 1, Box(10, 20, 60, 32), Box(70, 20, 99, 32.5)),
    )


def test_pages_are_counted_from_one() -> None:
    page = [item(0, "question", "Name:", [0, 1]), item(1, "answer", "Ann")]
    questions = list(read_questions([page, page]))
    assert [pair.page for question in questions for pair in question.answers] == [1, 2]


def test_blank_question_has_no_answers() -> None:
    [question] = read_questions([item(0, "question", "Name:")])
    assert (question.question, question.answers) == ("Name:", ())


@pytest.mark.parametrize(
    "box",
    [None, [], [1, 2, 3], [1, 2, 3, 4, 5], ["1", 2, 3, 4], [True, 2, 3, 4],
     [1, 2, 3, float("nan")], {"x": 1}, "1234"],
    ids=str,
)  # fmt: skip
def test_box_that_is_not_four_numbers_counts_as_none(box: Any) -> None:
    items = [item(0, "question", "Name:", [0, 1], box=box), item(1, "answer", "Ann")]
    [question] = read_questions(items)
    [pair] = question.answers
    assert (pair.question_box, pair.answer_box) == (None, Box(*BOX))


def test_words_with_text_and_box_are_listed_by_page() -> None:
    page = [
        item(0, "other", "Ann Berg"),
        {"words": [{"text": ""}, {"text": " ", "box": BOX}, {"text": "no box"}, {}]},
    ]
    word = Box(*BOX)
    assert words_by_page([page, []]) == ((Word("Ann", word, 1.0), Word("Berg", word, 1.0)), ())
