from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from ocr_model.fields import in_formats, parse_currency, parse_number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-14", datetime(2024, 5, 14)),
        (" 14.05.2024 ", datetime(2024, 5, 14)),
        ("2024-13-01", None),
        ("31.02.2024", None),
        ("14.05.24", None),
        ("soon", None),
        ("", None),
    ],
)
def test_date_is_read_in_the_first_format_that_fits(text: str, expected: datetime | None) -> None:
    found = in_formats(text, ["%Y-%m-%d", "%d.%m.%Y"])
    assert next(iter(found), None) == expected


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("5", ".", "5"),
        ("-1,234.50", ".", "-1234.50"),
        ("1.234,50", ",", "1234.50"),
        ("1 234 567", ".", "1234567"),
        ("1'234.5", ".", "1234.5"),
        ("\u22125", ".", "-5"),
        ("1.234,50", ".", None),
        ("1,23", ".", None),
        ("1,2345", ".", None),
        ("12.", ".", None),
        (".5", ".", None),
        ("5 apples", ".", None),
        ("", ".", None),
        ("\u0665", ".", None),
    ],
)
def test_number_is_read_or_refused(text: str, mark: str, expected: str | None) -> None:
    assert parse_number(text, mark) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$ 1,234.50", "1234.50"),
        ("1,234.50 €", "1234.50"),
        ("EUR 5", "5"),
        ("5.00USD", "5.00"),
        ("(12.00)", "-12.00"),
        ("($12.00)", "-12.00"),
        ("12", "12"),
        ("$$5", None),
        ("five", None),
        ("(x)", None),
    ],
)
def test_amount_is_read_with_at_most_one_currency(text: str, expected: str | None) -> None:
    assert parse_currency(text) == (None if expected is None else Decimal(expected))
