"""Evaluate a model on labelled forms and print its scores."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import mlflow

from ocr_model.commands.cli import Evaluate, command
from ocr_model.commands.models import (
    cache_settings,
    check_can_read,
    content_setting,
    forms_in,
    forms_unseen_by,
    log_missing_params,
    new_version,
    settings_beside_model,
    uri_to_evaluate,
    wanted_in,
)
from ocr_model.commands.run_link import folder_name, run_lines
from ocr_model.console import say
from ocr_model.evaluation import Evaluation, evaluate_model
from ocr_model.forms import Form, labelled_forms
from ocr_model.lifecycle import (
    Unseen,
    config_of_model,
    name_run,
    short_name,
    wanted_of_model,
)
from ocr_model.report import (
    fields_table,
    first_number,
    local_report,
    outcomes_line,
    scores_table,
    worst_pages_table,
)
from ocr_model.schema import READ, Outcome
from ocr_model.scoring import Scoring, load_scorers

# An existing model has these already; `engine` and `llm` have defaults, which do not count.
_PINNED = (
    *("prompt_uri", "linker", "fields", "finder"),
    *("llm_parameters", "additional_rules", "settings"),
)
_ARGUMENTS = (
    *("data", "documents", "n", "seed", "trace_content", "cache", "cache_path"),
    *("blank_fields", "rules", "scorers", "grounding"),
)


def evaluate(given: Evaluate) -> int:
    try:
        evaluation = _evaluate(given)
    except KeyboardInterrupt:
        say(_how_to_go_on(given), file=sys.stderr)
        return 130
    return _exit_code(evaluation)


def _evaluate(given: Evaluate) -> Evaluation:
    settings_beside_model(given, _PINNED)
    # Whatever may be set up wrongly is read before a page is.
    rules = wanted_in(given.rules)
    scoring = Scoring(blank_fields=given.blank_fields, rules=rules)
    scorers = load_scorers(given.scorers)
    forms = forms_in(given.data, given.n, given.seed, given.documents)
    # Before the run starts: the model does not belong to the run that logs it first.
    model_uri, unseen = _model_and_forms(given, forms)
    forms = unseen.forms
    say(f"Model   {model_uri}")
    name = f"evaluate {short_name(model_uri)} on {folder_name(given.data)} ({len(forms)})"
    with mlflow.start_run(run_name=name) as run:
        name_run(name)
        _log_parameters(given, model_uri)
        if unseen.left_out:
            mlflow.set_tag("left_out", str(unseen))
        settings = {**content_setting(given), **cache_settings(given)}
        evaluation = evaluate_model(model_uri, forms, settings, scoring, scorers, given.grounding)
        _print_result(evaluation)
        say(run_lines(run, name))
        say(_what_next(model_uri, forms, local_report(run.info.run_id)))
    return evaluation


def _how_to_go_on(given: Evaluate) -> str:
    if given.cache != "read-write":
        return "Interrupted. Nothing was kept, because the cache is not read-write."
    from ocr_model.engines.llm.cache import default_path  # loads the client of the LLM engine

    path = Path(given.cache_path).expanduser() if given.cache_path else default_path()
    return (
        f"Interrupted. Pages that an LLM had finished are in {path}: run the same command again "
        "to resume; it pays only for the others."
    )


def _model_and_forms(given: Evaluate, forms: Sequence[Form]) -> tuple[str, Unseen]:
    """The checked model to evaluate, logged if necessary, and the forms it has not learned from."""
    if given.model_uri:
        config = config_of_model(given.model_uri)
        unseen = forms_unseen_by([given.model_uri], forms)
        labelled_forms(unseen.forms, wanted_of_model(given.model_uri, config.fields))
        check_can_read(config, given.cache, given.cache_path)
        return given.model_uri, unseen
    labelled_forms(forms, wanted_in(given.fields))
    planned = new_version(given, reads_now=True, cache=given.cache, cache_path=given.cache_path)
    unseen = forms_unseen_by([planned], forms)
    unread = ", pinned but not read by this engine" if planned.config.engine == "local" else ""
    say(f"Prompt  {planned.prompt.uri}{unread}")
    return uri_to_evaluate(planned), unseen


def _log_parameters(given: Evaluate, model_uri: str) -> None:
    """Log the evaluated model's settings, from the model itself, and the forms."""
    model = mlflow.models.get_model_info(model_uri).metadata or {}
    described = {f"model_{key}": model.get(key, "") for key in ("prompt_uri", "engine", "llm")}
    if fields := model.get("fields"):
        described["model_fields"] = fields
    arguments = {name: getattr(given, name) for name in _ARGUMENTS}
    log_missing_params({"evaluated_model_uri": model_uri, **described, **arguments})


def _print_result(evaluation: Evaluation) -> None:
    say(f"Forms   {outcomes_line(evaluation.pages)}\n")
    say(f"{first_number(evaluation.metrics)}\n")
    say(scores_table(evaluation.metrics))
    if evaluation.wanted is not None:
        say(f"\n{fields_table(evaluation.metrics, evaluation.wanted)}")
    for note in evaluation.notes:
        say(f"note: {note}")
    say(f"\nWorst pages\n{worst_pages_table(evaluation.pages)}\n")


def _what_next(model_uri: str, forms: Sequence[Form], report: Path) -> str:
    images = os.path.relpath(forms[0].image_path.parent)
    read = command("extract", model_uri=model_uri, input=images, output="rows.jsonl")
    where = str(report) if report.exists() else "In the run: Artifacts, report.html"
    return (
        f"Next    {where}, every page with what it missed and invented.\n"
        f"        To read documents with this model: {read}"
    )


def _exit_code(evaluation: Evaluation) -> int:
    """Non-zero if the numbers mean nothing: nothing was read, or the batch was aborted."""
    outcomes = set(evaluation.pages["outcome"])
    if Outcome.ABORTED in outcomes or not outcomes & READ:
        first = evaluation.pages.loc[evaluation.pages["error"].notna(), "error"].iloc[0]
        say(f"error: the forms could not be read: {first}", file=sys.stderr)
        return 1
    return 0
