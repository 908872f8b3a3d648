"""Stages fitted without the pages they speak of."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_model.linker.stages import Forest
from ocr_model.training import out_of_fold
from ocr_model.training.boosting import Growth
from ocr_model.training.out_of_fold import Stage

GROWTH = Growth(10, leaf_rows=2)
# Nine pages of ten rows: the class is whether the only feature is above 0.5.
FOLDS = np.arange(9) % 3
ROWS = [np.random.default_rng(page).uniform(0, 1, (10, 1)) for page in range(9)]
CLASSES = [(rows[:, 0] > 0.5).astype(np.int64) for rows in ROWS]


def test_a_page_is_spoken_of_by_a_forest_that_never_saw_it() -> None:
    # In the fold of page 0 everything is the other way round.
    turned = [1 - c if FOLDS[page] == 0 else c for page, c in enumerate(CLASSES)]
    _, said = Stage(GROWTH, 2, 0).out_of_fold(ROWS, turned, FOLDS)
    right = (said[0][:, 1] > 0.5) == CLASSES[0]
    assert right.mean() >= 0.9


def test_rows_of_nobody_are_spoken_of_but_not_learned_from() -> None:
    unknown = [c if page else np.full(10, -1) for page, c in enumerate(CLASSES)]
    _, said = Stage(GROWTH, 2, 0).out_of_fold(ROWS, unknown, FOLDS)
    assert said[0].shape == (10, 2)


def test_a_page_without_rows_gives_none() -> None:
    rows, classes = [*ROWS[:8], np.zeros((0, 1))], [*CLASSES[:8], np.zeros(0, dtype=np.int64)]
    _, said = Stage(GROWTH, 2, 0).out_of_fold(rows, classes, FOLDS)
    assert said[8].shape == (0, 2)


def test_of_further_trees_those_are_kept_that_serve_unseen_pages() -> None:
    start = Forest.of(np.zeros(1))
    tossed = [np.random.default_rng(page).integers(0, 2, 10) for page in range(9)]
    learned, _ = Stage(GROWTH, 2, 0, start).out_of_fold(ROWS, CLASSES, FOLDS)
    guessed, said = Stage(GROWTH, 2, 0, start).out_of_fold(ROWS, tossed, FOLDS)
    assert (learned.rounds, guessed.rounds) == (10, 0)
    assert {float(p) for page in said for p in page.ravel()} == {0.5}


@pytest.mark.slow
def test_processes_fit_what_one_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    alone, said_alone = Stage(GROWTH, 2, 0).out_of_fold(ROWS, CLASSES, FOLDS)
    monkeypatch.setattr(out_of_fold, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr(out_of_fold, "usable_cores", lambda: 2)
    both, said_both = Stage(GROWTH, 2, 0).out_of_fold(ROWS, CLASSES, FOLDS)
    assert alone.number.tolist() == both.number.tolist()
    assert [s.tolist() for s in said_alone] == [s.tolist() for s in said_both]
