from __future__ import annotations

import pytest

from ocr_model.errors import DatasetError
from ocr_model.fields import draft_fields, parse_fields
from ocr_model.schema import Answer, Box


def document(n: int) -> list[Answer]:
    rows = [
        Answer(question, f"{n}.{row}0", 1, Box(left, 100 + 25 * row, left + 50, 112 + 25 * row))
        for question, left in (("Price", 10), ("Amount", 90))
        for row in range(3)
    ]
    return [
        Answer("Größe:", "12", 1),
        Answer("Date", f"{n + 13}.01.2026", 1),
        Answer("Phones", "555-0142", 1),
        Answer("Phones", "555-0143", 1),
        Answer("Seen", f"0{n}/02/26", 1),
        Answer("Remarks", None, 1),
        *rows,
        Answer(f"Only here {n}" * (n + 1), "x", 1),
    ]


EXPECTED = """\
fields:
  # asked by 5 of 5 documents, answered in 5
  - name: grosse
    labels: [Größe]
    type: number
  # asked by 5 of 5 documents, answered in 5
  - name: date
    labels: [Date]
    type: date
    formats: ['%d.%m.%Y']
  # asked by 5 of 5 documents, answered in 5
  - name: phones
    labels: [Phones]
    type: list
    items: text
  # asked by 5 of 5 documents, answered in 5
  # which comes first, day or month? formats: ["%d/%m/%Y"] or ["%m/%d/%Y"]
  - name: seen
    labels: [Seen]
    type: date
  # asked by 5 of 5 documents, answered in 0
  - name: remarks
    labels: [Remarks]
  # asked by 5 of 5 documents: Price 5, Amount 5
  - name: items
    type: table
    columns:
    - name: price
      labels: [Price]
      type: currency
    - name: amount
      labels: [Amount]
      type: currency
"""


def test_the_draft_says_how_often_each_was_seen_and_is_a_file_of_fields() -> None:
    draft = draft_fields([document(n) for n in range(1, 6)])
    head, _, body = draft.text.partition("fields:\n")
    assert "fields:\n" + body == EXPECTED
    assert head.startswith("# Drafted from 5 documents.")
    assert [field.required for field in parse_fields(draft.text).fields] == [False] * 6
    assert draft.fields[5] == ("items", "table", 5)
    assert len(draft.left_out) == 5


def test_a_table_beside_a_label_of_its_name_gets_another() -> None:
    documents = [[Answer("Items", "3 in all", 1), *document(n)] for n in range(1, 6)]
    names = [name for name, _, _ in draft_fields(documents).fields]
    assert (names[0], names[-1]) == ("items", "items_2")


@pytest.mark.parametrize(
    ("documents", "told"),
    [
        ([document(1)] * 4, "at least 5 documents that ask something, got 4 of 4"),
        ([*[document(1)] * 4, []], "got 4 of 5"),
        ([[Answer("abcdefgh"[n] * 9, "x", 1)] for n in range(5)], "no two ask the same"),
    ],
)
def test_documents_that_are_too_few_or_of_no_kind_are_refused(
    documents: list[list[Answer]], told: str
) -> None:
    with pytest.raises(DatasetError, match=told):
        draft_fields(documents)
