"""Fitted trees as plain arrays say what scikit-learn says."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from ocr_model.training.boosting import Growth, fit_forest

GROWTH = Growth(12, leaf_rows=3, features_per_split=1.0)


def table(classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers, so that many rows lie on a threshold."""
    features = np.random.default_rng(7).integers(-4, 5, size=(400, 9)).astype(np.float64)
    score = features[:, 0] * features[:, 1] + 3 * features[:, 2]
    return features, np.digitize(score, [-6, 0, 6])[:] % classes


@pytest.mark.parametrize("share", [1.0, 0.4])
@pytest.mark.parametrize("classes", [2, 4])
def test_trees_are_those_of_scikit_learns_classifier(classes: int, share: float) -> None:
    growth = GROWTH._replace(features_per_split=share)
    features, targets = table(classes)
    model = HistGradientBoostingClassifier(
        learning_rate=GROWTH.learning_rate,
        max_iter=GROWTH.rounds,
        max_leaf_nodes=GROWTH.leaves,
        min_samples_leaf=GROWTH.leaf_rows,
        l2_regularization=GROWTH.l2,
        max_features=growth.features_per_split,
        max_bins=63,
        early_stopping=False,
        random_state=1,
    ).fit(features, targets)
    forest = fit_forest(features, targets, classes, growth, seed=1)
    unseen = np.random.default_rng(8).normal(scale=3, size=(1000, 9)).astype(np.float32)
    for rows in (features, unseen):
        found = forest.probabilities(rows)
        np.testing.assert_allclose(found, model.predict_proba(rows), atol=1e-5)


@pytest.mark.parametrize("classes", [2, 4])
def test_a_forest_goes_on_where_another_ended(classes: int) -> None:
    features, targets = table(classes)
    six, twelve = GROWTH._replace(rounds=6), GROWTH
    once = fit_forest(features, targets, classes, six, seed=1)
    again = fit_forest(features, targets, classes, six, seed=1, start=once)
    whole = fit_forest(features, targets, classes, twelve, seed=1)
    np.testing.assert_allclose(
        again.probabilities(features), whole.probabilities(features), atol=1e-5
    )
    assert again.rounds == 12
    np.testing.assert_array_equal(again.cut(6).scores(features), once.scores(features))
    by_round = again.scores_by_round(features, 6)
    assert by_round.shape[1] == 7
    np.testing.assert_allclose(by_round[:, 0], once.scores(features), atol=1e-9)
    np.testing.assert_allclose(by_round[:, -1], again.scores(features), atol=1e-9)


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
    shares = np.bincount(found.argmax(axis=1)[kept] == targets[kept])
    assert shares[-1] > 0.8 * kept.sum()


@pytest.mark.parametrize(("only", "expected"), [(0, 0.0), (1, 1.0)])
def test_rows_of_one_class_of_two_leave_no_doubt(only: int, expected: float) -> None:
    forest = fit_forest(np.zeros((5, 2)), np.full(5, only), 2, GROWTH, 0)
    assert forest.probabilities(np.zeros((3, 2)))[:, 1] == pytest.approx([expected] * 3, abs=1e-4)


def test_no_rows_at_all_say_no() -> None:
    forest = fit_forest(np.zeros((0, 1)), np.zeros(0, dtype=np.int64), 2, GROWTH, 0)
    assert forest.probabilities(np.zeros((1, 7)))[0, 1] < 0.001
