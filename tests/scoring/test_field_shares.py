"""Hand-computed."""

from __future__ import annotations

import pytest

from ocr_model.fields import parse_fields
from ocr_model.scoring import (
    FieldCounts,
    FieldScores,
    document_shares,
    names_in_metrics,
    weights_of,
)
from ocr_model.scoring.field_shares import shares_by_field

WANTED = parse_fields(
    """
fields:
  - {name: total, type: currency, weight: 3}
  - {name: due}
  - {name: note, weight: 0}
  - {name: items, type: table, columns: [{name: article}]}
"""
)
WEIGHTS = weights_of(WANTED)


def test_fields_count_by_their_weight() -> None:
    # total 3 x (1 found, 1 there, typed only), due missed, note wrong and weightless.
    fields = {
        "total": FieldCounts(1, 1, 0, 0, 1),
        "due": FieldCounts(0, 1),
        "note": FieldCounts(1, 1),
    }
    shares = document_shares(fields, WEIGHTS, was_read=True)
    assert shares["field_f1_typed"] == (2 * 3, 3 + 4)
    assert shares["field_precision_typed"] == (3, 3)
    assert shares["field_recall_typed"] == (3, 4)
    assert shares["field_f1_normalized"] == (0, 7)
    assert shares["field_f1_exact"] == (0, 7)
    assert shares["perfect_document"] == (0, 1)


@pytest.mark.parametrize(
    ("fields", "was_read", "perfect"),
    [
        ({"total": FieldCounts(1, 1, 1, 1, 1), "note": FieldCounts(1, 0)}, True, 1),
        ({"due": FieldCounts(0, 0)}, True, 1),
        ({"due": FieldCounts(0, 0)}, False, 0),
        ({"due": FieldCounts(1, 0)}, True, 0),
        ({"due": FieldCounts(0, 1)}, True, 0),
    ],
    ids=["weightless is wrong", "rightly absent", "not read", "invented", "missed"],
)
def test_document_is_perfect_where_nobody_has_to_correct_a_field(
    fields: dict[str, FieldCounts], was_read: bool, perfect: int
) -> None:
    shares = document_shares(fields, WEIGHTS, was_read=was_read)
    assert shares["perfect_document"] == (perfect, 1)


def test_each_field_has_shares_of_its_own_and_a_table_by_cell_and_row() -> None:
    fields = {"total": FieldCounts(1, 1, 0, 0, 1), "items": FieldCounts(3, 4, 2, 2, 3)}
    scores = FieldScores(fields | {"due": FieldCounts()}, {"items": FieldCounts(2, 2, 0, 0, 1)})
    shares = shares_by_field(scores, WANTED)
    assert shares["field_f1_typed/total"] == (2, 2)
    assert shares["field_f1_exact/items"] == (4, 7)
    assert shares["field_precision_typed/items"] == (3, 3)
    assert shares["field_recall_typed/items"] == (3, 4)
    assert shares["field_row_f1_typed/items"] == (2, 4)
    assert shares["field_row_f1_normalized/items"] == (0, 4)
    assert not [name for name in shares if name.endswith("/due")]


def test_names_of_metrics_hold_what_mlflow_takes_and_are_told_apart() -> None:
    names = ["Total (EUR)", "größe", "a/b", "ci_low", "Mean", "x" * 200, "x" * 199]
    wanted = parse_fields("fields:\n" + "".join(f"- {{name: '{name}'}}\n" for name in names))
    assert list(names_in_metrics(wanted).values()) == [
        "Total_EUR",
        "größe",
        "a_b",
        "ci_low_",
        "Mean_",
        "x" * 180,
        "x" * 180 + "_",
    ]
