"""Fitted trees as plain arrays say what scikit-learn says."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_model.training.boosting import Growth, fit_classifier, fit_forest, forest_of

GROWTH = Growth(12, leaf_rows=3)


def table(classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers, so that many rows lie on a threshold."""
    features = np.random.default_rng(7).integers(-4, 5, size=(400, 9)).astype(np.float64)
    score = features[:, 0] * features[:, 1] + 3 * features[:, 2]
    return features, np.digitize(score, [-6, 0, 6])[:] % classes


@pytest.mark.parametrize("classes", [2, 4])
def test_arrays_equal_predict_proba(classes: int) -> None:
    features, targets = table(classes)
    model = fit_classifier(features, targets, GROWTH, seed=1)
    unseen = np.random.default_rng(8).normal(scale=3, size=(1000, 9)).astype(np.float32)
    for rows in (features, unseen):
        found = forest_of(model, classes).probabilities(rows)
        np.testing.assert_allclose(found, model.predict_proba(rows), atol=1e-6)


def test_two_fits_give_equal_arrays() -> None:
    features, targets = table(4)
    first, second = (fit_forest(features, targets, 4, GROWTH, seed=3) for _ in range(2))
    for name, array in first.to_arrays("f").items():
        np.testing.assert_array_equal(array, second.to_arrays("f")[name])


@pytest.mark.parametrize("known", [[0, 1, 3], [1, 2], [2]], ids=str)
def test_a_class_without_rows_gets_next_to_no_probability(known: list[int]) -> None:
    features, targets = table(4)
    kept = np.isin(targets, known)
    found = fit_forest(features[kept], targets[kept], 4, GROWTH, 0).probabilities(features)
    assert found.shape == (400, 4)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert found[:, [c for c in range(4) if c not in known]].max() < 0.001
    if len(known) > 1:
        model = fit_classifier(features[kept], targets[kept], GROWTH, 0)
        np.testing.assert_allclose(found[:, known], model.predict_proba(features), atol=1e-4)


@pytest.mark.parametrize(("only", "expected"), [(0, 0.0), (1, 1.0)])
def test_rows_of_one_class_of_two_leave_no_doubt(only: int, expected: float) -> None:
    forest = fit_forest(np.zeros((5, 2)), np.full(5, only), 2, GROWTH, 0)
    assert forest.probabilities(np.zeros((3, 2)))[:, 1] == pytest.approx([expected] * 3, abs=1e-4)


def test_no_rows_at_all_say_no() -> None:
    forest = fit_forest(np.zeros((0, 1)), np.zeros(0, dtype=np.int64), 2, GROWTH, 0)
    assert forest.probabilities(np.zeros((1, 7)))[0, 1] < 0.001
