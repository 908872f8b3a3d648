from __future__ import annotations

import pytest

from ocr_model.fields.decision.decide import decide_fields
from ocr_model.fields.decision.total_words import Says, is_about_a_total, what_it_says
from ocr_model.fields.file.field_file import parse_fields
from ocr_model.schema import FieldStatus
from tests.fields.decision.pages import answer, page

WANTED = parse_fields("fields: [{name: total, type: currency}]")


def total_of(text: str) -> str | None:
    value = decide_fields(WANTED, [page(text)]).values[0]
    return value.value if value.status is FieldStatus.FOUND else f"[{value.status.value}]"


RECEIPTS = {
    "called so": ("Bread 1.40\nMilk 2.10\nTotal 3.50", "3.50"),
    "called so on the line above": ("Bread 1.40\nTOTAL\n$ 3.50", "3.50"),
    "in German": ("Brot 1,40\nZwischensumme 2,80\nGesamtbetrag 3,50 EUR", "3.50"),
    "parts are not the whole": ("Sub-Total 3.00\nTotal Tax 0.50\nTotal 3.50", "3.50"),
    "counts are not the whole": ("Total Qty 2.00\nTotal 3.50", "3.50"),
    "rounded": ("Total 3.52\nRounding -0.02\nNett 3.50\nCash 3.50", "3.50"),
    "rounded and paid": ("TOTAL 33.92\nROUNDING 0.02\nCASH 33.90", "33.90"),
    "with tax before without": ("Total excl. tax 3.00\nTotal incl. tax 3.50", "3.50"),
    "tax table below": (
        "Total (incl. GST) 3.50\nCash 10.00\nChange 6.50\nTotal 3.00 0.50",
        "3.50",
    ),
    "only cash and change tell": ("Bread 3.50\nCash 10.00\nChange 6.50", "3.50"),
    "pieces before an amount": ("6 106.10\nTotal 112.46", "112.46"),
    "two that are equally likely": (
        "Total 3.50\nPage two\nTotal 3.60\nTotal 3.50\nTotal 3.60",
        "3.60",
    ),
    "no amount": ("Total\nThank you", "[missing]"),
    "nothing says so": ("Bread 1.40\nMilk 2.10", "[missing]"),
}


@pytest.mark.parametrize(("text", "expected"), RECEIPTS.values(), ids=RECEIPTS.keys())
def test_total_is_what_words_sums_and_payments_agree_on(text: str, expected: str) -> None:
    assert total_of(text) == expected


def test_field_with_a_label_of_its_own_is_not_looked_for() -> None:
    wanted = parse_fields("fields: [{name: fees, labels: [Total tuition fees], type: currency}]")
    content = page("Total 99.00", (answer("Total tuition fees", "3.50"),))
    assert decide_fields(wanted, [content]).values[0].value == "3.50"


def test_sum_of_a_check_is_a_total() -> None:
    wanted = parse_fields(
        "fields: [{name: net, type: currency}, {name: due, labels: [], type: currency}]\n"
        "checks: [{sum: [net], equals: due}]"
    )
    values = decide_fields(wanted, [page("Total 3.50", (answer("Net", "3.50"),))]).values
    assert [value.value for value in values] == ["3.50", "3.50"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("TOTAL", Says.TOTAL),
        ("Grand Total (RM):", Says.FINAL_TOTAL),
        ("Amount due", Says.FINAL_TOTAL),
        ("Montant TTC", Says.FINAL_TOTAL),
        ("Te betalen", Says.FINAL_TOTAL),
        ("Sub-Total", Says.OTHER),
        ("Total (excl. GST)", Says.OTHER),
        ("Total GST", Says.OTHER),
        ("Total Sales (Inclusive of GST)", Says.FINAL_TOTAL),
        ("Total includes GST", Says.OTHER),
        ("Total Items", Says.OTHER),
        ("Rounding Adj.", Says.ROUNDING),
        ("Cash", Says.PAID),
        ("Change", Says.OTHER),
        ("Bread", Says.NOTHING),
    ],
)
def test_words_say_what_an_amount_is(words: str, says: Says) -> None:
    assert what_it_says(words) is says


def test_field_is_about_a_total_by_its_name_or_labels() -> None:
    assert is_about_a_total("total_amount")
    assert is_about_a_total("x", "Gesamtbetrag")
    assert not is_about_a_total("subtotal")
    assert not is_about_a_total("net")
