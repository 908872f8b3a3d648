from __future__ import annotations

import math
import time

import numpy as np
import pytest

from ocr_model.errors import DatasetError
from ocr_model.scoring.bootstrap import (
    Array,
    Interval,
    bootstrap_interval,
    ninth_decile,
    open_ended,
    paired_difference,
    share_of_sums,
)
from ocr_model.scoring.metrics import p90


def pages_of(parts: list[float], wholes: list[float]) -> Array:
    return np.column_stack([parts, wholes]).astype(float)


def test_share_is_taken_of_the_sums() -> None:
    counts = pages_of([1, 0, 3], [2, 2, 3])
    weights = np.array([[1, 1, 1], [3, 0, 0], [0, 1, 2]], dtype=float)
    assert share_of_sums(weights, counts).tolist() == pytest.approx([4 / 7, 1 / 2, 6 / 8])


def test_share_of_nothing_is_undefined() -> None:
    assert np.isnan(share_of_sums(np.ones((1, 2)), pages_of([0, 0], [0, 0]))).all()


def test_undefined_resamples_are_left_out() -> None:
    # Whenever the one page that has a cost is drawn, the cost is 5.
    assert bootstrap_interval(pages_of([0, 5], [0, 1])) == (5, 5)
    assert math.isnan(bootstrap_interval(pages_of([0, 0], [0, 0])).low)


def test_pages_that_are_alike_leave_no_doubt() -> None:
    assert bootstrap_interval(pages_of([1] * 9, [2] * 9)) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("found", "pages", "expected"),
    [
        ((0, 0), 12, (0, 0.2646)),
        ((1, 1), 12, (0.7354, 1)),
        ((0, 0), 1, (0, 0.975)),
        ((0, 0.2), 12, (0, 0.2)),
        ((0.5, 0.5), 12, (0.5, 0.5)),
    ],
    ids=["none", "all", "one page", "some", "not a rate at its end"],
)
def test_rate_at_its_end_is_open(
    found: tuple[float, float], pages: int, expected: tuple[float, float]
) -> None:
    assert open_ended(Interval(*found), pages) == pytest.approx(expected, abs=1e-4)


def test_same_seed_same_interval() -> None:
    counts = pages_of(list(np.arange(30.0) % 7), [7.0] * 30)
    assert bootstrap_interval(counts, seed=1) == bootstrap_interval(counts, seed=1)
    assert bootstrap_interval(counts, seed=1) != bootstrap_interval(counts, seed=2)


def test_interval_of_a_mean_is_as_wide_as_the_textbook_says() -> None:
    """Half of 400 pages right: standard error 0.025, so 0.5 ± 1.96 * 0.025."""
    low, high = bootstrap_interval(pages_of([0, 1] * 200, [1, 1] * 200), n_resamples=20_000)
    assert low == pytest.approx(0.451, abs=0.003)
    assert high == pytest.approx(0.549, abs=0.003)


def test_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    draw = np.random.default_rng(5)
    held = 0
    for _ in range(300):
        wholes = draw.integers(1, 40, size=60)
        low, high = bootstrap_interval(
            pages_of(draw.binomial(wholes, 0.6), wholes), n_resamples=500
        )
        held += low <= 0.6 <= high
    assert 0.90 <= held / 300 <= 0.98


def test_pages_are_drawn_whole() -> None:
    """Ten pages that are all right or all wrong are ten draws, however many pairs they hold."""
    few = bootstrap_interval(pages_of([1, 0] * 5, [1] * 10))
    many = bootstrap_interval(pages_of([100, 0] * 5, [100] * 10))
    assert few == many


@pytest.mark.parametrize("pages", [1, 7, 10, 33])
def test_ninth_decile_is_the_published_one(pages: int) -> None:
    scores = np.random.default_rng(pages).random((pages, 1))
    drawn = np.random.default_rng(1).integers(pages, size=(5, pages))
    weights = np.array([np.bincount(draw, minlength=pages) for draw in drawn], dtype=float)
    expected = [p90([float(scores[page, 0]) for page in draw]) for draw in drawn]
    assert ninth_decile(weights, scores).tolist() == expected


def test_difference_on_the_same_pages_is_narrower_than_its_two_sides() -> None:
    """Pages differ much from each other, the candidate is better by one pair on each."""
    baseline = pages_of(list(np.arange(40.0)), [40.0] * 40)
    candidate = baseline + np.array([1.0, 0.0])
    estimate, low, high = paired_difference(baseline, candidate)
    assert (estimate, low, high) == pytest.approx((1 / 40, 1 / 40, 1 / 40))
    alone = bootstrap_interval(baseline)
    assert alone.high - alone.low > 0.1


def test_difference_is_candidate_minus_baseline() -> None:
    better, worse = pages_of([3, 4, 5], [5, 5, 5]), pages_of([1, 3, 1], [5, 5, 5])
    there, back = paired_difference(worse, better), paired_difference(better, worse)
    assert there.estimate == pytest.approx(7 / 15)
    assert 0 < there.low <= there.estimate <= there.high
    assert back == pytest.approx((-there.estimate, -there.high, -there.low))


def test_difference_of_a_thing_to_itself_is_nothing() -> None:
    counts = pages_of([1, 2, 0, 5], [5, 5, 5, 5])
    assert paired_difference(counts, counts) == (0, 0, 0)


def test_sides_with_other_pages_are_refused() -> None:
    with pytest.raises(DatasetError, match="got 2 and 3 pages"):
        paired_difference(pages_of([1, 1], [1, 1]), pages_of([1, 1, 1], [1, 1, 1]))


def test_no_pages_are_refused() -> None:
    with pytest.raises(DatasetError, match="at least one page"):
        bootstrap_interval(np.zeros((0, 2)))


def test_two_thousand_resamples_of_a_thousand_pages_are_quick() -> None:
    counts = np.random.default_rng(0).random((1000, 2))
    started = time.perf_counter()
    for _ in range(25):
        bootstrap_interval(counts)
    assert time.perf_counter() - started < 2
