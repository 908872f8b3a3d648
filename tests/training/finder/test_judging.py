"""What was found in documents that were not seen -> what is believed afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ocr_model.fields import PageContent, ReadValue, parse_fields
from ocr_model.finder import Found, Run, Trust
from ocr_model.schema import FieldStatus
from ocr_model.training.finder.examples import Example, example_of
from ocr_model.training.finder.judging import judgement_of
from tests.fields.decision.pages import answer, page

WANTED = parse_fields("fields: [{name: shop}]")


def document(true: str | None, said: str | None) -> Example:
    answers = () if said is None else (answer("Shop", said),)
    content: PageContent = page("Nordhill Quayside", answers)
    return example_of("a", "0" * 64, [content], {"shop": true}, WANTED)


def found(text: str, score: float) -> list[Found | None]:
    run = Run(0, (0,), text, ReadValue(FieldStatus.FOUND, text))
    return [Found(run, score)]


def trust(*documents: tuple[Example, list[Found | None]]) -> Trust:
    """What is believed where ten more documents make high scores right and low ones wrong."""
    sure = [(document("Nordhill", "Nordhill"), found("Nordhill", 0.9)) for _ in range(5)]
    unsure = [(document("Nordhill", "Nordhill"), found("Quayside", 0.1)) for _ in range(5)]
    rows = [*documents, *sure, *unsure]
    examples = {i: example for i, (example, _) in enumerate(rows)}
    judgement = judgement_of(examples, {i: given for i, (_, given) in enumerate(rows)})
    return judgement.trust[0]


def test_the_finder_fills_where_it_was_right_more_often_than_wrong() -> None:
    wrong = (document(None, None), found("Nordhill", 0.9))
    right = (document("Nordhill", None), found("Nordhill", 0.9))
    assert not trust().fills
    assert trust(right).fills
    assert not trust(wrong, right).fills
    assert trust(wrong, right, right).fills


def test_a_label_is_overruled_where_the_finder_was_surely_right_more_often() -> None:
    ours = (document("Nordhill", "Quayside"), found("Nordhill", 0.9))
    theirs = (document("Quayside", "Quayside"), found("Nordhill", 0.9))
    # Three of three are more than luck (3 > 1.645 * sqrt(3)), two of two or three of four are not.
    assert trust(ours, ours, ours).overruled
    assert not trust(ours, ours).overruled
    assert not trust(ours, ours, ours, theirs).overruled
    assert not trust(theirs).overruled
    assert not trust().overruled


def test_shares_of_right_labels_are_kept_apart() -> None:
    theirs = (document("Quayside", "Quayside"), found("Nordhill", 0.9))
    # Alone and agreeing: ten right, and one more as likely as all eleven are, (11 + 0.5) / 12.
    assert trust(theirs).alone == pytest.approx((10 + 11.5 / 12) / 11, abs=1e-4)
    assert trust(theirs).against == pytest.approx((1 + 11.5 / 12) / 2, abs=1e-4)


def test_what_was_not_labelled_teaches_nothing() -> None:
    unlabelled = replace(document(None, None), truth={})
    assert trust((unlabelled, found("Nordhill", 0.9))) == trust()


def test_a_field_that_stands_in_four_documents_is_left_to_the_other_sources() -> None:
    told = [(document("Nordhill", None), found("Nordhill", 0.9)) for _ in range(5)]
    for count, fills in ((4, False), (5, True)):
        examples = {i: example for i, (example, _) in enumerate(told[:count])}
        given = {i: said for i, (_, said) in enumerate(told[:count])}
        assert judgement_of(examples, given).trust[0].fills is fills
