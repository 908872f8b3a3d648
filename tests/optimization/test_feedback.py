"""What the LLM that writes is told of a form."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr_model.forms import Form, QAPair
from ocr_model.optimization.feedback import feedback_on
from tests.support.scored import row_of

FORM = Form(
    "a",
    Path("a.png"),
    (QAPair("Ref. No.", "7"), QAPair("Date", "5 May"), QAPair("To", "Ann")),
    ("Fax",),
)
RIGHT = {"Ref. No.": ["7"], "Date": ["5 May"], "To": ["Ann"]}


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        (RIGHT, "Everything was right."),
        (RIGHT | {"Date": ["6 May"]}, 'Misread: the answer to "Date" is "5 May", got "6 May".'),
        (
            {"Reference No": ["7"], "Date": ["5 May"], "To": ["Ann"]},
            'Misnamed: the question is "Ref. No.", got "Reference No".',
        ),
        ({"Ref. No.": ["7"], "Date": ["5 May"]}, 'Missed: "To" has the answer "Ann".'),
        (RIGHT | {"Tax": ["1 %"]}, 'Invented: "Tax" with the answer "1 %".'),
        (RIGHT | {"fax:": ["N/A"]}, 'Blank: "fax:" has no answer, got "N/A".'),
    ],
    ids=["right", "misread", "misnamed", "missed", "invented", "blank"],
)
def test_feedback_names_what_went_wrong(pairs: dict[str, list[str]], told: str) -> None:
    assert feedback_on(FORM, row_of("ok", pairs), {}) == told


def test_a_form_that_was_not_read_says_why() -> None:
    record = row_of("truncated", {}) | {"error": "Cut off."}
    assert feedback_on(FORM, record, {}) == "Not read: truncated. Cut off."


def test_fields_are_told_by_their_names() -> None:
    page = {
        "field_scores": object(),
        "missed": [("total", "9.00"), ("due", "5 May")],
        "invented": [("total", "8.00"), ("supplier", "Ann")],
    }
    assert feedback_on(FORM, row_of("ok", {}), page).splitlines() == [
        'Misread: the answer to "total" is "9.00", got "8.00".',
        'Missed: "due" has the answer "5 May".',
        'Invented: "supplier" with the answer "Ann".',
    ]


def test_many_mistakes_of_a_kind_hide_no_other_kind() -> None:
    invented = {f"Word {number}": [f"x{number}"] for number in range(9)}
    lines = feedback_on(FORM, row_of("ok", invented | {"fax": ["N/A"]}), {}).splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        *["Missed"] * 3,
        *["Invented"] * 7,
        "Blank",
    ]
    assert lines[9] == "Invented: 3 more."
