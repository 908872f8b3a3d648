"""A model and labelled forms -> scores, on record in a run and on its traces.

Extracts in a process of its own, scores, records. Knows no gate: whether a model is good enough is
decided in `lifecycle`.
"""

from ocr_model.evaluation.child_runs import (
    evaluate_in_child_run,
    metric_names,
    score_name,
    settings_of,
)
from ocr_model.evaluation.evaluate import Evaluation, evaluate_model
from ocr_model.evaluation.measure import Measure, common_measure
from ocr_model.evaluation.recording import record_on_traces
