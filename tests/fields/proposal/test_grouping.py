from __future__ import annotations

from ocr_model.fields.proposal.grouping import groups_of
from ocr_model.schema import Answer


def asked(*pairs: tuple[str, str | None]) -> list[Answer]:
    return [Answer(question, answer, 1) for question, answer in pairs]


def test_misread_letters_case_and_colons_make_no_label_of_their_own() -> None:
    [group] = groups_of(
        [
            asked(("Invoice No:", "1")),
            asked(("lnvoice N0", "2")),
            asked(("INVOICE NO.", None)),
            asked(("Invoyce No", "4")),
        ]
    )
    assert group.label == "Invoice No"
    assert (len(group.documents), group.answered) == (4, 3)
    assert sorted(group.texts) == ["1", "2", "4"]


def test_labels_that_one_document_asks_both_stay_two() -> None:
    groups = groups_of([asked(("Signature A", "x"), ("Signature B", "y"))] * 2)
    assert [group.label for group in groups] == ["Signature A", "Signature B"]


def test_a_word_that_turns_a_label_makes_another() -> None:
    groups = groups_of([asked(("Customer", "Ann")), asked(("Customer No", "7"))])
    assert [group.label for group in groups] == ["Customer", "Customer No"]


def test_a_question_without_letters_is_none() -> None:
    assert groups_of([asked((":", "1"))]) == []


def test_abbreviations_make_no_label_of_their_own() -> None:
    first = asked(("Invoice no.:", "1"), ("Kunden-Nr.", "7"), ("Home tel.", "1"), ("No", "x"))
    second = asked(("Invoice number", "2"), ("Kundennummer", "8"), ("Home phone", "2"))
    found = {group.label: len(group.documents) for group in groups_of([first, second])}
    assert found == {"Invoice no.": 2, "Kunden-Nr.": 2, "Home tel.": 2, "No": 1}
