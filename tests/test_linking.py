"""Words placed by hand -> the pairs a reader would see; one row for each rule and its limit."""

from __future__ import annotations

import pytest

from ocr_model.linking import link_words
from ocr_model.schema import Answer, Box, Word

CHAR, HEIGHT = 8, 16


def words(*phrases: tuple[float, float, str]) -> list[Word]:
    """Phrases at (left, top), in letters of 8 x 16 px with a blank of 8 px between words."""
    placed = []
    for left, top, phrase in phrases:
        x = left
        for text in phrase.split(" "):
            placed.append(Word(text, Box(x, top, x + CHAR * len(text), top + HEIGHT), 0.9))
            x += CHAR * (len(text) + 1)
    return placed


def pairs(*phrases: tuple[float, float, str]) -> list[tuple[str, str | None]]:
    return [(answer.question, answer.answer) for answer in link_words(words(*phrases), page=1)]


RULES = {
    "colon_same_line": ([(0, 0, "Finder:"), (100, 0, "Ann Lee")], [("Finder:", "Ann Lee")]),
    "merged_run": ([(0, 0, "Date:12/4/99")], [("Date:", "12/4/99")]),
    "time_is_not_cut": ([(0, 0, "Start:"), (100, 0, "9:30")], [("Start:", "9:30")]),
    "form_word_without_colon": ([(0, 0, "Invoice No."), (130, 0, "27")], [("Invoice No.", "27")]),
    "open_text_before_a_value": ([(0, 0, "Porosity"), (130, 0, "0.37")], [("Porosity", "0.37")]),
    "numbered_label": ([(0, 0, "3. Name"), (100, 0, "Ann")], [("3. Name", "Ann")]),
    "label_above_in_a_cell": ([(0, 0, "Name:"), (0, 20, "Ann")], [("Name:", "Ann")]),
    "value_too_far_below": ([(0, 0, "Name:"), (0, 60, "Ann")], [("Name:", None)]),
    "two_fields_on_a_line": (
        [(0, 0, "Name:"), (60, 0, "Ann"), (200, 0, "Date:"), (260, 0, "12/4/99")],
        [("Name:", "Ann"), ("Date:", "12/4/99")],
    ),
    "blank_before_next_label": (
        [(0, 0, "Name:"), (200, 0, "Date:"), (260, 0, "12/4/99")],
        [("Name:", None), ("Date:", "12/4/99")],
    ),
    "repeated_question_stays_twice": (
        [(0, 0, "Date:"), (60, 0, "1/1/90"), (0, 80, "Date:"), (60, 80, "2/2/90")],
        [("Date:", "1/1/90"), ("Date:", "2/2/90")],
    ),
    "unit_belongs_to_its_answer": (
        [(0, 0, "Length:"), (80, 0, "84"), (110, 0, "mm")],
        [("Length:", "84 mm")],
    ),
    "list_gives_several_answers": (
        [(0, 0, "Copies:"), (90, 0, "A. Lee"), (90, 20, "B. Ott"), (300, 0, "Date:")],
        [("Copies:", "A. Lee"), ("Copies:", "B. Ott"), ("Date:", None)],
    ),
    "paragraph_is_one_answer": (
        [(0, 0, "Remarks:"), (90, 0, "the lamp was broken when it"), (90, 20, "came back here")],
        [("Remarks:", "the lamp was broken when it came back here")],
    ),
    "narrow_paragraph_is_one_answer": (
        [
            *((0, 0, "Remarks:"), (90, 0, "the lamp was broken when it")),
            *((90, 20, "came back here"), (0, 90, "Date:"), (900, 90, "12/4/99")),
        ],
        [("Remarks:", "the lamp was broken when it came back here"), ("Date:", None)],
    ),
    "label_of_two_lines": (
        [(0, 0, "Date of"), (0, 18, "birth:"), (90, 18, "12/4/99")],
        [("Date of birth:", "12/4/99")],
    ),
    "answer_in_label_words": (
        [(0, 0, "Subject:"), (90, 0, "Progress report")],
        [("Subject:", "Progress report")],
    ),
    "tick_makes_an_option_a_question": (
        [(0, 0, "Sex:"), (60, 0, "Male"), (110, 0, "X"), (160, 0, "Female")],
        [("Sex:", None), ("Male", "X")],
    ),
    "column_of_labels_without_form_words": (
        [(0, y, label) for y, label in ((0, "Mode:"), (40, "Hue:"), (80, "Gloss"))]
        + [(90, y, value) for y, value in ((0, "slow"), (40, "red"), (80, "high"))],
        [("Mode:", "slow"), ("Hue:", "red"), ("Gloss", "high")],
    ),
    "table_columns": (
        [
            *((0, 0, "Qty"), (100, 0, "Price")),
            *((0, 30, "2"), (100, 30, "3.50"), (0, 60, "7"), (100, 60, "1.25")),
        ],
        [("Qty", "2"), ("Qty", "7"), ("Price", "3.50"), ("Price", "1.25")],
    ),
    "empty_page": ([], []),
    "specks_only": ([(0, 0, "_"), (50, 0, "."), (90, 0, "(")], []),
    "text_without_fields": ([(0, 0, "Thank you for calling us")], []),
}


@pytest.mark.parametrize(("phrases", "expected"), RULES.values(), ids=RULES.keys())
def test_rule(
    phrases: list[tuple[float, float, str]], expected: list[tuple[str, str | None]]
) -> None:
    assert pairs(*phrases) == expected


def test_answer_carries_its_own_box_and_page_and_no_confidence() -> None:
    assert link_words(words((0, 0, "Name:"), (60, 0, "Ann Lee")), page=3) == (
        Answer("Name:", "Ann Lee", 3, Box(60, 0, 116, 16), None),
    )


def test_blank_question_has_no_box() -> None:
    assert link_words(words((0, 0, "Name:")), page=1) == (Answer("Name:", None, 1, None, None),)


def test_merged_run_gives_the_answer_its_share_of_the_box() -> None:
    (answer,) = link_words([Word("Date:12/4", Box(0, 0, 90, 20), 0.9)], page=1)
    assert answer.box == Box(50, 0, 90, 20)


def test_order_of_words_does_not_matter() -> None:
    phrases = RULES["table_columns"][0]
    assert link_words(reversed(words(*phrases)), 1) == link_words(words(*phrases), 1)


@pytest.mark.parametrize("scale", [0.5, 3.0])
def test_size_of_the_page_does_not_matter(scale: float) -> None:
    for phrases, expected in RULES.values():
        scaled = [
            Word(word.text, Box(*(scale * side for side in word.box)), word.confidence)
            for word in words(*phrases)
        ]
        found = [(answer.question, answer.answer) for answer in link_words(scaled, 1)]
        assert found == expected


def test_archive_number_up_the_margin_is_left_out() -> None:
    margin = Word("80718412", Box(60, 0, 80, 120), 0.9)
    assert pairs((0, 50, "Name:")) == [("Name:", None)]
    assert [a.answer for a in link_words([*words((0, 50, "Name:")), margin], 1)] == [None]
