"""Evaluate several models on the same forms, each in a child run of the active run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import mlflow

from ocr_model.config import ExtractorConfig
from ocr_model.errors import ConfigError
from ocr_model.evaluation.evaluate import Evaluation, evaluate_model
from ocr_model.forms import Form
from ocr_model.lifecycle import Scored, config_of_model
from ocr_model.scoring import Share, document_shares, form_shares, run_scores, share_array

# Characters of the digest of the fields: enough to distinguish two.
_SHOWN = len("sha256:") + 12


def evaluate_in_child_run(
    name: str, model_uri: str, forms: Sequence[Form], settings: Mapping[str, object]
) -> Evaluation:
    """A child run, whose parameters show how this model differs from the others."""
    with mlflow.start_run(run_name=name, nested=True):
        described = {"evaluated_model_uri": model_uri, **settings_of(config_of_model(model_uri))}
        mlflow.log_params(described)
        # Grounding takes longer than everything else, and decides nothing.
        return evaluate_model(model_uri, forms, settings, grounding="off")


def score_name(metric: str) -> str:
    """The column of the table of pages from which a metric of the run is summed.

    Raises:
        ConfigError: the metric is unknown, or higher is not better.
    """
    names = metric_names() | field_metric_names()
    if metric not in names:
        raise ConfigError(f"Expected a metric of {', '.join(sorted(names))}, got {metric!r}.")
    return names[metric]


def metric_names() -> dict[str, str]:
    """Every comparable metric of pairs, with the page score from which it is summed."""
    return _in_run(form_shares({}, {}))


def field_metric_names() -> dict[str, str]:
    """The same for models with fields."""
    return _in_run(document_shares({}, {}, was_read=True))


def _in_run(found: Iterable[str]) -> dict[str, str]:
    return {next(iter(run_scores([{name: Share(1, 1)}]))): name for name in found}


def scored_by(metric: str, label: str, evaluation: Evaluation) -> Scored:
    """The part of an evaluation that a comparison needs."""
    name = score_name(metric)
    counts = share_array(evaluation.pages["shares"].tolist(), name)
    scores = evaluation.pages[name].fillna(0.0)  # a page without this metric
    return Scored(label, counts, tuple(float(score) for score in scores))


def settings_of(config: ExtractorConfig) -> dict[str, str]:
    """The settings that people vary, under the names in the evaluation's run."""
    described = {"model_prompt_uri": config.prompt_uri, "model_engine": config.engine}
    if config.fields:
        described["model_fields"] = config.fields[:_SHOWN]
    if config.engine == "local":
        return described
    image = f"{config.image_longest_side} px {config.image_format} {config.image_detail}"
    return {**described, "model_llm": config.llm, "model_image": image}
