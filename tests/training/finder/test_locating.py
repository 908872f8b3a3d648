"""Where a value stands: letters misread, lines, columns, other spellings; or that it does not."""

from __future__ import annotations

import pytest

from ocr_model.fields import Column, Habits, parse_fields
from ocr_model.finder import Document
from ocr_model.training.finder.locating import locate
from tests.fields.decision.pages import page


def column(said: str) -> Column:
    return parse_fields(f"fields: [{{{said}}}]").fields[0]


def places(text: str, value: str, wanted: str = "name: a") -> list[str]:
    document = Document([page(text)])
    found = locate(document, value, column(wanted), Habits())
    return [document.pages[place.page].text(place.path) for place in found]


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("Welcome\nNordhill Ltd\nUlm", "NORDHILL LTD", ["Nordhill Ltd"]),
        ("Welcome\nN0rdhi1l Ltd.\nUlm", "Nordhill Ltd", ["N0rdhi1l Ltd."]),
        ("Nordhiil Lfd 7", "Nordhill Ltd", ["Nordhiil Lfd"]),
        ("Nord hill Ltd", "Nordhill Ltd", ["Nord hill Ltd"]),
        ("7 Mill Lane\n89073 Ulm\nTel 12", "7 Mill Lane, 89073 Ulm", ["7 Mill Lane 89073 Ulm"]),
        ("7 Mill Lane      Order 4711\n89073 Ulm        Page 1", "7 Mill Lane, 89073 Ulm",
         ["7 Mill Lane 89073 Ulm"]),
        ("Shop:Nordhill", "Nordhill", ["Nordhill"]),
        ("Nordhill\nUlm\nNordhill", "Nordhill", ["Nordhill", "Nordhill"]),
        ("Quayside", "Nordhill Ltd", []),
        ("A7 A8", "A9", []),
    ],
    ids=[
        "as it stands", "misread", "two letters wrong", "a blank too many", "two lines",
        "in a column", "glued to its label", "twice", "nowhere", "short ones letter by letter",
    ],
)  # fmt: skip
def test_a_text_is_found(text: str, value: str, expected: list[str]) -> None:
    assert places(text, value) == expected


@pytest.mark.parametrize(
    ("text", "value", "wanted", "expected"),
    [
        ("Sum RM9.00 in all", "9", "name: a, type: currency", ["9.00"]),
        ("Sum 1.234,50", "1234.50", "name: a, type: currency", ["1.234,50"]),
        ("on 25 Dec 2018 08:13", "2018-12-25", "name: a, type: date", ["25 Dec 2018"]),
        (
            "25 Dec 2018 at noon",
            "25 Dec 2018 at noon",
            "name: a, type: date",
            ["25 Dec 2018 at noon"],
        ),
        ("9.00 and 9.00", "9.00", "name: a, type: currency", ["9.00", "9.00"]),
        ("8.00", "9.00", "name: a, type: currency", []),
    ],
)
def test_a_date_or_amount_is_found_however_it_is_written(
    text: str, value: str, wanted: str, expected: list[str]
) -> None:
    assert places(text, value, wanted) == expected
