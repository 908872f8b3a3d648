from __future__ import annotations

from ocr_model.fields.proposal.grouping import groups_of
from ocr_model.fields.proposal.rows import is_repeated, tables_of
from ocr_model.schema import Answer, Box


def column(question: str, left: float, tops: list[float]) -> list[Answer]:
    return [Answer(question, f"{top}", 1, Box(left, top, left + 50, top + 12)) for top in tops]


ROWS = [100.0, 125, 150]
# A total below the last column, which its own label asks for, too; lines of an address.
DOCUMENT = [
    *column("To", 10, [20, 35, 50]),
    *column("Article", 10, ROWS),
    *column("Qty", 100, ROWS),
    *column("Amount", 200, [*ROWS, 190, 215]),
    *column("Sum", 200, [190, 215]),
]


def test_columns_share_rows_and_a_total_is_no_column() -> None:
    groups = groups_of([DOCUMENT, DOCUMENT])
    labels = [[groups[n].label for n in table] for table in tables_of(groups)]
    assert labels == [["Article", "Qty", "Amount"]]


def test_columns_of_two_layouts_meet_in_the_one_they_share() -> None:
    other = [
        answer
        for answer in [*column("Item", 10, ROWS), *column("Amount", 200, ROWS)]
        for _ in range(1)
    ]
    groups = groups_of([DOCUMENT, DOCUMENT, other, other])
    [table] = tables_of(groups)
    assert [groups[n].label for n in table] == ["Article", "Qty", "Amount", "Item"]


def test_answers_without_a_place_are_no_table() -> None:
    document = [Answer(q, a, 1) for q in ("Article", "Qty") for a in ("1", "2")]
    assert tables_of(groups_of([document, document])) == []


def test_one_document_with_several_answers_makes_no_list() -> None:
    once, twice = [Answer("To", "a", 1)], [Answer("To", "a", 1), Answer("To", "b", 1)]
    [group] = groups_of([once, twice])
    assert not is_repeated(group)
    [group] = groups_of([twice, twice, once])
    assert is_repeated(group)
