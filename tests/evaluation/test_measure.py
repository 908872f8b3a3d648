from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ocr_model.errors import ConfigError, DatasetError
from ocr_model.evaluation import Evaluation, Measure, common_measure
from ocr_model.fields import parse_fields
from ocr_model.forms import Form, QAPair
from ocr_model.lifecycle import fields_text
from ocr_model.scoring import FieldCounts, FieldScores

RIGHT, WRONG, MISSED, ABSENT = (
    FieldCounts(1, 1, 1, 1, 1),
    FieldCounts(1, 1),
    FieldCounts(0, 1),
    FieldCounts(),
)
BOTH = parse_fields("fields: [{name: total, weight: 2}, {name: due_date}]")
OTHER = parse_fields("fields: [{name: Total, labels: [Sum], weight: 9}, {name: tax}]")
FORMS = [
    Form("a", Path("a.png"), (), fields={"total": "9", "due date": None}),
    Form("b", Path("b.png"), (), fields={"due date": "1 May"}),
    Form("c", Path("c.png"), (QAPair("Sum", "9"),)),
    Form("d", Path("d.png"), (QAPair("Name", "Ann"),)),
]


def evaluated(*documents: dict[str, FieldCounts], outcome: str = "ok") -> Evaluation:
    pages = pd.DataFrame(
        {"outcome": outcome, "field_scores": [FieldScores(counts) for counts in documents]}
    )
    return Evaluation("run", {}, pages, "digest", wanted=BOTH)


def test_without_fields_pairs_are_compared() -> None:
    measure = common_measure("", {"A": None, "B": None}, FORMS)
    assert (measure.metric, measure.forms, measure.weights) == ("pair_f1_normalized", FORMS, {})
    assert measure.labelled == [False, False, True, True]
    assert common_measure("anls_star", {"A": None}, FORMS).metric == "anls_star"


def test_with_the_same_fields_these_are_compared_on_the_forms_that_name_one() -> None:
    measure = common_measure("", {"A": BOTH, "B": BOTH}, FORMS)
    assert measure.metric == "field_f1_normalized"
    assert measure.weights == {"total": 2, "due_date": 1}
    assert [form.name for form in measure.forms] == ["a", "b"]
    assert measure.labelled == [True, True]


def test_with_other_fields_those_are_compared_that_all_have_as_the_first_weighs_them() -> None:
    measure = common_measure("field_f1_typed", {"A": BOTH, "B": OTHER}, FORMS)
    assert measure.weights == {"total": 2}
    # Only to one of the two "Sum" is the total.
    assert [form.name for form in measure.forms] == ["a"]


@pytest.mark.parametrize(
    ("metric", "models", "error", "match"),
    [
        (
            "",
            {"A": BOTH, "B": None},
            ConfigError,
            "got A with fields and B without: .* no score is common to both. Log B with the same",
        ),
        (
            "pair_f1_strict",
            {"A": BOTH},
            ConfigError,
            "for models with fields, got 'pair_f1_strict'",
        ),
        ("field_f1_exact", {"A": None}, ConfigError, "for models without fields"),
        (
            "",
            {"A": BOTH, "B": parse_fields("fields: [{name: tax}]")},
            ConfigError,
            r"got none \(A: total, due_date; B: tax\)",
        ),
        ("", {"A": parse_fields("fields: [{name: tax}]")}, DatasetError, "what tax should be"),
    ],
    ids=["with and without", "pairs", "fields", "none common", "none labelled"],
)
def test_what_cannot_be_compared_is_refused(
    metric: str, models: dict[str, Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        common_measure(metric, models, FORMS)


def test_models_are_scored_on_what_all_have_and_is_labelled_for_all() -> None:
    measure = Measure("field_f1_normalized", FORMS[:2], {"total": 2, "due_date": 1})
    first = evaluated(
        {"total": RIGHT, "due_date": ABSENT, "tax": WRONG}, {"total": RIGHT, "due_date": MISSED}
    )
    second = evaluated({"Total": WRONG, "due_date": WRONG}, {"due_date": RIGHT})
    one, other = measure.scored({"A": first, "B": second})
    # The total of the second document is labelled for the first model only.
    assert one.counts.tolist() == [[4, 4], [0, 1]]
    assert other.counts.tolist() == [[0, 6], [2, 2]]
    assert one.page_scores == (1.0, 0.0)
    assert (one.score, other.score) == (4 / 5, 2 / 8)
    by_field = measure.by_field({"A": first, "B": second})
    assert by_field == {"total": [1.0, 0.0], "due_date": [0.0, 2 / 4]}
    assert fields_text(by_field, ["A", "B"]) == (
        "  total     A 1.00  B 0.00\n  due_date  A 0.00  B 0.50"
    )


def test_a_document_that_was_not_read_is_not_perfect() -> None:
    measure = Measure("perfect_document_rate", FORMS[:1], {"total": 1})
    read, failed = evaluated({"total": ABSENT}), evaluated({"total": ABSENT}, outcome="timeout")
    one, other = measure.scored({"A": read, "B": failed})
    assert (one.score, other.score) == (1, 0)
