"""Fit the confidence of a chosen pair: a small forest, then the calibration of its scores.

A pair is right if question and answer equal those of an annotated pair, folded as in
`pair_f1_normalized`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.isotonic import IsotonicRegression

from ocr_model.linker import Floats, Indices, PageView, choose_links, confidence_features
from ocr_model.linker.stages import Forest, Link, Linked
from ocr_model.normalize import fold_text
from ocr_model.scoring import pairs_in
from ocr_model.training.boosting import Growth, fit_forest

CONFIDENCE_GROWTH = Growth(60, leaves=6, leaf_rows=40)
# No pair is certain: the next kind of form may differ from the held-out ones.
_LEAST, _MOST = 0.01, 0.99

References = Mapping[str, Sequence[str]]


def chosen_rows(
    views: Sequence[PageView],
    linked: Sequence[Linked],
    references: Sequence[References],
) -> tuple[list[Floats], list[Indices]]:
    """Features of the pairs that are chosen on each page, and which of them are right."""
    rows, right = [], []
    for view, found, expected in zip(views, linked, references, strict=True):
        links = choose_links(found)
        rows.append(confidence_features(view, found, links))
        right.append(are_right(found, links, expected))
    return rows, right


def are_right(linked: Linked, links: Sequence[Link], references: References) -> Indices:
    texts = linked.groups.texts
    pairs = [(texts[link.question], texts[link.answer]) for link in links]
    return np.array(_matches(pairs, references), dtype=np.int64)


def _matches(pairs: Sequence[tuple[str, str]], references: References) -> list[int]:
    """1 for each pair that is right; a repeated pair as often as it is annotated.

    ("Name:", "Ann"), ("Name", "Ann") against {"Name": ["Ann"]} -> [1, 0]
    """
    left = Counter((fold_text(q), fold_text(a)) for q, a in pairs_in(references))
    found = []
    for question, answer in pairs:
        pair = (fold_text(question), fold_text(answer))
        found.append(int(left[pair] > 0))
        left[pair] -= 1
    return found


def fit_confidence(
    rows: Sequence[Floats], right: Sequence[Indices], seed: int, start: Forest | None = None
) -> Forest:
    """On top of `start` if given."""
    table, outcomes = np.concatenate(rows), np.concatenate(right)
    return fit_forest(table, outcomes, 2, CONFIDENCE_GROWTH, seed, start)


def out_of_fold_scores(
    rows: Sequence[Floats],
    right: Sequence[Indices],
    folds: Indices,
    seed: int,
    start: Forest | None = None,
) -> Floats:
    """Raw confidences of all pairs in order, each by a forest fitted without its page."""
    scores = [np.zeros(0)] * len(rows)
    for fold in np.unique(folds):
        others = np.flatnonzero(folds != fold).tolist()
        forest = fit_confidence([rows[i] for i in others], [right[i] for i in others], seed, start)
        for i in np.flatnonzero(folds == fold).tolist():
            scores[i] = forest.probabilities(rows[i])[:, 1] if len(rows[i]) else np.zeros(0)
    return np.concatenate(scores)


def fit_calibration(scores: Floats, right: Indices) -> Floats:
    """Steps of an isotonic regression, shape (2, n): raw scores, and the share that was right."""
    model = IsotonicRegression(y_min=_LEAST, y_max=_MOST, out_of_bounds="clip")
    model.fit(scores, right)
    return np.stack([model.X_thresholds_, model.y_thresholds_])
