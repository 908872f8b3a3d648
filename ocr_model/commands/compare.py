"""Evaluate several models on the same forms and print their differences."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from math import nan

import mlflow
import pandas as pd
from mlflow import MlflowClient

from ocr_model.commands.cli import Compare, listed, option
from ocr_model.commands.models import (
    check_can_read,
    content_setting,
    forms_in,
    forms_unseen_by,
    log_missing_params,
    uri_to_evaluate,
    versions_of_grid,
    wanted_in,
)
from ocr_model.commands.run_link import folder_name, run_lines
from ocr_model.console import say
from ocr_model.errors import ConfigError
from ocr_model.evaluation import (
    Evaluation,
    Measure,
    common_measure,
    evaluate_in_child_run,
    score_name,
    settings_of,
)
from ocr_model.forms import Form
from ocr_model.lifecycle import (
    ModelDifference,
    ModelRow,
    Scored,
    Unseen,
    as_markdown,
    caution,
    conclusion,
    config_of_model,
    content_kept,
    describe_run,
    differences_text,
    failed_share,
    fields_text,
    label_of,
    link_models,
    log_dataset,
    model_differences,
    model_link,
    models_table,
    most_different_pages,
    name_run,
    pages_text,
    prompt_link,
    short_name,
    tradeoff_chart,
    wanted_of_model,
)
from ocr_model.schema import READ
from ocr_model.scoring import Interval, bootstrap_interval
from ocr_model.trace_content import holds_text

_LARGEST = 26
# Most models in the name of a run.
_NAMED = 4


def compare(given: Compare) -> int:
    if given.split:
        raise ConfigError(
            "compare no longer takes split. To report a score of the best model that these forms "
            "did not choose, evaluate it on forms of another folder."
        )
    if given.metric:
        score_name(given.metric)
    forms = forms_in(given.data, given.n, given.seed, given.documents)
    model_uris, measure, unseen = _models(given, forms)
    given = replace(given, metric=measure.metric)
    name = f"compare {_names(model_uris)} on {folder_name(given.data)} ({len(measure.forms)})"
    with mlflow.start_run(run_name=name) as run:
        name_run(name)
        log_missing_params({name: value for name, value in asdict(given).items() if value != ""})
        settings = content_setting(given)
        with_text = all(holds_text(content_kept(uri, settings)) for uri in model_uris)
        log_dataset(measure.forms, with_text=with_text)
        if unseen.left_out:
            mlflow.set_tag("left_out", str(unseen))
        evaluations = _evaluate_all(model_uris, measure.forms, given)
        text = _report(given, model_uris, evaluations, measure)
        say(f"{text}\n\n{run_lines(run, name)}")
    return _exit_code(evaluations)


def _names(model_uris: Sequence[str]) -> str:
    """v1, v2; for more than four models their number."""
    if len(model_uris) > _NAMED:
        return f"{len(model_uris)} models"
    return ", ".join(map(short_name, model_uris))


def _models(given: Compare, forms: Sequence[Form]) -> tuple[list[str], Measure, Unseen]:
    """The models, the measure and the forms; models are registered after everything was checked."""
    named = list(dict.fromkeys(listed(given.model_uris)))
    grid = bool(given.prompt_uris or given.llms or given.image_settings or given.fields)
    if not grid:
        _refuse_number(named, named)
    fields = {uri: wanted_of_model(uri, config_of_model(uri).fields) for uri in named}
    if grid:
        fields["the models to be made"] = wanted_in(given.fields)
    measure = common_measure(given.metric, fields, forms)
    planned = versions_of_grid(given)
    _refuse_number([*named, *(version.digest for version in planned)], named)
    # All on the same forms: what one of them knows judges none.
    unseen = forms_unseen_by([*named, *planned], measure.forms)
    measure = replace(measure, forms=unseen.forms)
    for uri in named:
        check_can_read(config_of_model(uri))
    made = [uri_to_evaluate(version) for version in planned]
    model_uris = list(dict.fromkeys([*named, *made]))
    _refuse_number(model_uris, model_uris)
    return model_uris, measure, unseen


def _refuse_number(models: Sequence[str], shown: Sequence[str]) -> None:
    if not 2 <= len(set(models)) <= _LARGEST:
        raise ConfigError(
            f"Expected 2 to {_LARGEST} different models to compare, got {list(shown) or 'none'}. "
            f"Name them in {option('model_uris')}, or list {option('prompt_uris')}, "
            f"{option('llms')} or {option('image_settings')}."
        )


def _evaluate_all(
    model_uris: Sequence[str], forms: Sequence[Form], given: Compare
) -> list[Evaluation]:
    evaluations = []
    for number, uri in enumerate(model_uris):
        name = f"{label_of(number)} {uri.removeprefix('models:/')}"
        say(f"{name:<28} {_settings(uri)}")
        evaluations.append(evaluate_in_child_run(name, uri, forms, content_setting(given)))
    return evaluations


def _settings(model_uri: str) -> str:
    return ", ".join(settings_of(config_of_model(model_uri)).values())


def _report(
    given: Compare,
    model_uris: Sequence[str],
    evaluations: Sequence[Evaluation],
    measure: Measure,
) -> str:
    """Log the comparison to the active run and return it as text."""
    forms = measure.forms
    by_label = {label_of(number): one for number, one in enumerate(evaluations)}
    scored = measure.scored(by_label)
    lines = [
        _line(given.metric, model, uri, evaluation)
        for model, uri, evaluation in zip(scored, model_uris, evaluations, strict=True)
    ]
    differences = model_differences(scored, given.seed)
    pages = most_different_pages(scored, [form.name for form in forms])
    sections = [
        f"{len(forms)} forms, dataset digest {evaluations[0].dataset_digest}",
        models_table(lines, given.metric),
        *_fields_sections(measure, by_label),
        f"Differences in {given.metric}, on the same pages\n{differences_text(differences)}",
        f"Pages that differ most ({given.metric.removesuffix('/mean')})\n{pages_text(pages)}",
    ]
    sections.append(f"Caution. {caution(len(scored), len(forms))}")
    result = conclusion(scored, differences, model_uris)
    sections.append(f"Result  {result}")
    text = "\n\n".join(sections)
    _log(given.metric, text, lines, differences, evaluations)
    _describe(given.metric, result, lines)
    return text


def _describe(metric: str, result: str, lines: Sequence[ModelRow]) -> None:
    """The run's own page: the result, the models in a table, their scores as metrics."""
    run = mlflow.active_run()
    if run is None:
        return
    rows = [
        f"| {line.label} | {line.score:.3f} [{line.interval.low:.3f}, {line.interval.high:.3f}] | "
        f"{model_link(line.model_uri)} | "
        f"{prompt_link(config_of_model(line.model_uri).prompt_uri)} | "
        f"{as_markdown(line.settings.partition(', ')[2])} |"
        for line in lines
    ]
    head = [f"|  | {as_markdown(metric)} | model | prompt | settings |", "|---|---|---|---|---|"]
    describe_run(run.info.run_id, "\n".join([f"**{as_markdown(result)}**", "", *head, *rows]))
    link_models(run.info.run_id, [line.model_uri for line in lines])
    for line in lines:
        low, high = line.interval
        name = f"{line.label}/{metric}"
        mlflow.log_metrics({name: line.score, f"{name}/ci_low": low, f"{name}/ci_high": high})


def _fields_sections(measure: Measure, evaluations: Mapping[str, Evaluation]) -> list[str]:
    """For models with fields, the metric of each common field."""
    if not measure.weights:
        return []
    table = fields_text(measure.by_field(evaluations), list(evaluations))
    return [f"{measure.metric} of each field that all models have\n{table}"]


def _line(metric: str, model: Scored, model_uri: str, evaluation: Evaluation) -> ModelRow:
    measured = evaluation.metrics
    return ModelRow(
        label=model.label,
        model_uri=model_uri,
        settings=_settings(model_uri),
        score=model.score,
        interval=_interval(metric, model, evaluation),
        failed_share=failed_share(evaluation.pages["outcome"].tolist()),
        seconds_per_page=measured.get("seconds_per_page"),
        cost_usd_per_page=measured.get("cost_usd_per_page"),
        tokens_per_page=measured.get("tokens_per_page"),
    )


def _interval(metric: str, model: Scored, evaluation: Evaluation) -> Interval:
    """That of the run; with fields, of what is compared, which may be fewer than the model has."""
    if evaluation.wanted is not None:
        return bootstrap_interval(model.counts)
    bounds = (evaluation.metrics.get(f"{metric}/{end}", nan) for end in ("ci_low", "ci_high"))
    return Interval(*bounds)


def _log(
    metric: str,
    text: str,
    lines: Sequence[ModelRow],
    differences: Sequence[ModelDifference],
    evaluations: Sequence[Evaluation],
) -> None:
    mlflow.log_text(text, "comparison.txt")
    rows = [{**asdict(line), "interval": list(line.interval)} for line in lines]
    mlflow.log_table(pd.DataFrame(rows), "models.json")
    told = [
        {"first": found.first, "second": found.second, **found.difference._asdict()}
        for found in differences
    ]
    mlflow.log_table(pd.DataFrame(told), "differences.json")
    mlflow.log_figure(tradeoff_chart(lines, metric), "accuracy_cost_latency.png")
    # On the children, so that MLflow's own compare view shows the differences, too.
    client = MlflowClient()
    for line, evaluation in zip(lines, evaluations, strict=True):
        client.set_tag(evaluation.run_id, "comparison_label", line.label)
    # The first differences are those to the first model: B − A, C − A …
    for found, evaluation in zip(differences, evaluations[1:], strict=False):
        for name, value in found.difference._asdict().items():
            key = f"{metric}_minus_first/{name}"
            client.log_metric(evaluation.run_id, key, value)


def _exit_code(evaluations: Sequence[Evaluation]) -> int:
    """Non-zero if a model read nothing: then its numbers mean nothing."""
    if all(set(evaluation.pages["outcome"]) & READ for evaluation in evaluations):
        return 0
    say("error: a model read no form at all; see its run", file=sys.stderr)
    return 1
