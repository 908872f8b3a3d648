"""`key_value_accuracy` for `mlflow.models.evaluate`.

    mlflow.models.evaluate(
        model_uri, data, targets="references", predictions="pairs",
        extra_metrics=[key_value_accuracy_metric()],
    )

Logs `key_value_accuracy/mean` and `/p90`, and the score of each form in the table of the run.
"""

from __future__ import annotations

import pandas as pd
from mlflow.metrics.base import MetricValue
from mlflow.models import EvaluationMetric, make_metric

from ocr_model.scoring.metrics import key_value_accuracy, p90


def key_value_accuracy_metric() -> EvaluationMetric:
    """The metric; predictions and targets map questions to answers."""
    made: EvaluationMetric = make_metric(  # type: ignore[no-untyped-call]
        eval_fn=_scores, greater_is_better=True, name="key_value_accuracy"
    )
    return made


def _scores(predictions: pd.Series, targets: pd.Series) -> MetricValue:
    scores = [key_value_accuracy(*pair) for pair in zip(predictions, targets, strict=True)]
    aggregates = {"mean": sum(scores) / len(scores), "p90": p90(scores)}
    return MetricValue(scores=scores, aggregate_results=aggregates)
