"""What a review says is what the annotation says, and words and links are where they belong."""

from __future__ import annotations

import json
from typing import Any

from ocr_model.forms.annotation import grouped, read_questions, words_by_page
from ocr_model.review.annotation import annotation_of
from ocr_model.review.record import Review, ReviewAnswer, ReviewPage
from ocr_model.review.truth import true_pairs
from ocr_model.schema import Box
from ocr_model.training.truth import truth_of
from tests.support.reviews import ANN_BOX, RIGHT, corrected, question, review


def _items(of: Review) -> list[Any]:
    items: list[Any] = json.loads(json.dumps(annotation_of(of)))["form"]
    return items


def _pairs(items: list[Any]) -> dict[str, list[str]]:
    read = read_questions(items)
    return grouped((one.question, [answer.answer for answer in one.answers]) for one in read)


def test_an_annotation_says_the_pairs_and_the_blank_questions() -> None:
    items = _items(corrected(b""))
    pairs = _pairs(items)
    assert pairs == true_pairs(RIGHT)
    assert pairs == {"Name:": ["Ann Berg"], "Date:": ["14 May 2024"], "Signature:": []}
    assert [item["linking"] for item in items[:2]] == [[[0, 1]], [[0, 1]]]


def test_words_are_the_persons_placed_where_they_were_read() -> None:
    items = _items(corrected(b""))
    assert items[1]["words"] == [
        {"text": "Ann", "box": [220, 40, 265, 70]},
        {"text": "Berg", "box": [280, 40, 340, 70]},
    ]
    assert items[-1]["label"] == "other"
    assert items[-1]["text"] == "Page 1 of 1"
    assert len(words_by_page(items)[0]) == 11


def test_a_linker_is_taught_by_it() -> None:
    items = _items(corrected(b""))
    words = [word for word in words_by_page(items)[0] if word.text in ("Name:", "Berg", "Page")]
    truth = truth_of(words, items)
    assert truth.word_labels.tolist() == [0, 1, 3]
    assert truth.links == {(0, 1), (2, 3)}


def test_links_stay_on_their_page() -> None:
    pages = tuple(ReviewPage(number=n, width=600, height=240) for n in (1, 2))
    on_second = ReviewAnswer(id="b", text="two", page=2, box=ANN_BOX)
    asked = question("Articles:", "one", box=(0, 0, 10, 10))
    asked = asked.model_copy(update={"answers": (*asked.answers, on_second)})
    said = _items(review(after=[asked, question("End:")], pages=pages))
    assert len(said) == 2
    read = list(read_questions(said))
    assert [(one.question, [a.answer for a in one.answers]) for one in read] == [
        ("Articles:", ["one"]),
        ("End:", []),
        ("Articles:", ["two"]),
    ]
    assert read[2].answers[0].question_box is None
    assert read[2].answers[0].answer_box == Box(*ANN_BOX)
    assert _pairs(said) == {"Articles:": ["one", "two"], "End:": []}


def test_what_has_no_place_has_no_box() -> None:
    [asked, said] = _items(review(after=[question("Total", "9  .00")], pages=()))
    assert (asked["box"], said["box"], said["words"]) == (None, None, [])
    assert said["text"] == "9 .00"
