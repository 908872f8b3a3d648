from __future__ import annotations

import math

import numpy as np
import pytest

from ocr_model.lifecycle.comparison import (
    Scored,
    best_of,
    in_points,
    label_of,
    model_differences,
    most_different_pages,
)
from ocr_model.scoring.bootstrap import Difference


def scored(label: str, *parts: float) -> Scored:
    """A model whose metric is the mean of what it scored on each page."""
    return Scored(label, np.array([(part, 1.0) for part in parts]), parts)


@pytest.mark.parametrize(
    ("position", "label"), [(0, "A"), (1, "B"), (25, "Z"), (26, "AA"), (27, "AB"), (52, "BA")]
)
def test_labels_are_those_of_a_spreadsheet(position: int, label: str) -> None:
    assert label_of(position) == label


def test_score_is_the_share_of_the_sums_not_the_mean_of_the_shares() -> None:
    # 1 of 1 and 0 of 3: 1 of 4 together.
    assert Scored("A", np.array([(1.0, 1.0), (0.0, 3.0)]), (1.0, 0.0)).score == 0.25


def test_constant_gain_on_every_page_has_no_width() -> None:
    [found] = model_differences([scored("A", 0.5, 0.1, 0.3), scored("B", 0.6, 0.2, 0.4)])
    assert (found.first, found.second) == ("A", "B")
    assert found.difference == pytest.approx((0.1, 0.1, 0.1))
    assert str(found) == "B − A = 10.0 points, 95 % [10.0, 10.0]"


def test_every_pair_of_models_is_compared_later_minus_earlier() -> None:
    models = [scored("A", 0.0, 0.0), scored("B", 0.5, 0.5), scored("C", 0.2, 0.2)]
    found = {f"{d.second}-{d.first}": d.difference.estimate for d in model_differences(models)}
    assert found == pytest.approx({"B-A": 0.5, "C-A": 0.2, "C-B": -0.3})


def test_paired_interval_is_narrower_than_the_spread_of_the_pages() -> None:
    """Pages differ by 0 to 1, the models by 0.1 on each: pairing sees the latter alone."""
    hardness = np.linspace(0, 0.9, 40)
    low, high = scored("A", *hardness), scored("B", *(hardness + 0.1))
    [found] = model_differences([low, high])
    assert found.difference.high - found.difference.low < 1e-9


def test_pages_are_ordered_by_how_far_the_models_are_apart_and_agreement_is_left_out() -> None:
    models = [scored("A", 0.5, 1.0, 0.2), scored("B", 0.5, 0.4, 1.0)]
    pages = most_different_pages(models, ["one", "two", "three"])
    assert [page.document_id for page in pages] == ["three", "two"]
    assert pages[0].scores == {"A": 0.2, "B": 1.0}
    assert len(most_different_pages(models, ["one", "two", "three"], limit=1)) == 1


def test_of_equals_the_first_is_best_and_the_unknown_never_is() -> None:
    unknown = Scored("A", np.zeros((2, 2)), (0.0, 0.0))
    assert math.isnan(unknown.score)
    assert best_of([unknown, scored("B", 0.0), scored("C", 0.0)]).label == "B"


def test_difference_is_told_in_points() -> None:
    assert in_points(Difference(0.031, 0.01, 0.052)) == "3.1 points, 95 % [1.0, 5.2]"
    assert in_points(Difference(-0.031, -0.052, 0.0), 2) == "-3.10 points, 95 % [-5.20, 0.00]"
