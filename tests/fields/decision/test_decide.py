from __future__ import annotations

import pytest

from ocr_model.fields.decision.candidates import PageContent
from ocr_model.fields.decision.decide import decide_fields
from ocr_model.fields.file.field_file import parse_fields
from ocr_model.schema import Answer, FieldStatus, FieldValue
from tests.fields.decision.pages import answer, box_of, page


def decided(fields: str, *pages: PageContent) -> dict[str, FieldValue]:
    values = decide_fields(parse_fields(f"fields: [{fields}]"), pages).values
    assert len({value.name for value in values}) == len(values)
    return {value.name: value for value in values}


def shown(value: FieldValue) -> str | None:
    return value.value if value.status is FieldStatus.FOUND else f"[{value.status.value}]"


def asked(*answers: Answer, text: str = "") -> PageContent:
    return page(text, answers)


@pytest.mark.parametrize(
    ("field", "answers", "expected"),
    [
        ("{name: a, labels: [Invoice No]}", [answer("Invoice No.:", "INV-1")], "INV-1"),
        ("{name: a, labels: [Invoice No]}", [answer("lnvoice N0", "INV-1")], "INV-1"),
        ("{name: a, labels: [Rechnung, Invoice]}", [answer("Invoice", "INV-1")], "INV-1"),
        ("{name: a, labels: [Town]}", [answer("Invoice", "INV-1")], "[missing]"),
        ("{name: a, labels: [Town]}", [answer("Town", None)], "[blank]"),
        ("{name: a, labels: [Company]}", [answer("Company No.", "77")], "[missing]"),
        ("{name: a, labels: []}", [answer("Invoice", "INV-1")], "[missing]"),
        ("{name: a, labels: [Name]}", [answer("Name", "Ann"), answer("Name", "Lee")], "Ann Lee"),
        ("{name: a, type: date, labels: [Date]}", [answer("Date", "4 May 2026")], "2026-05-04"),
        ("{name: a, type: date, labels: [Date]}", [answer("Date", "Smith")], "[invalid]"),
        ("{name: a, type: date, labels: [Date]}", [answer("Date", "3/4/26")], "[ambiguous]"),
        (
            "{name: a, type: number, labels: [Pages]}",
            [answer("Pages", "4"), answer("Pages", "5")],
            "[ambiguous]",
        ),
    ],
)
def test_field_is_what_stands_under_its_label(
    field: str, answers: list[Answer], expected: str
) -> None:
    assert shown(decided(field, asked(*answers))["a"]) == expected


def test_type_decides_between_questions_that_are_equally_alike() -> None:
    answers = answer("Date", "Smith"), answer("Date:", "Smith"), answer("Date (1)", "4 May 2026")
    found = decided("{name: date, type: date}", asked(*answers))
    assert shown(found["date"]) == "2026-05-04"


def test_fields_and_questions_are_matched_one_to_one() -> None:
    answers = answer("Date of birth", "1 May 1980"), answer("Date", "2 May 2026")
    found = decided(
        "{name: date, type: date}, {name: birth, labels: [Date of birth], type: date}",
        asked(*answers),
    )
    assert {name: shown(value) for name, value in found.items()} == {
        "date": "2026-05-02",
        "birth": "1980-05-01",
    }


def test_fields_with_the_same_label_are_filled_in_the_order_of_the_file() -> None:
    answers = answer("Name", "Ann"), answer("Name", "Bob")
    found = decided(
        "{name: buyer, labels: [Name]}, {name: seller, labels: [Name]}", asked(*answers)
    )
    assert (shown(found["buyer"]), shown(found["seller"])) == ("Ann", "Bob")


def test_answers_to_two_labels_of_one_field_are_ambiguous_with_both_in_the_reason() -> None:
    answers = answer("Order", "77"), answer("Auftrag", "78")
    found = decided("{name: a, labels: [Order, Auftrag]}", asked(*answers))["a"]
    assert found.status is FieldStatus.AMBIGUOUS
    assert found.reason == "may be '77' on page 1 or '78' on page 1"


def test_field_of_several_pages_is_that_of_the_first_page_that_answers() -> None:
    first = page("", (answer("Name", None),), 1)
    second = page("", (answer("Name", "Ann", 2),), 2)
    third = page("", (answer("Name", "Bob", 3),), 3)
    found = decided("{name: name}", first, second, third)["name"]
    assert (found.value, found.page) == ("Ann", 2)


def test_value_beside_a_label_is_found_where_no_pair_was_seen() -> None:
    found = decided("{name: name}, {name: town}", page("Name   Ann Lee     Town   Ulm"))
    assert shown(found["name"]) == "Ann Lee"
    assert shown(found["town"]) == "Ulm"
    assert found["name"].box is not None


def test_value_below_a_label_is_found_where_nothing_stands_beside_it() -> None:
    found = decided("{name: name}, {name: town}", page("Name       Town\nAnn Lee    Ulm"))
    assert (shown(found["name"]), shown(found["town"])) == ("Ann Lee", "Ulm")


def test_word_of_a_sentence_is_no_label() -> None:
    found = decided("{name: company}", page("Company Registration 77\nOur company thanks you"))
    assert shown(found["company"]) == "[missing]"


def test_the_one_date_needs_no_label() -> None:
    found = decided("{name: date, labels: [], type: date}", page("SHOP\n25/12/2018 8:13 PM"))
    assert shown(found["date"]) == "2018-12-25"


def test_the_one_date_is_not_given_to_two_fields() -> None:
    fields = "{name: date, type: date}, {name: due, labels: [Due date], type: date}"
    answers = [answer("Date", "25/12/2018"), answer("Due date", None)]
    found = decided(fields, asked(*answers, text="Date 25/12/2018\n\nDue date"))
    assert [shown(found[name]) for name in ("date", "due")] == ["2018-12-25", "[blank]"]


def test_of_several_dates_the_one_called_so_is_taken_else_none() -> None:
    field = "{name: day, labels: [], type: date}"
    two = page("Printed 26/12/2018\nInvoice date 25/12/2018")
    assert shown(decided(field, two)["day"]) == "2018-12-25"
    unclear = decided(field, page("25/12/2018\n26/12/2018"))["day"]
    assert unclear.status is FieldStatus.AMBIGUOUS
    assert unclear.reason is not None
    assert "'25/12/2018'" in unclear.reason
    assert "'26/12/2018'" in unclear.reason


def test_other_dates_of_the_document_decide_how_a_date_is_read() -> None:
    text = "Delivered 25/12/2018"
    found = decided("{name: date, type: date}", asked(answer("Date", "03/04/2018"), text=text))
    assert shown(found["date"]) == "2018-04-03"


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("iban", "Bank DE89 3704 0044 0532 0130 00 BIC X", "DE89 3704 0044 0532 0130 00"),
        ("iban", "Bank DE88 3704 0044 0532 0130 00", "[missing]"),
        ("email", "write to ann@mill.example or call", "ann@mill.example"),
        ("email", "ann@mill.example bob@mill.example", "[ambiguous]"),
        ("vat_id", "USt-IdNr. DE123456789", "DE123456789"),
        ("phone", "Tel. 030 555 0142 Fax 030 555 0143", "030 555 0142"),
    ],
)
def test_text_of_a_known_form_needs_no_label(field: str, text: str, expected: str) -> None:
    assert shown(decided(f"{{name: {field}, labels: []}}", page(text))[field]) == expected


def test_text_of_the_fields_own_pattern_needs_no_label() -> None:
    found = decided(r"{name: a, labels: [], pattern: 'INV-\d{4}'}", page("Thanks INV-0042 paid"))
    assert shown(found["a"]) == "INV-0042"


def test_tick_is_true_and_box_without_a_tick_false() -> None:
    answers = (
        answer("Handling:", "Urgent"),
        answer("Call back", "☑"),
        answer("For review", None),
        answer("Member:", None),
    )
    found = decided(
        "{name: urgent, type: boolean}, {name: call, labels: [Call back], type: boolean}, "
        "{name: review, labels: [For review], type: boolean}, {name: member, type: boolean}, "
        "{name: other, type: boolean}",
        asked(*answers),
    )
    assert {name: shown(value) for name, value in found.items()} == {
        "urgent": "true",
        "call": "true",
        "review": "false",
        "member": "[blank]",
        "other": "[missing]",
    }


def test_tick_of_another_label_is_not_its_own() -> None:
    text = "For review   ☑ Please reply"
    found = decided(
        "{name: review, labels: [For review], type: boolean}, "
        "{name: reply, labels: [Please reply], type: boolean}",
        page(text),
    )
    assert (shown(found["review"]), shown(found["reply"])) == ("[missing]", "true")


def test_tick_beside_a_label_is_true() -> None:
    found = decided("{name: a, labels: [Please reply], type: boolean}", page("☑ Please reply"))
    assert shown(found["a"]) == "true"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([answer("Handling:", "Urgent")], "Urgent"),
        ([answer("Urgent", "☑"), answer("Normal", None)], "Urgent"),
        ([answer("Urgent", "☑"), answer("Normal", "☑")], "[ambiguous]"),
        ([answer("Urgent", None)], "[missing]"),
    ],
)
def test_choice_is_what_is_ticked(answers: list[Answer], expected: str) -> None:
    field = "{name: handling, type: choice, choices: [Urgent, Normal]}"
    assert shown(decided(field, asked(*answers))["handling"]) == expected


def test_list_has_an_entry_for_each_answer() -> None:
    wanted = parse_fields("fields: [{name: phones, type: list}]")
    values = decide_fields(wanted, [asked(answer("Phones", "1"), answer("Phones", "2"))]).values
    assert [(value.name, value.value) for value in values] == [("phones", "1"), ("phones", "2")]


def test_absent_list_and_table_are_one_entry() -> None:
    wanted = parse_fields(
        "fields: [{name: a, type: list}, {name: b, type: table, columns: [{name: c}]}]"
    )
    values = decide_fields(wanted, [asked()]).values
    assert [(value.name, shown(value)) for value in values] == [
        ("a", "[missing]"),
        ("b", "[missing]"),
    ]


def test_letters_read_as_digits_are_noted() -> None:
    wanted = parse_fields("fields: [{name: pages, type: number}]")
    decision = decide_fields(wanted, [asked(answer("Pages", "1O"))])
    assert decision.notes == ("letters read as digits in pages",)


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("IBAN: DE89370400440532013000 Seite 1 von 1", [], "DE89370400440532013000"),
        ("IBAN  DE88370400440532013000", [], "[invalid]"),
        ("IBAN  DE88370400440532013000", [answer("IBAN", None)], "[invalid]"),
        ("", [answer("IBAN", "GB295WBK60161331926819")], "[invalid]"),
    ],
    ids=["within its line", "misread", "misread, its question blank", "misread answer"],
)
def test_iban_is_found_only_where_its_check_digits_hold(
    text: str, answers: list[Answer], expected: str
) -> None:
    # The one IBAN that is right is somebody else's.
    other = "\nYou paid from account GB29NWBK60161331926819" if expected == "[invalid]" else ""
    found = decided("{name: iban}", page(text + other, tuple(answers)))["iban"]
    assert shown(found) == expected
    assert found.text is not None


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("VAT 20 %", "VAT 20 %   68.26", "68.26"),
        ("VAT 20 %", "VAT 20 % 68.26", "68.26"),
        ("VAT 20 %", "VAT 20%      68.26", "68.26"),
        ("VAT 20 %", "VAT@20%      68.26", "68.26"),
        ("VAT 20 %", "VAT 20       68.26", "68.26"),
        ("VAT 20 %", "VAT 19 %     68.26", "68.26"),
        ("VAT 20 %", "VAT          68.26", "68.26"),
        ("VAT 20 %", "VAT 20 %", "[missing]"),
        ("VAT", "VAT (20 %)   68.26", "68.26"),
        ("VAT", "VAT 20 %     68.26\nVAT 5 %      3.00", "[ambiguous]"),
        ("VAT 5 %", "VAT 20 %     68.26\nVAT 5 %      3.00", "3.00"),
        ("VAT 7 %", "VAT 20 %     68.26\nVAT 5 %      3.00", "[ambiguous]"),
        ("MwSt. 19 %", "MwSt. 19 %   177,65 EUR", "177.65"),
        ("MwSt. 19 %", "MwSt. 7,0 %  177,65", "177.65"),
        ("MwSt.", "MwSt. 19 %   177,65", "177.65"),
        ("TVA", "TVA 5,5 %    12,10", "12.10"),
    ],
)
def test_rate_of_a_label_is_not_its_value(label: str, text: str, expected: str) -> None:
    field = f"{{name: tax, labels: ['{label}'], type: currency}}"
    assert shown(decided(field, page(text))["tax"]) == expected


def test_other_rate_is_not_taken_where_it_is_another_field() -> None:
    fields = (
        "{name: reduced, labels: [VAT 5 %], type: currency}, "
        "{name: full, labels: [VAT 20 %], type: currency}"
    )
    found = decided(fields, page("VAT 20 %     68.26"))
    assert [shown(value) for value in found.values()] == ["[missing]", "68.26"]


@pytest.mark.parametrize(
    ("label", "answers", "expected"),
    [
        ("VAT 20 %", [answer("VAT 19 %", "68.26")], "68.26"),
        ("VAT", [answer("VAT 19 %", "68.26")], "68.26"),
        ("VAT", [answer("VAT 19 %", "68.26"), answer("VAT 7 %", "1.00")], "[ambiguous]"),
        ("VAT 7 %", [answer("VAT 19 %", "68.26"), answer("VAT 7 %", "1.00")], "1.00"),
    ],
)
def test_question_with_another_rate_is_the_same(
    label: str, answers: list[Answer], expected: str
) -> None:
    field = f"{{name: tax, labels: ['{label}'], type: currency}}"
    assert shown(decided(field, asked(*answers))["tax"]) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("VAT 20 %   68.26", "68.26"), ("VAT 20 %", "[blank]")]
)
def test_answer_that_is_the_rate_of_its_label_is_none(text: str, expected: str) -> None:
    rate = Answer("VAT", "20", 1, box_of(0, 4, 6), 0.9)
    found = decided("{name: tax, labels: [VAT], type: currency}", page(text, (rate,)))
    assert shown(found["tax"]) == expected


def test_rate_is_the_value_of_what_is_no_money() -> None:
    found = decided("{name: vat}", page("VAT:   20 %"))
    assert shown(found["vat"]) == "20 %"
