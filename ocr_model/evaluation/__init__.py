"""A model and labelled forms -> scores, on record in a run and on its traces.

Extracts in a process of its own, scores, records. Knows no gate: whether a model is good enough is
decided in `lifecycle`.
"""

from __future__ import annotations

from ocr_model.evaluation.evaluate import Evaluation, evaluate_model
from ocr_model.evaluation.recording import record_on_traces

__all__ = [
    "Evaluation",
    "evaluate_model",
    "record_on_traces",
]
