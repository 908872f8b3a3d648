from __future__ import annotations

import pytest

from ocr_model.fields.decision.decide import decide_fields
from ocr_model.fields.file.field_file import parse_fields
from ocr_model.schema import Answer, FieldStatus, FieldValue
from tests.fields.decision.pages import answer, page

PAID = "{name: paid, labels: [Paid, Bezahlt, Payé, Pagado, Betaald], type: boolean}"
SENT = (
    "{name: sent, labels: [Shipping, Versand], type: choice, choices: [Post, By courier, Kurier]}"
)


def decided(field: str, text: str, *answers: Answer) -> FieldValue:
    (value,) = decide_fields(parse_fields(f"fields: [{field}]"), [page(text, answers)]).values
    return value


def shown(value: FieldValue) -> str | None:
    return value.value if value.status is FieldStatus.FOUND else f"[{value.status.value}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Paid ☒ Yes ☐ No", "true"),
        ("Paid ☐ Yes ☒ No", "false"),
        ("Paid     ☐ Yes            ☑ No     VAT 20 %   68.26", "false"),
        ("Paid: Yes ☑   No ☐", "true"),
        ("Paid: Yes   No ☑", "false"),
        ("Paid: [x] Yes [ ] No", "true"),
        ("Paid: ☐ Yes / ☒No", "false"),
        ("Paid: □ Yes ■ No", "false"),
        ("Paid: O No ☑ Yes", "true"),
        ("Paid ☒ Yes ☒ No", "[ambiguous]"),
        ("Paid ☐ Yes ☐ No", "[blank]"),
        ("Paid Yes No", "[blank]"),
        ("Paid:\n☐ No ☑ Yes", "true"),
        ("Paid  ☐ No\n      ☑ Yes", "true"),
        ("Paid  ☑ Yes  ☐ No\nSent  ☐ Yes  ☑ No", "true"),
        ("Amount paid to us\nInsured?  ☑ Yes  ☐ No", "[missing]"),
        ("Paid  ☐ No\nSent  ☑ Yes", "[missing]"),
        ("Bezahlt: ☒ ja ☐ nein", "true"),
        ("Bezahlt: ja     ☑ nein", "false"),
        ("Bezahlt: ja ☑     nein", "true"),
        ("Bezahlt: ja ☑ nein", "[ambiguous]"),
        ("Payé : ☐ oui ☒ non", "false"),
        ("Pagado: ☒ sí ☐ no", "true"),
        ("Betaald: ☐ ja ☒ nee", "false"),
        ("Paid ☐ true ☒ false", "false"),
        ("Goods remain ours until paid in full.", "[missing]"),
        ("Paid:\n-----\n.....", "[missing]"),
        ("☑ Paid", "true"),
    ],
)
def test_ticked_one_of_yes_and_no_decides(text: str, expected: str) -> None:
    assert shown(decided(PAID, text)) == expected


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("Paid ☒ Yes ☐ No", [answer("Paid", None), answer("Yes", "☒"), answer("No", None)], "true"),
        ("Bezahlt: ☒ ja   nein", [answer("Bezahlt:", "ja"), answer("Bezahlt:", "nein")], "true"),
        ("Bezahlt:   ja   ☒ nein", [answer("Bezahlt:", "ja nein")], "false"),
        ("Paid", [answer("Paid", None)], "false"),
        ("Paid", [answer("Paid", "☒")], "true"),
        ("Paid: Yes", [answer("Paid:", "Yes")], "true"),
    ],
)
def test_options_go_before_what_the_questions_say(
    text: str, answers: list[Answer], expected: str
) -> None:
    assert shown(decided(PAID, text, *answers)) == expected


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("Shipping: ☐ Post ☒ By courier", [], "By courier"),
        ("Shipping: ☐ Post ☒ By courier", [answer("Shipping:", "Post")], "By courier"),
        ("Versand: ☒ Post ☐ Kurier", [answer("Versand:", "Post Kurier")], "Post"),
        ("Versand: ☒ Post ☒ Kurier", [answer("Versand:", "Post")], "[ambiguous]"),
        ("Versand: ☐ Post ☐ Kurier ☐ By courier", [], "[blank]"),
        ("Versand: Kurier", [answer("Versand:", "Kurier")], "Kurier"),
    ],
)
def test_ticked_choice_decides(text: str, answers: list[Answer], expected: str) -> None:
    assert shown(decided(SENT, text, *answers)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("               Yes   No\nSent            ☑\nPaid                  ☑", "false"),
        ("               Yes   No\nSent                  ☑\nPaid            ☑", "true"),
        ("               Ja    Nein\nBezahlt                ☒", "false"),
        ("               Yes   No\nPaid            ☑     ☑", "[ambiguous]"),
        ("Invoice No     17\nPaid            ☑", "true"),
    ],
)
def test_tick_in_a_column_of_yes_and_no_is_what_its_header_says(text: str, expected: str) -> None:
    assert shown(decided(PAID, text, answer("Paid", "☑"))) == expected


def test_text_and_box_are_those_of_the_ticked_option() -> None:
    value = decided(PAID, "Paid ☒ Yes ☐ No")
    assert (value.text, value.box) == ("☒ Yes", (35, 0, 70, 12))
