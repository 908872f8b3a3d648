"""What was learned finds what has no label; and which of two sources is believed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ocr_model.fields import PageContent, ReadValue, parse_fields
from ocr_model.finder import Found, Judgement, Run, Trust, decide, judged, look_at
from ocr_model.schema import FieldStatus, FieldValue
from tests.fields.decision.pages import page
from tests.finder.slips import WANTED, fitted, slip

ALWAYS = ((0.0, 0.0), (1.0, 1.0))
TRUST = Trust(fills=True, overruled=True, against=0.6, alone=0.7)
SHOP = parse_fields("fields: [{name: shop, labels: []}]")


def test_a_shop_that_was_never_seen_is_found_with_its_place() -> None:
    content, truth = slip(99)
    shop, paid = decide(WANTED, [content], fitted().finder).values
    assert (shop.status, shop.value, shop.page) == ("found", truth["shop"], 1)
    first = next(word for word in content.words if word.text == str(truth["shop"]).split()[0])
    assert shop.box is not None
    assert shop.box[:2] == first.box[:2]
    assert paid.status == "missing"


def test_without_a_finder_nothing_asks_for_the_shop() -> None:
    assert [value.status for value in decide(WANTED, [slip(99)[0]]).values] == ["missing"] * 2


def test_a_page_without_words_is_left_to_the_other_sources() -> None:
    values = decide(WANTED, [PageContent(1, [], [])], fitted().finder).values
    assert [value.status for value in values] == ["missing", "missing"]


def one(said: str | None, score: float | None, trust: Trust = TRUST) -> FieldValue:
    """The value of a field that another source gave as `said`, and a finder as Nordhill."""
    status = FieldStatus.MISSING if said is None else FieldStatus.FOUND
    values = [FieldValue("shop", status, said, said, 1, None, 0.9)]
    looked = look_at([page("Nordhill")], SHOP.fields, values)
    run = Run(0, (0,), "Nordhill", ReadValue(FieldStatus.FOUND, "Nordhill"))
    found = [None if score is None else Found(run, score)]
    [value] = judged(values, looked, found, Judgement(ALWAYS, (trust,)))
    return value


@pytest.mark.parametrize(
    ("said", "score", "trust", "expected"),
    [
        (None, 0.8, TRUST, ("Nordhill", 0.8)),
        (None, 0.5, TRUST, (None, 0.9)),
        (None, None, TRUST, (None, 0.9)),
        (None, 0.8, replace(TRUST, fills=False), (None, 0.9)),
        ("Nordhill", 0.8, TRUST, ("Nordhill", 0.8)),
        ("Quay", 0.8, TRUST, ("Nordhill", 0.8)),
        ("Quay", 0.6, TRUST, ("Quay", 0.6)),
        ("Quay", 0.8, replace(TRUST, overruled=False), ("Quay", 0.6)),
        ("Quay", 0.4, TRUST, ("Quay", 0.7)),
    ],
    ids=[
        "nothing else", "as likely wrong", "neither", "absent as a rule", "the same",
        "surer", "not surer", "never better", "not likely",
    ],
)  # fmt: skip
def test_which_value_counts_and_how_sure_it_is(
    said: str | None, score: float | None, trust: Trust, expected: tuple[str | None, float]
) -> None:
    value = one(said, score, trust)
    assert (value.value, value.confidence) == expected


def test_confidence_of_other_fields_is_calibrated() -> None:
    judgement = Judgement(ALWAYS, (), ((0.5, 0.2), (1.0, 1.0)))
    value = FieldValue("items", FieldStatus.FOUND, "9", "9", 1, None, 0.75, row=1, column="amount")
    assert judgement.of_other(value).confidence == 0.6
    assert Judgement(ALWAYS, ()).of_other(value) is value
