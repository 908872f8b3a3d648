from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from ocr_model.forms.funsd import Form, load_forms
from ocr_model.schema import Box, Word
from ocr_model.scoring.grounding import count_grounded, is_grounded, page_tokens

FUNSD = os.environ.get("FUNSD_DIR")


def line(text: str, top: float = 0, left: float = 0) -> list[Word]:
    """Words of ten pixels a sign, one blank apart."""
    words = []
    for part in text.split():
        words.append(Word(part, Box(left, top, left + 10 * len(part), top + 20), 1.0))
        left += 10 * len(part) + 10
    return words


TOKENS = ["dateof", "birth", "5", "may", "1998", "ann", "marie", "lee", "berg"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 May 1998", True),
        ("DATE OF BIRTH:", True),
        ("date of blrth", True),
        ("Ann Berg", True),
        ("6 June 1998", False),
        ("5 May 1989", False),
        ("1989", False),
        ("Rome", False),
        ("Ann of Rome", False),
        ("9", False),
        (":", True),
        ("", True),
    ],
    ids=[
        "run of words",
        "blanks lost by the OCR",
        "one sign misread",
        "words apart",
        "half of it",
        "two signs of eight",
        "two signs of four",
        "absent",
        "too little of it",
        "part of a word",
        "folds to nothing",
        "empty",
    ],
)
def test_string_is_looked_for_on_the_page(text: str, expected: bool) -> None:
    assert is_grounded(text, TOKENS) is expected


def test_nothing_is_grounded_on_an_empty_page() -> None:
    assert not is_grounded("Ann", [])


def test_tokens_follow_the_lines_and_the_pages() -> None:
    pages = [[*line("Town: Rome", top=60), *line("Name: Ann")], line("(2) $")]
    assert page_tokens(pages) == ["name", "ann", "town", "rome", "2"]


def test_answer_of_two_lines_is_found_between_the_columns_beside_it() -> None:
    page = [
        *line("Address: 12 Long Street", top=0),
        *line("Phone: 555", top=0, left=600),
        *line("Springfield", top=40, left=90),
        *line("Fax: 556", top=40, left=600),
    ]
    pairs = {"Address": ["12 Long Street Springfield"]}
    assert count_grounded(pairs, [page]).grounded_values == 1


def test_invented_pairs_are_counted_and_listed() -> None:
    page = [*line("Name: Ann Lee"), *line("Total: 119.00", top=40)]
    pairs = {"Name": ["Ann Lee", "Bob"], "Town": ["Ann"], "Total": ["191.00"], "Date": []}
    found = count_grounded(pairs, [page])
    assert (found.grounded_keys, found.keys) == (2, 4)
    assert (found.grounded_values, found.values) == (2, 4)
    assert found.ungrounded == [("Name", "Bob"), ("Town", "Ann"), ("Total", "191.00"), ("Date", "")]


@pytest.mark.parametrize("pairs", [None, {}, []], ids=["failed", "empty", "no mapping"])
def test_nothing_predicted_is_nothing_to_ground(pairs: object) -> None:
    found = count_grounded(pairs, [line("Name: Ann")])
    assert (found.keys, found.values, found.ungrounded) == (0, 0, [])


def own_texts(form: Form) -> set[str]:
    return {text for pair in form.pairs for text in (pair.question, pair.answer)}


def funsd_words(form: Form) -> list[Word]:
    annotation = form.image_path.parent.parent / "annotations" / f"{form.name}.json"
    items = json.loads(annotation.read_text("utf-8"))["form"]
    return [
        Word(word["text"], Box(*map(float, word["box"])), 1.0)
        for item in items
        for word in item["words"]
        if word["text"].strip()
    ]


@pytest.mark.skipif(FUNSD is None, reason="FUNSD_DIR is not set: grounding not tested on FUNSD")
def test_on_funsds_words_what_is_annotated_is_found_and_what_is_not_is_invented() -> None:
    forms = random.Random(0).sample(load_forms(Path(str(FUNSD)) / "training_data"), 20)
    true_found = true_all = false_found = false_all = 0
    for form, other in zip(forms, [*forms[1:], forms[0]], strict=True):
        own = count_grounded(form.references, [funsd_words(form)])
        true_found += own.grounded_keys + own.grounded_values
        true_all += own.keys + own.values
        # Of another form, and long enough not to be on any page by chance.
        foreign = [
            text
            for question, answers in form.references.items()
            for text in (question, *answers)
            if len(text) >= 8 and text not in own_texts(other)
        ]
        tokens = page_tokens([funsd_words(other)])
        false_found += sum(is_grounded(text, tokens) for text in foreign)
        false_all += len(foreign)
    assert true_all > 500
    assert true_found == true_all
    assert false_all > 300
    assert false_found / false_all < 0.03
