"""Training forms -> a linker whose confidence is fitted on forms it has not seen."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ocr_model.linker import Linker
from ocr_model.linker.stages import link_page
from ocr_model.training.boosting import Growth
from ocr_model.training.calibration import (
    chosen_rows,
    fit_calibration,
    fit_confidence,
    out_of_fold_scores,
)
from ocr_model.training.fitting import FURTHER_GROWTHS, GROWTHS, fit_stages
from ocr_model.training.training_set import TrainingSet

_FOLDS = 5


def fit_linker(
    training: TrainingSet,
    held_out: TrainingSet | None = None,
    seed: int = 0,
    growths: Mapping[str, Growth] | None = None,
    *,
    start: Linker | None = None,
    ticks_choose: bool = False,
) -> Linker:
    """Fit all stages; `held_out` forms of another style calibrate the confidence if given.

    With `start`, its trees are kept, and as many are added as serve forms that they were not
    fitted on: with few forms, what it knows of other forms matters most.

    With `ticks_choose`, the linker answers with the option where the forms have its drawn tick.

    The same forms, seed and versions of numpy and scikit-learn give the same weights.
    """
    fitted, before = (start.forests, start.confidence) if start else ({}, None)
    growths = growths or (FURTHER_GROWTHS if start else GROWTHS)
    forests, linked = fit_stages(training.pages, seed, growths, fitted)
    views = [labelled.page for labelled in training.pages]
    rows, right = chosen_rows(views, linked, training.references)
    confidence = fit_confidence(rows, right, seed, before)
    if held_out is None:
        folds = np.random.default_rng(seed).permutation(len(rows)) % _FOLDS
        scores = out_of_fold_scores(rows, right, folds, seed, before)
    else:
        views = [labelled.page for labelled in held_out.pages]
        found = [link_page(view, forests) for view in views]
        rows, right = chosen_rows(views, found, held_out.references)
        scores = confidence.probabilities(np.concatenate(rows))[:, 1]
    calibration = fit_calibration(scores, np.concatenate(right))
    return Linker(forests, confidence, calibration, ticks_choose)
