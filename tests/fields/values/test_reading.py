from __future__ import annotations

import pytest

from ocr_model.fields.values.habits import NO_HABITS, Habits, habits_of
from ocr_model.fields.values.reading import read_value
from ocr_model.fields.wanted import Column
from ocr_model.schema import FieldStatus


def column(**said: object) -> Column:
    return Column.model_validate({"name": "a", **said})


def value_of(text: str, habits: Habits = NO_HABITS, **said: object) -> str | None:
    """The value, or the status in brackets."""
    read = read_value(text, column(**said), habits)
    return read.value if read.status is FieldStatus.FOUND else f"[{read.status.value}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018-12-25", "2018-12-25"),
        ("2018/12/25", "2018-12-25"),
        ("25/12/2018", "2018-12-25"),
        ("25.12.18", "2018-12-25"),
        ("12-25-95", "1995-12-25"),
        ("25 - 12 - 2018", "2018-12-25"),
        ("25 12 2018", "2018-12-25"),
        ("20181225", "2018-12-25"),
        ("25122018", "2018-12-25"),
        ("05/05/2018", "2018-05-05"),
        ("03/04/2026", "[ambiguous]"),
        ("3.4.26", "[ambiguous]"),
        ("31/02/2018", "[invalid]"),
        ("13/13/2018", "[invalid]"),
        ("25/12-2018", "[invalid]"),
        ("12/2018", "[invalid]"),
        ("soon", "[invalid]"),
        ("", "[blank]"),
        (" ____ ", "[blank]"),
        ("25 December 2018", "2018-12-25"),
        ("December 25th, 2018", "2018-12-25"),
        ("25-DEC-18", "2018-12-25"),
        ("Mar. 4, 2026", "2026-03-04"),
        ("4. März 2026", "2026-03-04"),
        ("den 1. Jänner 2026", "2026-01-01"),
        ("Dienstag, 25. Dez. 2018", "2018-12-25"),
        ("le 1er février 2026", "2026-02-01"),
        ("15 août 2019", "2019-08-15"),
        ("3 de enero de 2020", "2020-01-03"),
        ("2 diciembre 2020", "2020-12-02"),
        ("5 mei 2021", "2021-05-05"),
        ("12 maart 2021", "2021-03-12"),
        ("2018 May 4", "2018-05-04"),
        ("25/12/2018 8:13:39 PM", "2018-12-25"),
        ("25/12/2018 20:13", "2018-12-25"),
        ("2018-12-25T20:13:00Z", "2018-12-25"),
        ("Tue 25/12/2018", "2018-12-25"),
        ("Date: 25/12/2018 Cashier 3", "2018-12-25"),
        ("25/12/2018 to 26/12/2018", "[invalid]"),
        ("l2/O5/2O18", "[ambiguous]"),
        ("25/l2/2O18", "2018-12-25"),
        ("25/12/20188:13", "2018-12-25"),
    ],
)
def test_date_is_read_or_not_known(text: str, expected: str) -> None:
    assert value_of(text, type="date") == expected


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("03/04/2026", ["%d/%m/%Y"], "2026-04-03"),
        ("03/04/2026", ["%m/%d/%Y"], "2026-03-04"),
        # The order counts, not the sign between: who writes 03/04/2026 writes 3-4-26, too.
        ("3-4-26", ["%d/%m/%Y"], "2026-04-03"),
        ("12/25/2018", ["%d/%m/%Y"], "[invalid]"),
        ("2018-12-25", ["%d/%m/%Y"], "2018-12-25"),
        ("25 Dec 2018", ["%d/%m/%Y"], "2018-12-25"),
        ("03/04/2026", ["%Y-%m-%d"], "[ambiguous]"),
        ("03/04/2026", ["%d/%m/%Y", "%m/%d/%Y"], "[ambiguous]"),
        ("03/04/2026", ["%d/%m/%Y", "%m.%d.%Y"], "2026-04-03"),
        ("18/12/25", ["%y/%m/%d"], "2018-12-25"),
    ],
)
def test_formats_decide_the_order_of_a_date(text: str, formats: list[str], expected: str) -> None:
    assert value_of(text, type="date", formats=formats) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", "7"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,5", "1234.5"),
        ("1\u2009234\u202f567", "1234567"),
        ("1\u00a0234.5", "1234.5"),
        ("1'234.50", "1234.50"),
        ("1\u2019234", "1234"),
        ("12,34,567.00", "1234567.00"),
        ("1.234.567", "1234567"),
        ("1.23", "1.23"),
        ("1,2345", "1.2345"),
        ("0.123", "0.123"),
        ("1.234", "[ambiguous]"),
        ("12,345", "[ambiguous]"),
        ("1,234.567", "1234.567"),
        ("1.23.4", "[invalid]"),
        ("-5", "-5"),
        ("\u22125", "-5"),
        ("5-", "-5"),
        ("(5)", "-5"),
        ("- 5", "-5"),
        ("19 %", "19"),
        ("5 apples", "[invalid]"),
        ("25 l", "[invalid]"),
        ("25l", "[invalid]"),
        ("1O.5", "10.5"),
        ("2O", "20"),
        ("l0,50", "10.50"),
        ("lO", "[invalid]"),
        ("12. 50", "12.50"),
        ("-", "[blank]"),
        ("\u0665", "[invalid]"),
    ],
)
def test_number_is_read_or_not_known(text: str, expected: str) -> None:
    assert value_of(text, type="number") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RM 9.00", "9.00"),
        ("RM9.00", "9.00"),
        ("$ 1,234.50", "1234.50"),
        ("US$ 5", "5"),
        ("5.00USD", "5.00"),
        ("1.234,50 €", "1234.50"),
        ("EUR 1.234", "[ambiguous]"),
        ("€ 12,-", "12"),
        ("CHF 12.--", "12"),
        ("Fr. 12.50", "12.50"),
        ("12 kr", "12"),
        ("(12.00)", "-12.00"),
        ("($12.00)", "-12.00"),
        ("-$12.00", "-12.00"),
        ("$-12.00", "-12.00"),
        ("12.00-", "-12.00"),
        ("£1 000.00", "1000.00"),
        ("$$5", "[invalid]"),
        ("five", "[invalid]"),
        ("(x)", "[invalid]"),
        ("5 apples", "[invalid]"),
        ("Total (2 items) RM 9.00", "9.00"),
        ("9.00 of 12.00", "[invalid]"),
        ("9.00 SR", "9.00"),
        ("R M 9.00", "9.00"),
    ],
)
def test_amount_is_read_or_not_known(text: str, expected: str) -> None:
    assert value_of(text, type="currency") == expected


def test_decimal_mark_of_the_file_decides() -> None:
    assert value_of("1.234", type="number", decimal_mark=",") == "1234"
    assert value_of("1.234", type="number", decimal_mark=".") == "1.234"
    assert value_of("1,50", type="currency", decimal_mark=".") == "[invalid]"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["25/12/2018 8:13"], Habits("day first", None)),
        (["12/25/2018", "Total 1.50"], Habits("month first", ".")),
        (["25/12/2018", "12/25/2018"], Habits()),
        (["Net 1.234,50", "Tax 3,00"], Habits(None, ",")),
        (["1,50", "1.50"], Habits()),
        (["1.234", "05/05/2018", "2018-12-25", "7"], Habits()),
    ],
)
def test_document_shows_its_habits(texts: list[str], expected: Habits) -> None:
    assert habits_of(texts) == expected


def test_habits_of_the_document_decide() -> None:
    habits = Habits("day first", ",")
    assert value_of("03/04/2026", habits, type="date") == "2026-04-03"
    assert value_of("1.234", habits, type="currency") == "1234"


def test_file_goes_before_habits() -> None:
    habits = Habits("day first", ",")
    assert value_of("03/04/2026", habits, type="date", formats=["%m/%d/%Y"]) == "2026-03-04"
    assert value_of("1.234", habits, type="number", decimal_mark=".") == "1.234"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("☑", "true"),
        ("X", "true"),
        ("Ja", "true"),
        ("sí", "true"),
        ("☐", "false"),
        ("Nein", "false"),
        ("perhaps", "[invalid]"),
    ],
)
def test_tick_is_true_or_false(text: str, expected: str) -> None:
    assert value_of(text, type="boolean") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("urgent", "Urgent"),
        ("Urgemt", "Urgent"),
        ("Please reply.", "Please reply"),
        ("other", "[invalid]"),
        ("Lot C", "[ambiguous]"),
    ],
)
def test_choice_is_one_of_those_listed(text: str, expected: str) -> None:
    choices = ["Urgent", "Please reply", "Lot A", "Lot B"]
    assert value_of(text, type="choice", choices=choices) == expected


def test_text_is_as_it_stands_and_fits_its_pattern() -> None:
    assert value_of(" Ann \n Lee ") == "Ann Lee"
    assert value_of("INV-1", pattern=r"INV-\d{4}") == "[invalid]"


def test_reason_says_what_is_not_known() -> None:
    read = read_value("03/04/2026", column(type="date"))
    assert read.reason is not None
    assert "may be 2026-03-04 or 2026-04-03" in read.reason


def test_mended_letters_are_told() -> None:
    assert read_value("1O.5O", column(type="number")).mended
    assert not read_value("10.50", column(type="number")).mended


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DE89370400440532013000", "DE89370400440532013000"),
        ("DE89 3704 0044 0532 0130 00 Seite 1 von 1", "DE89 3704 0044 0532 0130 00"),
        ("GB29NWBK60161331926819 - page 1 of 2", "GB29NWBK60161331926819"),
        ("ES91 2100 0418 4502 0005 1332 y BIC CAIXESBB", "ES91 2100 0418 4502 0005 1332"),
        ("DE88370400440532013000", "[invalid]"),
        ("GB295WBK60161331926819", "[invalid]"),
        ("DE89 3704 0044", "[invalid]"),
        ("see overleaf", "[invalid]"),
        ("DE89370400440532013000 or GB29NWBK60161331926819", "[ambiguous]"),
        ("", "[blank]"),
    ],
)
def test_iban_is_the_part_of_its_line_whose_check_digits_hold(text: str, expected: str) -> None:
    assert value_of(text, labels=["IBAN"]) == expected
    assert value_of(text, name="supplier_iban") == expected


def test_reason_says_that_check_digits_are_wrong() -> None:
    read = read_value("DE88370400440532013000", column(name="iban"))
    assert read.reason == ("expected an IBAN whose check digits hold, got 'DE88370400440532013000'")


def test_pattern_of_an_iban_is_that_of_the_iban_alone() -> None:
    german = column(name="iban", pattern="DE.*0")
    assert read_value("DE89370400440532013000 Seite 1", german).value == "DE89370400440532013000"
    assert read_value("GB29NWBK60161331926819 page 1", german).value is None


def test_field_that_may_be_something_else_than_an_iban_is_a_text() -> None:
    assert value_of("12-34-56 1234", labels=["IBAN", "Account number"]) == "12-34-56 1234"
