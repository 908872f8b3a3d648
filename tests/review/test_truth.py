from __future__ import annotations

from ocr_model.fields import parse_fields
from ocr_model.review.truth import expected_of, true_pairs, truth_of_fields
from tests.support.reviews import cells, question, review

WANTED = parse_fields(
    "fields: [{name: supplier}, {name: phones, type: list}, {name: total, type: currency}]"
)


def test_questions_of_one_text_join_and_a_blank_one_has_no_answers() -> None:
    said = [
        question("Name", "Ann"),
        question("Date"),
        question("Name", "Bob", " "),
        question("Page", "1", absent=True),
        question(" ", "x"),
    ]
    assert true_pairs(said) == {"Name": ["Ann", "Bob"], "Date": []}


def test_fields_are_null_where_there_is_none_and_rows_close_up() -> None:
    table = cells("items", {"article": "Bolt"}, {"article": "Nut"}, {"price": "2"})
    kept = table.model_copy(update={"answers": (table.answers[0], table.answers[2])})
    said = [
        question("total", "9.00"),
        question("due", absent=True),
        question("paid"),
        question("phones", "1", "2"),
        kept,
    ]
    assert truth_of_fields(said) == {
        "total": "9.00",
        "due": None,
        "paid": None,
        "phones": ["1", "2"],
        "items": [{"article": "Bolt"}, {"price": "2"}],
    }


def test_the_file_of_fields_says_what_is_a_list_and_what_one_text() -> None:
    said = [question("supplier", "Blue", "Heron"), question("phones", "1")]
    assert truth_of_fields(said) == {"supplier": ["Blue", "Heron"], "phones": "1"}
    assert truth_of_fields(said, WANTED) == {"supplier": "Blue Heron", "phones": ["1"]}


def test_expectations_are_named_by_what_was_reviewed() -> None:
    said = review(after=[question("total", "9.00")])
    assert expected_of(said) == {"pairs": {"total": ["9.00"]}}
    fields = said.model_copy(update={"kind": "fields"})
    assert expected_of(fields, WANTED) == {"fields": {"total": "9.00"}}
