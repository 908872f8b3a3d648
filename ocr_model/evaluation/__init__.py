"""A model and labelled forms -> scores, logged to a run and its traces.

Extracts in a separate process, scores, records. Knows no gate: `lifecycle` decides whether a model
is good enough.
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
