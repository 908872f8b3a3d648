from __future__ import annotations

from ocr_model.extraction.fields_of_document import fields_of_document
from ocr_model.fields import parse_fields
from ocr_model.schema import Answer, Box, FieldStatus, UprightPage, Word

FIELDS = parse_fields("""
fields:
  - {name: total, type: currency, required: true}
  - {name: date, type: date}
  - {name: supplier, labels: [Supplier]}
checks:
  - {sum: [total], equals: total}
""")
# A page that was turned: 10 pixels further down and to the right on the page as it was sent.
NEAR = Box(100, 10, 130, 22)
BELOW = Box(100, 30, 130, 42)


def moved(box: Box) -> Box:
    return Box(*(side + 10 for side in box))


def upright(
    *answers: Answer, number: int = 1, words: tuple[tuple[str, Box], ...] = ()
) -> UprightPage:
    seen = tuple(Word(text, box, 0.9) for text, box in words)
    boxes = [answer.box for answer in answers if answer.box] + [word.box for word in seen]
    return UprightPage(number, answers, seen, {box: moved(box) for box in boxes})


def test_boxes_are_those_on_the_page_as_it_was_sent() -> None:
    found = fields_of_document(FIELDS, [upright(Answer("Total", "9.00", 1, NEAR, 0.8))])
    total = found.values[0]
    assert (total.value, total.page, total.box) == ("9.00", 1, moved(NEAR))
    assert found.answers == (Answer("total", "9.00", 1, moved(NEAR), 0.8),)


def test_box_around_several_words_is_drawn_anew() -> None:
    answers = (Answer("Supplier", "Blue", 1, NEAR, 0.8), Answer("Supplier", "Heron", 1, BELOW, 0.7))
    page = upright(*answers, words=(("Blue", NEAR), ("Heron", BELOW)))
    [answer] = fields_of_document(FIELDS, [page]).answers
    assert (answer.question, answer.answer) == ("supplier", "Blue Heron")
    assert answer.box == Box(110, 20, 140, 52)


def test_fields_are_decided_once_for_all_pages() -> None:
    pages = [
        upright(Answer("Date", "2026-05-04", 1, NEAR, 0.9)),
        upright(Answer("Total", "9.00", 2, NEAR, 0.9), number=2),
    ]
    found = fields_of_document(FIELDS, pages)
    assert [(value.name, value.status, value.page) for value in found.values] == [
        ("total", FieldStatus.FOUND, 2),
        ("date", FieldStatus.FOUND, 1),
        ("supplier", FieldStatus.MISSING, None),
    ]
    assert [answer.question for answer in found.answers] == ["total", "date"]
    assert found.complaints == ()


def test_required_field_that_is_missing_is_a_complaint_and_a_note() -> None:
    found = fields_of_document(FIELDS, [upright()])
    assert found.complaints == ("total is required: nothing on the page asks it",)
    assert found.notes == found.complaints
    assert found.answers == ()


def test_what_is_missing_may_stand_on_a_page_that_could_not_be_read() -> None:
    found = fields_of_document(FIELDS, [upright()], unread=[2, 3])
    assert found.values[1].reason == "nothing on the page asks it; pages 2, 3 could not be read"


def test_document_of_which_nothing_was_read_says_nothing_of_its_fields() -> None:
    found = fields_of_document(FIELDS, [], unread=[1])
    assert (found.values, found.complaints) == ((), ())


def test_cells_are_answers_under_table_and_column() -> None:
    table = parse_fields(
        "fields: [{name: items, type: table, columns: [{name: article}, {name: amount}]}]"
    )
    lines = [("Article", "Amount"), ("Bolts", "9.00")]
    words = tuple(
        (text, Box(10 + 200 * column, 20 * row, 60 + 200 * column, 20 * row + 12))
        for row, line in enumerate(lines)
        for column, text in enumerate(line)
    )
    found = fields_of_document(table, [upright(words=words)])
    assert [(answer.question, answer.answer) for answer in found.answers] == [
        ("items.article", "Bolts"),
        ("items.amount", "9.00"),
    ]
    assert [(value.row, value.column) for value in found.values] == [(1, "article"), (1, "amount")]
    assert found.answers[0].box == moved(Box(10, 20, 60, 32))
