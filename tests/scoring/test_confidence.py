"""Hand-computed."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_model.schema import Answer
from ocr_model.scoring.confidence import (
    bins_of,
    confidence_metrics,
    cross_calibrated,
    curves_of,
    fit_calibration,
    judge,
)


def judged(*rows: tuple[float, int]) -> np.ndarray:
    """Confidence and right, surest first; each in a form of its own."""
    return np.array([(sure, right, form) for form, (sure, right) in enumerate(rows)], dtype=float)


PERFECT = judged((0.9, 1), (0.8, 1), (0.3, 0), (0.2, 0))
SWAPPED = judged((0.9, 0), (0.8, 1), (0.3, 0), (0.2, 1))
TIED = judged((0.5, 1), (0.5, 1), (0.5, 0), (0.5, 0))
ALL_RIGHT = judged((1.0, 1), (0.6, 1))


@pytest.mark.parametrize(
    ("rows", "name", "expected"),
    [
        (PERFECT, "confidence_auroc", 1.0),
        # Right ones: 0.8 is above 0.3, 0.2 above none; of 2 x 2 pairs 1.
        (SWAPPED, "confidence_auroc", 0.25),
        (TIED, "confidence_auroc", 0.5),
        (PERFECT, "confidence_brier", (0.01 + 0.04 + 0.09 + 0.04) / 4),
        (SWAPPED, "confidence_brier", (0.81 + 0.04 + 0.09 + 0.64) / 4),
        (TIED, "confidence_brier", 0.25),
        # One answer a bin.
        (PERFECT, "confidence_ece", (0.1 + 0.2 + 0.3 + 0.2) / 4),
        (TIED, "confidence_ece", 0.0),
        (ALL_RIGHT, "confidence_ece", 0.2),
        # Risks 0, 0, 1/3, 1/2.
        (PERFECT, "confidence_aurc", (1 / 3 + 1 / 2) / 4),
        # Risks 1, 1/2, 2/3, 1/2.
        (SWAPPED, "confidence_aurc", (1 + 1 / 2 + 2 / 3 + 1 / 2) / 4),
        (TIED, "confidence_aurc", 0.5),
        (PERFECT, "coverage_at_95_precision", 0.5),
        (SWAPPED, "coverage_at_95_precision", 0.0),
        (ALL_RIGHT, "coverage_at_95_precision", 1.0),
        (SWAPPED, "answers_with_confidence", 4),
    ],
)
def test_metrics(rows: np.ndarray, name: str, expected: float) -> None:
    assert confidence_metrics(rows, len(rows))[name] == pytest.approx(expected)


def test_telling_right_from_wrong_is_undefined_where_all_are_right() -> None:
    assert "confidence_auroc" not in confidence_metrics(ALL_RIGHT, 2)


def test_without_confidences_there_are_no_metrics() -> None:
    assert confidence_metrics(judge([([Answer("Q", "a", 1)], {"Q": ["a"]})]), 1) == {}


def test_intervals_are_over_forms() -> None:
    """Two forms, each drawn 0, 1 or 2 times: one all right, one all wrong."""
    rows = np.array([(0.9, 1, 0), (0.8, 1, 0), (0.3, 0, 1)])
    metrics = confidence_metrics(rows, 2)
    assert metrics["confidence_brier"] == pytest.approx((0.01 + 0.04 + 0.09) / 3)
    assert metrics["confidence_brier/ci_low"] == pytest.approx(0.025)
    assert metrics["confidence_brier/ci_high"] == pytest.approx(0.09)


def answer(question: str, text: str | None, sure: float | None) -> Answer:
    return Answer(question, text, 1, None, sure)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([answer("NAME", "ann", 0.9), answer("Age", "8", 0.4)], [(0.9, 1), (0.4, 0)]),
        ([answer("Name", "Ann", 0.3), answer("Name", "Ann", 0.7)], [(0.7, 1), (0.3, 0)]),
        ([answer("Name", "Ann", None), answer("Name", "Bob", 0.7)], [(0.7, 0)]),
        ([answer("Age", None, 0.9), answer("Age", " ", 0.9)], []),
    ],
    ids=["equal normalized", "one to one", "no confidence", "blank"],
)
def test_judged_are_answers_with_a_confidence(
    answers: list[Answer], expected: list[tuple[float, int]]
) -> None:
    rows = judge([(answers, {"Name:": ["Ann"], "Age": ["7"]})])
    assert [(sure, right) for sure, right, _ in rows.tolist()] == expected


def test_bins_hold_as_many_answers_and_keep_ties_together() -> None:
    twenty = judged(*((1 - number / 20, 1) for number in range(20)))
    assert bins_of(twenty).tolist() == [number // 2 for number in range(20)]
    assert set(bins_of(TIED).tolist()) == {3}


def test_curves() -> None:
    curves = curves_of(judged((0.9, 1), (0.4, 0)))
    assert curves.reliability == [(0.4, 0.0, 1), (0.9, 1.0, 1)]
    assert curves.risk_coverage == [(0.5, 0.0), (1.0, 0.5)]


@pytest.mark.parametrize(
    ("rows", "points"),
    [
        (judged((0.9, 1), (0.8, 1), (0.4, 0)), [(0.4, 0.2), (0.8, 0.8), (0.9, 0.8)]),
        # 0.8 is wrong and 0.4 right: together one half.
        (
            judged((0.9, 1), (0.8, 0), (0.4, 1), (0.2, 0)),
            [(0.2, 1 / 6), (0.4, 0.5), (0.8, 0.5), (0.9, 5 / 6)],
        ),
        (TIED, [(0.5, 0.5)]),
    ],
    ids=["rising", "pooled", "one score"],
)
def test_calibration_never_falls(rows: np.ndarray, points: list[tuple[float, float]]) -> None:
    fitted = fit_calibration(rows)
    assert [score for score, _ in fitted] == [score for score, _ in points]
    assert [share for _, share in fitted] == pytest.approx([share for _, share in points], abs=1e-6)


def _overstated(forms: int, seed: int = 0) -> np.ndarray:
    """Ten answers a form that say twice what they are: 0.8 is right four times in ten."""
    drawn = np.random.default_rng(seed)
    said = drawn.uniform(0.2, 1.0, size=10 * forms)
    right = (drawn.uniform(size=10 * forms) < said / 2).astype(float)
    rows = np.stack([said, right, np.repeat(np.arange(forms), 10)], axis=1)
    return rows[np.argsort(-rows[:, 0])]


def test_confidences_that_say_too_much_become_true_on_forms_not_seen() -> None:
    judged = _overstated(100)
    calibrated = cross_calibrated(judged, 100)
    assert len(calibrated) == len(judged)
    assert np.all(np.diff(calibrated[:, 0]) <= 0)
    before, after = (confidence_metrics(one, 100)["confidence_ece"] for one in (judged, calibrated))
    assert before == pytest.approx(0.3, abs=0.03)
    assert after < 0.06


def test_no_form_is_judged_by_points_it_gave() -> None:
    # Each form is right on scores of its own: its own points would know, those of others cannot.
    judged = np.array([[0.5 + form / 100, float(form % 2), form] for form in range(9, -1, -1)])
    found = cross_calibrated(judged, 10)
    assert confidence_metrics(found, 10)["confidence_auroc"] < 0.5


def test_answers_of_a_single_form_cannot_be_cross_calibrated() -> None:
    assert len(cross_calibrated(_overstated(1), 1)) == 0
