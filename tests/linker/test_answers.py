"""The bundled weights on small pages drawn by hand; and how pairs are chosen from scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_model.linker.answers import choose_links, link_words
from ocr_model.linker.boxes import Floats
from ocr_model.linker.stages.phrase_groups import Groups
from ocr_model.linker.stages.run import Link, Linked
from ocr_model.linker.weights import Linker, bundled_bytes, from_bytes
from ocr_model.schema import Answer, Box, Word

Phrases = list[tuple[int, int, str]]


@pytest.fixture(scope="module")
def linker() -> Linker:
    return from_bytes(bundled_bytes())


def draw(phrases: Phrases, height: int = 500) -> tuple[list[Word], Image.Image]:
    """Words drawn at their places, with boxes half as high again as the letters, as the OCR's."""
    image = Image.new("RGB", (760, height), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=14)
    words = []
    for left, top, phrase in phrases:
        x: float = left
        for text in phrase.split():
            pen.text((x, top), text, fill="black", font=font)
            right = x + pen.textlength(text, font=font)
            words.append(Word(text, Box(x - 1, top - 2, right + 1, top + 18), 0.98))
            x = right + 5
    return words, image


def pairs(phrases: Phrases, linker: Linker) -> list[tuple[str, str]]:
    answers, _ = link_words(*draw(phrases), 1, linker)
    return [(found.question, found.answer) for found in answers if found.answer is not None]


FIELDS: Phrases = [(40, 40, "Name:"), (160, 40, "Ann Lee"), (40, 80, "Date:"), (160, 80, "12/4/99")]
FIELDS += [(40, 120, "Invoice No.:"), (160, 120, "4711"), (40, 160, "City:"), (160, 160, "Harrow")]
TABLE: Phrases = [(40, 40, "Item"), (240, 40, "Quantity"), (440, 40, "Price")]
TABLE += [(40, 70, "Lamp"), (240, 70, "2"), (440, 70, "$3.50")]
TABLE += [(40, 100, "Cable"), (240, 100, "7"), (440, 100, "$1.25")]
TABLE += [(40, 130, "Frame"), (240, 130, "4"), (440, 130, "$8.00")]


def test_fields_with_a_colon(linker: Linker) -> None:
    assert pairs(FIELDS, linker) == [
        ("Name:", "Ann Lee"),
        ("Date:", "12/4/99"),
        ("Invoice No.:", "4711"),
        ("City:", "Harrow"),
    ]


def test_headings_of_a_table_are_questions_of_their_columns(linker: Linker) -> None:
    found = pairs(TABLE, linker)
    assert {("Quantity", "2"), ("Quantity", "7"), ("Price", "$3.50"), ("Price", "$1.25")} <= set(
        found
    )


def test_a_label_that_ends_in_a_number_is_one_question(linker: Linker) -> None:
    values = ["Okonkwo", "14.03.1978", "Harrowgate", "12 Mill Lane"]
    labels = [f"Witness {number}:" for number in range(1, 5)]
    phrases = [
        place
        for row, (label, value) in enumerate(zip(labels, values, strict=True))
        for place in ((40, 40 + 40 * row, label), (200, 40 + 40 * row, value))
    ]
    assert pairs(phrases, linker) == list(zip(labels, values, strict=True))


TICKED: Phrases = [(40, 230, "Handling:"), (180, 230, "Urgent"), (300, 230, "For review")]


def ticked_pairs(linker: Linker) -> tuple[list[tuple[str, str]], set[str]]:
    """Pairs, and questions left blank, of a form with a crossed box and an empty one."""
    words, image = draw(FIELDS + TICKED)
    pen = ImageDraw.Draw(image)
    for left in (160, 280):
        pen.rectangle((left, 232, left + 12, 244), outline="black")
    pen.line((162, 234, 170, 242), fill="black", width=2)
    pen.line((162, 242, 170, 234), fill="black", width=2)
    found, _ = link_words(words, image, 1, linker)
    answered = [(a.question, a.answer) for a in found if a.answer is not None]
    return answered, {a.question for a in found if a.answer is None}


def test_the_option_of_a_drawn_tick_answers_what_is_asked_and_is_no_blank(linker: Linker) -> None:
    answered, blank = ticked_pairs(linker)
    assert ("Handling:", "Urgent") in answered
    assert "Urgent" not in blank


def test_an_option_whose_box_is_empty_is_no_blank_question(linker: Linker) -> None:
    words, image = draw([*FIELDS, *TICKED])
    pen = ImageDraw.Draw(image)
    for left in (160, 280):
        pen.rectangle((left, 232, left + 12, 244), outline="black")
    blank = {a.question for a in link_words(words, image, 1, linker)[0] if a.answer is None}
    assert not blank & {"Urgent", "For review"}
    as_labelled = link_words(words, image, 1, replace(linker, ticks_choose=False))[0]
    assert {a.question for a in as_labelled} & {"Urgent", "For review"}


def test_a_linker_of_forms_with_ticks_for_answers_gives_the_tick(linker: Linker) -> None:
    answered, _ = ticked_pairs(replace(linker, ticks_choose=False))
    assert ("Urgent", "☑") in answered


def test_box_and_confidence_of_an_answer_and_none_of_a_blank(linker: Linker) -> None:
    phrases = [*FIELDS, (40, 200, "Phone:")]
    answers = {found.question: found for found in link_words(*draw(phrases), 3, linker)[0]}
    name, phone = answers["Name:"], answers["Phone:"]
    assert name.page == 3
    assert name.box is not None
    assert name.box[:2] == pytest.approx((159, 38))
    assert name.confidence is not None
    assert 0.3 < name.confidence <= 1
    assert phone == Answer("Phone:", None, 3, None, None)


def test_order_of_words_does_not_matter(linker: Linker) -> None:
    words, image = draw(FIELDS + [(left, top + 200, text) for left, top, text in TABLE])
    assert link_words(words[::-1], image, 1, linker) == link_words(words, image, 1, linker)


LONG: Phrases = [
    place
    for row in range(560)
    for place in ((40, 40 + 40 * row, "Amount due:"), (240, 40 + 40 * row, f"$ {row + 100}.50"))
]


def test_every_question_of_a_page_of_many_words_is_found_once(linker: Linker) -> None:
    words, image = draw(LONG, 22_500)
    found, _ = link_words(words, image, 1, linker)
    answers = [answer.answer for answer in found]
    assert answers == [f"$ {row + 100}.50" for row in range(560)]
    assert {answer.question for answer in found} == {"Amount due:"}
    for row, answer in enumerate(found):
        assert answer.box is not None
        assert answer.box[:2] == pytest.approx((239, 38 + 40 * row))


def test_what_is_called_between_parts_may_end_it(linker: Linker) -> None:
    calls: list[int] = []

    def end() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise TimeoutError

    words, image = draw(LONG, 22_500)
    with pytest.raises(TimeoutError):
        link_words(words, image, 1, linker, end)
    link_words(*draw(FIELDS), 1, linker, end)
    assert len(calls) == 2


def test_questions_that_are_known_are_questions_and_end_other_phrases(linker: Linker) -> None:
    words, image = draw([(40, 40, "Ship to"), (110, 40, "Harrowgate Mill"), *FIELDS[2:]])

    def is_said(seen: Sequence[Word]) -> list[list[int]]:
        return [[i for i, word in enumerate(seen) if word.text in ("Ship", "to")]]

    guessed, _ = link_words(words, image, 1, linker)
    assert ("Ship to", "Harrowgate Mill") not in {(a.question, a.answer) for a in guessed}
    found, _ = link_words(words, image, 1, linker, find_questions=is_said)
    assert ("Ship to", "Harrowgate Mill") in {(a.question, a.answer) for a in found}
    assert {"Date:", "Invoice No.:", "City:"} < {a.question for a in found}


@pytest.mark.parametrize(
    "phrases", [[], [(40, 40, "_")], [(40, 40, "Thank you for calling us")], [(40, 40, "Name:")]]
)
def test_pages_without_a_pair_give_none(phrases: Phrases, linker: Linker) -> None:
    assert pairs(phrases, linker) == []


def linked(*scored: tuple[int, int, float], known: frozenset[int] = frozenset()) -> Linked:
    """Four groups, 0 and 1 questions."""
    labels = np.eye(4)[[0, 0, 1, 1]]
    groups = Groups(((0,), (1,), (2,), (3,)), ("A", "B", "x", "y"), np.zeros((4, 4)), labels)
    table: Floats = np.array(scored, dtype=np.float64).reshape(-1, 3)
    return Linked(groups, table[:, :2].astype(np.int64), table[:, 2], np.ones(4), known)


@pytest.mark.parametrize(
    ("scored", "expected"),
    [
        ([(0, 2, 0.8), (1, 3, 0.49)], [Link(0, 0, 2)]),
        ([(0, 2, 0.6), (1, 2, 0.8)], [Link(1, 1, 2)]),
        ([(0, 2, 0.95), (1, 2, 0.92)], [Link(0, 0, 2), Link(1, 1, 2)]),
        ([(1, 2, 0.7), (0, 3, 0.7), (0, 2, 0.2)], [Link(1, 0, 3), Link(0, 1, 2)]),
        ([], []),
    ],
    ids=["threshold", "second_question", "sure_second_question", "reading_order", "nothing"],
)
def test_choice_of_links(scored: list[tuple[int, int, float]], expected: list[Link]) -> None:
    assert choose_links(linked(*scored)) == expected


@pytest.mark.parametrize(
    ("scored", "expected"),
    [
        ([(0, 2, 0.25), (1, 3, 0.25)], [Link(0, 0, 2)]),
        ([(0, 2, 0.45), (1, 2, 0.5)], [Link(0, 0, 2), Link(1, 1, 2)]),
        ([(1, 0, 0.85)], []),
        ([(1, 0, 0.95)], [Link(0, 1, 0)]),
    ],
    ids=["lower threshold", "second question", "hardly an answer", "heading of two levels"],
)
def test_known_question_needs_less_and_is_hardly_an_answer(
    scored: list[tuple[int, int, float]], expected: list[Link]
) -> None:
    assert choose_links(linked(*scored, known=frozenset({0}))) == expected
