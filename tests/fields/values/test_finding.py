from __future__ import annotations

import pytest

from ocr_model.fields.values.finding import dates_within, money_within
from ocr_model.fields.values.known_forms import form_of, is_iban


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("Date: 25/12/2018 8:13 PM", ["25/12/2018"]),
        ("DATE25/12/2018", ["25/12/2018"]),
        ("REG #19-18/03/2018 23:02", ["18/03/2018"]),
        ("29/12/201711:41", ["29/12/2017"]),
        ("27032018 13:11 till 4", ["27032018"]),
        ("from 3 May 2026 to 4. Juni 2026", ["3 May 2026", "4. Juni 2026"]),
        ("paid on December 25th, 2018", ["December 25th, 2018"]),
        ("HD03-04-06 - 5/40/160", []),
        ("Tel 03-7731 8169", []),
        ("1.2.3.4", []),
        ("99/99/2018", []),
        ("27032018", []),
    ],
)
def test_dates_in_a_line(text: str, dates: list[str]) -> None:
    assert list(dates_within(text)) == dates


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Total (2) RM 9.00", ["RM 9.00"]),
        ("1 PC 9.000 0.00 9.00", ["0.00", "9.00"]),
        ("6 106.10 6.37", ["106.10", "6.37"]),
        ("2 106,10 EUR", ["2 106,10 EUR"]),
        ("1.234,50 €", ["1.234,50 €"]),
        ("-5.59 and (5.59)", ["-5.59", "(5.59)"]),
        ("costs $5 or MAL025", ["$5"]),
        ("8.13:39 GST 6.00% 12.05.2018 35.5x25.5", []),
    ],
)
def test_amounts_in_a_line(text: str, amounts: list[str]) -> None:
    assert list(money_within(text)) == amounts


@pytest.mark.parametrize(
    ("said", "line", "found"),
    [
        ("IBAN", "DE89370400440532013000", ["DE89370400440532013000"]),
        ("iban", "GB29 NWBK 6016 1331 9268 19 BIC", ["GB29 NWBK 6016 1331 9268 19"]),
        ("E-mail", "a.b@mill.example", ["a.b@mill.example"]),
        ("VAT no.", "VAT GB 123 4567 89", ["GB 123 4567 89"]),
        ("Telefon", "Fon +49 30 5550142", ["+49 30 5550142"]),
        ("phone", "Fax: 07-3558160", []),
        ("phone", "Order 07-3558160", []),
    ],
)
def test_texts_of_a_known_form(said: str, line: str, found: list[str]) -> None:
    form = form_of(said)
    assert form is not None
    assert list(form.within(line)) == found


def test_other_fields_have_no_known_form() -> None:
    assert form_of("company", "Supplier") is None


def test_check_digits_tell_an_iban() -> None:
    assert is_iban("DE89 3704 0044 0532 0130 00")
    assert not is_iban("DE89 3704 0044 0532 0130 01")
    assert not is_iban("total")
