from __future__ import annotations

from typing import Any

import pytest

from ocr_model.fields.proposal.guessing import guess, undecided

DAY_FIRST = {"type": "date", "formats": ["%d/%m/%Y"]}


@pytest.mark.parametrize(
    ("label", "texts", "expected"),
    [
        ("Date", ["25/12/2018", "03/04/2026"], DAY_FIRST),
        ("Date", ["12/25/18", "3/4/26"], {"type": "date", "formats": ["%m/%d/%y"]}),
        ("Date", ["1.3.2026", "31.03.26"], {"type": "date", "formats": ["%d.%m.%Y", "%d.%m.%y"]}),
        ("Date", ["03/04/2026", "05/06/2026"], {"type": "date"}),
        ("Date", ["3 May 2026", "4 June 2026"], {"type": "date"}),
        ("Date", ["25/12/2018", "soon", "never"], {}),
        ("Total", ["1,234.50", "9.00 EUR"], {"type": "currency"}),
        ("Pages", ["3", "12"], {"type": "number"}),
        ("Weight", ["3.5", "1200"], {"type": "number"}),
        ("Invoice No.", ["117", "118"], {}),
        ("Rechnungsnummer", ["117", "118"], {}),
        ("Account", ["40718", "40655"], {}),
        ("Code", ["007", "12"], {}),
        ("Paid", ["yes", "No"], {"type": "boolean"}),
        ("Urgent", ["\u2611"], {"type": "boolean"}),
        ("Answer", ["no"], {}),
        ("Name", ["Ann", "Bob"], {}),
        ("Date", ["25/12/2018"], {}),
        ("Name", [], {}),
    ],
)
def test_the_type_is_the_one_that_reads_the_answers(
    label: str, texts: list[str], expected: dict[str, Any]
) -> None:
    assert guess(label, texts) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["03/04/2026", "05/06/2026"], True),
        (["25/12/2018", "12/25/2018"], True),
        (["25/12/2018", "03/04/2026"], False),
        (["3 May 2026"], False),
    ],
)
def test_dates_that_leave_the_order_open_are_told(texts: list[str], expected: bool) -> None:
    assert undecided(texts) is expected
