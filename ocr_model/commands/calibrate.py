"""Calibrate a model's confidences on labelled forms, and register the model with the result."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

import mlflow
from mlflow.entities.model_registry import ModelVersion

from ocr_model.commands.cli import Calibrate, Candidate, command
from ocr_model.commands.models import (
    cache_settings,
    check_can_read,
    content_setting,
    first_model,
    forms_in,
    forms_unseen_by,
    log_missing_params,
    version_beside,
)
from ocr_model.commands.run_link import run_lines
from ocr_model.console import in_columns, say
from ocr_model.errors import ConfigError, DatasetError
from ocr_model.evaluation import evaluate_model
from ocr_model.forms import Form, labelled_forms
from ocr_model.lifecycle import (
    NewVersion,
    content_kept,
    find_champion,
    find_version,
    has_versions,
    uri_of,
)
from ocr_model.scoring import Judged, confidence_metrics, cross_calibrated, fit_calibration
from ocr_model.trace_content import least

# Points fitted to fewer forms make confidences worse (docs/confidence.md).
_FEWEST = 10
_SHOWN = ("confidence_ece", "confidence_brier", "confidence_auroc", "coverage_at_95_precision")

Points = Sequence[tuple[float, float]]


def calibrate(given: Calibrate) -> int:
    forms = forms_in(given.data, given.n, given.seed, given.documents)
    base = _base(given)
    plain = _with_points((), base)
    _refuse_fields_of_words(plain)
    check_can_read(plain.config, given.cache, given.cache_path)
    forms = _usable(forms, plain)
    plain_uri = uri_of(plain.register())
    say(f"Model   {plain_uri}, without a calibration\nForms   {len(forms)}")
    with mlflow.start_run(run_name=f"calibrate on {len(forms)} forms") as run:
        log_missing_params({**asdict(given), "evaluated_model_uri": plain_uri})
        judged = _judged(plain_uri, forms, given)
        points = fit_calibration(judged)
        table = _measured(judged, len(forms), given.seed)
    calibrated_on = tuple(form.image_sha256 for form in forms)
    version = replace(_with_points(points, base), calibrated_on=calibrated_on).register()
    say(f"\n{table}\n")
    say(f"Model   {uri_of(version)}, calibrated on {len(forms)} forms; they do not judge it")
    say(run_lines(run))
    say(f"Use it  {command('promote', model_uri=uri_of(version), data='OTHER_FORMS')}")
    return 0


def _base(given: Calibrate) -> ModelVersion:
    if given.model_uri:
        return find_version(given.model_uri)
    return find_champion() if has_versions() else first_model()


def _with_points(points: Points, base: ModelVersion) -> NewVersion:
    """The same model with this calibration, and with this checkout's code."""
    settings = json.dumps({"confidence_calibration": points})
    return replace(version_beside(Candidate(settings=settings), base), calibrated_on=())


def _refuse_fields_of_words(plain: NewVersion) -> None:
    if plain.wanted is not None and plain.config.engine == "local":
        raise ConfigError(
            "Expected a model without fields, or one that reads with an LLM: the embedded engine "
            "decides on fields after its answers were calibrated, so their confidence would not "
            "follow. Name another model."
        )


def _usable(forms: Sequence[Form], plain: NewVersion) -> list[Form]:
    """The forms that weights and prompt have not seen: confidences on seen ones are too high.

    Raises:
        DatasetError: they are too few, or not labelled for the model's output.
    """
    unseen = forms_unseen_by([plain], labelled_forms(forms, plain.wanted), refuse=False).forms
    if len(unseen) < _FEWEST:
        raise DatasetError(
            f"Expected at least {_FEWEST} labelled forms to calibrate on that the model has not "
            f"learned from, got {len(unseen)}. Label some more."
        )
    return unseen


def _judged(model_uri: str, forms: Sequence[Form], given: Calibrate) -> Judged:
    # As the model was logged: only confidences matter here.
    settings: dict[str, object] = {
        "trace_content": least(content_kept(model_uri), "text"),
        **content_setting(given),
        **cache_settings(given),
    }
    judged = evaluate_model(model_uri, forms, settings, grounding="off").judged
    if not len(judged):
        raise ConfigError(
            f"Expected answers with a confidence from {model_uri}, got none, so there is nothing "
            "to calibrate. Those of an LLM need answer_boxes, logprobs or a second_opinion "
            "(docs/confidence.md)."
        )
    return judged


def _measured(judged: Judged, forms: int, seed: int) -> str:
    """Metrics of the uncalibrated confidences, and of cross-validated calibrated ones."""
    after = confidence_metrics(cross_calibrated(judged, forms, seed), forms, seed)
    mlflow.log_metrics({f"calibrated/{name}": value for name, value in after.items()})
    before = confidence_metrics(judged, forms, seed)
    rows = [
        ("", *_SHOWN),
        ("as it is", *(_figure(before, name) for name in _SHOWN)),
        ("calibrated", *(_figure(after, name) for name in _SHOWN)),
    ]
    told = "(each form by points that were fitted to other forms)"
    return "\n".join([in_columns(rows), told, *_caution(before, after)])


def _caution(before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    """A warning if the points do not improve the calibration on unseen forms."""
    error = "confidence_ece"
    if after.get(error, 1.0) < before.get(error, 1.0):
        return []
    return ["Confidences are no better calibrated on unseen forms: label more before use."]


def _figure(metrics: Mapping[str, float], name: str) -> str:
    """Empty if undefined: there is no AUROC if all answers are right."""
    if name not in metrics:
        return "-"
    low, high = metrics[f"{name}/ci_low"], metrics[f"{name}/ci_high"]
    return f"{metrics[name]:.3f} [{low:.3f}, {high:.3f}]"
