from __future__ import annotations

import pytest

from ocr_model.fields import Field, labels_among
from tests.fields.decision.pages import page


@pytest.mark.parametrize(
    ("text", "labels", "found"),
    [
        ("Name: Ann    Date: 3 May", ["Name", "Date"], ["Name:", "Date:"]),
        ("Date of birth 3 May    Date 4 May", ["Date", "Date of birth"], ["Date of birth"]),
        ("lnvoice N0: 4711", ["Invoice No"], ["lnvoice N0:"]),
        ("Company No. 17 of 9.00", ["company"], []),
        ("we thank you for the amount due of 9.00", ["amount due"], ["amount due"]),
        ("the total and the total of it\nTotal: 9", ["total"], ["Total:"]),
        ("Date of\nbirth", ["Date of birth"], ["Date of birth"]),
        ("Name: Ann", ["Supplier"], []),
        ("", ["Name"], []),
    ],
    ids=[
        *(
            "two",
            "the longer claims first",
            "misread",
            "short within a phrase",
            "the only one",
            "one that stands",
        ),
        *("two lines", "none", "empty page"),
    ],
)
def test_words_of_labels(text: str, labels: list[str], found: list[str]) -> None:
    content = page(text)
    fields = [Field(name=label, labels=(label,)) for label in labels]
    said = [
        " ".join(content.words[i].text for i in indices)
        for indices in labels_among(content.words, fields)
    ]
    assert sorted(said) == sorted(found)
