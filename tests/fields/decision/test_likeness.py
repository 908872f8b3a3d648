from __future__ import annotations

import pytest

from ocr_model.fields.decision.likeness import likeness, skeleton


@pytest.mark.parametrize(
    ("asked", "label", "low", "high"),
    [
        ("Invoice No.:", "invoice no", 1.0, 1.0),
        ("lnv0ice N0", "Invoice No", 1.0, 1.0),
        ("INVOICENO", "Invoice No", 1.0, 1.0),
        ("Prénom", "Prenom", 1.0, 1.0),
        ("Total (RM)", "Total", 0.95, 0.95),
        ("Signature", "Signature (of the applicant)", 0.95, 0.95),
        ("Date ot birth", "Date of birth", 0.9, 0.99),
        # The number of a thing is not the thing.
        ("Company No.", "Company", 0.0, 0.6),
        ("Due date", "Due", 0.0, 0.6),
        ("Town", "Name", 0.0, 0.5),
        ("", "Name", 0.0, 0.0),
    ],
)
def test_labels_are_alike_but_for_what_is_misread(
    asked: str, label: str, low: float, high: float
) -> None:
    assert low <= likeness(asked, [label]) <= high


def test_nearest_label_counts_and_none_is_like_nothing() -> None:
    assert likeness("Summe", ["Total", "Summe"]) == 1.0
    assert likeness("Summe", []) == 0.0


def test_sign_alone_is_a_label() -> None:
    assert skeleton("#") == "#"
    assert likeness("%", ["%"]) == 1.0
