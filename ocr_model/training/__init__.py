"""Labelled forms -> weights of the linker, and their scores by cross-validation.

Knows nothing of models: `lifecycle` puts weights into one.
"""

from __future__ import annotations

from ocr_model.training.fit import fit_linker
from ocr_model.training.read_words import default_cache
from ocr_model.training.recording import (
    TrainingReport,
    log_learning_curve,
    log_linker,
    log_report,
    report_of,
)
from ocr_model.training.scores import difference_of_answers, predict, scores_of_answers
from ocr_model.training.training_set import TrainingSet, load_training_set
from ocr_model.training.validation import cross_validate, curve_sizes

__all__ = [
    "TrainingReport",
    "TrainingSet",
    "cross_validate",
    "curve_sizes",
    "default_cache",
    "difference_of_answers",
    "fit_linker",
    "load_training_set",
    "log_learning_curve",
    "log_linker",
    "log_report",
    "predict",
    "report_of",
    "scores_of_answers",
]
