from __future__ import annotations

from typing import Any

import pytest

from ocr_model.fields import Said, decide_said, parse_fields
from ocr_model.schema import Answer, Box, FieldKey, FieldStatus, FieldValue

WANTED = parse_fields(r"""
fields:
  - {name: number, pattern: 'INV-\d{4}'}
  - {name: supplier}
  - {name: date, type: date}
  - {name: total, type: currency}
  - {name: paid, type: boolean}
  - {name: shipping, type: choice, choices: [Post, Courier]}
  - {name: days, type: list, items: date}
  - {name: items, type: table, columns: [{name: article}, {name: amount, type: currency}]}
""")
BOX = Box(1, 2, 3, 4)
NOT_FOUND = "the LLM did not find it"


def page(number: int, /, **said: str | None) -> list[Said]:
    return [(FieldKey(name), Answer(name, text, number)) for name, text in said.items()]


def row(number: int, on_page: int, /, **cells: str | None) -> list[Said]:
    return [
        (FieldKey("items", number, name), Answer(name, text, on_page))
        for name, text in cells.items()
    ]


def decided(name: str, *pages: list[Said]) -> list[FieldValue]:
    return [value for value in decide_said(WANTED, pages).values if value.name == name]


def test_value_has_the_text_place_and_confidence_of_what_was_said() -> None:
    said = [(FieldKey("date"), Answer("Date", "25. Dez. 2018", 2, BOX, 0.8))]
    assert decided("date", [], said) == [
        FieldValue("date", FieldStatus.FOUND, "2018-12-25", "25. Dez. 2018", 2, BOX, 0.8)
    ]


@pytest.mark.parametrize(
    ("said", "status", "value"),
    [
        ({"number": "INV-0042"}, "found", "INV-0042"),
        ({"number": "42"}, "invalid", None),
        ({"date": "soon"}, "invalid", None),
        ({"date": "03/04/2026"}, "ambiguous", None),
        ({"total": "1.234"}, "ambiguous", None),
        ({"total": "1O.5O"}, "found", "10.50"),
        ({"paid": "true"}, "found", "true"),
        ({"shipping": "courier"}, "found", "Courier"),
        ({"shipping": "Pigeon"}, "invalid", None),
        ({"supplier": None}, "blank", None),
        ({"supplier": "....."}, "blank", None),
    ],
)
def test_status_is_by_how_the_text_reads(
    said: dict[str, Any], status: str, value: str | None
) -> None:
    [name] = said
    [found] = decided(name, page(1, **said))
    assert (found.status.value, found.value, found.page) == (status, value, 1)
    assert found.text == said[name]
    assert (found.reason is None) == (status == "found")


def test_what_nothing_is_said_of_is_missing() -> None:
    values = decide_said(WANTED, [[]]).values
    assert [value.name for value in values] == [field.name for field in WANTED.fields]
    assert {(value.status, value.reason) for value in values} == {(FieldStatus.MISSING, NOT_FOUND)}


def test_other_dates_and_amounts_of_the_document_decide_between_two_readings() -> None:
    said = page(1, date="03/04/2026", supplier="since 25/12/2018", total="1.234")
    others = row(1, 2, article="Bolt", amount="9,50 EUR")
    assert [value.value for value in decided("date", said, others)] == ["2026-04-03"]
    assert [value.value for value in decided("total", said, others)] == ["1234"]


@pytest.mark.parametrize(
    ("pages", "status", "text", "number"),
    [
        ([{"supplier": "Blue Heron"}, {"supplier": "BLUE HERON."}], "found", "Blue Heron", 1),
        ([{}, {"total": "9.00"}, {"total": "9.00"}], "found", "9.00", 2),
        ([{"total": "soon"}, {"total": "9.00"}], "found", "9.00", 2),
        ([{"total": None}, {"total": "soon"}], "invalid", "soon", 2),
        ([{"date": "2026-04-03"}, {"date": "3 April 2026"}], "found", "2026-04-03", 1),
        ([{"total": "9.00"}, {"total": "8.00"}], "ambiguous", "9.00", 1),
        ([{"paid": "false"}, {"paid": "true"}], "ambiguous", "false", 1),
    ],
)
def test_first_page_that_has_a_field_gives_it_unless_another_differs(
    pages: list[dict[str, str | None]], status: str, text: str, number: int
) -> None:
    [name] = {name for said in pages for name in said}
    [found] = decided(name, *(page(i, **said) for i, said in enumerate(pages, 1)))
    assert (found.status.value, found.text, found.page) == (status, text, number)


def test_pages_that_differ_are_both_named_in_the_reason() -> None:
    [found] = decided("total", page(1, total="9.00"), page(3, total="8.00"))
    assert found.reason == "may be '9.00' on page 1 or '8.00' on page 3"


def test_lists_go_on_from_page_to_page() -> None:
    first = [*page(1, days="2026-05-04"), *page(1, days="soon")]
    found = decided("days", first, page(2, days="2026-05-05"), page(3, days=None))
    assert [(value.status.value, value.value, value.page) for value in found] == [
        ("found", "2026-05-04", 1),
        ("invalid", None, 1),
        ("found", "2026-05-05", 2),
    ]


def test_rows_go_on_from_page_to_page_with_an_entry_for_every_cell() -> None:
    first = [*row(1, 1, article="Bolts", amount="9.00"), *row(3, 1, article="Nuts", amount=None)]
    found = decided("items", first, [], row(1, 3, amount="nine"))
    assert [(v.row, v.column, v.status.value, v.value, v.page) for v in found] == [
        (1, "article", "found", "Bolts", 1),
        (1, "amount", "found", "9.00", 1),
        (2, "article", "found", "Nuts", 1),
        (2, "amount", "blank", None, 1),
        (3, "article", "missing", None, 3),
        (3, "amount", "invalid", None, 3),
    ]


def test_letters_that_were_read_as_digits_are_noted() -> None:
    said = [*page(1, total="1O.5O"), *row(1, 1, amount="2O.50")]
    assert decide_said(WANTED, [said]).notes == ("letters read as digits in total, amount",)
