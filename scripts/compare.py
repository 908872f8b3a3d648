"""python -m scripts.compare --model-uris models:/ocr-extractor/1,models:/ocr-extractor/2

Evaluate several models, or every combination of prompts, LLMs and image settings, on the same
forms; say how far they are apart and how sure that is. Same as `mlflow run . -e compare`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from math import nan
from pathlib import Path

import mlflow
import pandas as pd
from mlflow import MlflowClient

from ocr_model.errors import ConfigError, OcrModelError
from ocr_model.evaluation import Evaluation
from ocr_model.forms import Form
from ocr_model.lifecycle import (
    Line,
    ModelDifference,
    Scored,
    caution,
    choice_text,
    choose_on_one_part,
    config_of_model,
    differences_text,
    failed_share,
    label_of,
    model_differences,
    models_table,
    most_different_pages,
    pages_text,
    split_pages,
    tradeoff_chart,
)
from ocr_model.schema import READ
from ocr_model.scoring import Interval
from scripts.child_runs import (
    add_form_arguments,
    evaluate_in_child_run,
    forms_of,
    log_missing_params,
    score_name,
    scored_by,
    settings_of,
)
from scripts.grid import add_grid_arguments, listed, models_of_grid
from scripts.settings import SAMPLE, quiet_mlflow

_LARGEST = 26


def main(argv: list[str] | None = None) -> int:
    args = _parse(argv)
    quiet_mlflow()
    try:
        score_name(args.metric)
        forms = forms_of(args, args.data)
        parts = split_pages(len(forms), args.split, args.seed) if args.split else None
        model_uris = _models(args)
        with mlflow.start_run(run_name=f"compare {len(model_uris)} models") as run:
            log_missing_params({name: value for name, value in vars(args).items() if value != ""})
            evaluations = _evaluate_all(model_uris, forms, args)
            text = _report(args, model_uris, evaluations, forms, parts)
            print(f"{text}\n\nRun     {run.info.run_name} ({run.info.run_id})")
    except OcrModelError as err:
        print(f"error: {err}", file=sys.stderr)
        return 2
    return _exit_code(evaluations)


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-uris", default="", help="comma separated; besides the grid")
    add_grid_arguments(parser)
    parser.add_argument("--data", type=Path, default=SAMPLE, help="folder of labelled forms")
    add_form_arguments(parser)
    parser.add_argument("--metric", default="pair_f1_normalized", help="what is compared")
    parser.add_argument(
        "--split",
        type=float,
        default=0.0,
        help="choose the best model on this share of the forms, report it on the rest; 0 = all",
    )
    return parser.parse_args(argv)


def _models(args: argparse.Namespace) -> list[str]:
    model_uris = list(dict.fromkeys([*listed(args.model_uris), *models_of_grid(args)]))
    if not 2 <= len(model_uris) <= _LARGEST:
        raise ConfigError(
            f"Expected 2 to {_LARGEST} different models to compare, got {model_uris or 'none'}. "
            "Name them in model_uris, or list prompt_uris, llms or image_settings."
        )
    for uri in model_uris:
        config_of_model(uri)  # before the first of them has been paid for
    return model_uris


def _evaluate_all(
    model_uris: Sequence[str], forms: Sequence[Form], args: argparse.Namespace
) -> list[Evaluation]:
    evaluations = []
    for number, uri in enumerate(model_uris):
        name = f"{label_of(number)} {uri.removeprefix('models:/')}"
        print(f"{name:<28} {_settings(uri)}", flush=True)
        evaluations.append(evaluate_in_child_run(name, uri, forms, args.trace_images))
    return evaluations


def _settings(model_uri: str) -> str:
    return ", ".join(settings_of(config_of_model(model_uri)).values())


def _report(
    args: argparse.Namespace,
    model_uris: Sequence[str],
    evaluations: Sequence[Evaluation],
    forms: Sequence[Form],
    split: tuple[list[int], list[int]] | None,
) -> str:
    """Log the comparison to the active run and give it as text."""
    scored = [
        scored_by(args.metric, label_of(number), evaluation)
        for number, evaluation in enumerate(evaluations)
    ]
    lines = [
        _line(args.metric, model, uri, evaluation)
        for model, uri, evaluation in zip(scored, model_uris, evaluations, strict=True)
    ]
    differences = model_differences(scored, args.seed)
    pages = most_different_pages(scored, [form.name for form in forms])
    sections = [
        f"{len(forms)} forms, dataset digest {evaluations[0].dataset_digest}",
        models_table(lines, args.metric),
        f"Differences in {args.metric}, on the same pages\n{differences_text(differences)}",
        f"Pages that differ most ({args.metric.removesuffix('/mean')})\n{pages_text(pages)}",
    ]
    if split:
        choice = choose_on_one_part(scored, *split, args.seed)
        told = choice_text(choice, args.metric)
        sections.append(f"Chosen on one part, reported on the other\n{told}")
        mlflow.log_metric(f"{args.metric}/best_on_unseen_pages", choice.score_reported)
    sections.append(f"Caution. {caution(len(scored), len(forms))}")
    text = "\n\n".join(sections)
    _log(args.metric, text, lines, differences, evaluations)
    return text


def _line(metric: str, model: Scored, model_uri: str, evaluation: Evaluation) -> Line:
    measured = evaluation.metrics
    return Line(
        label=model.label,
        model_uri=model_uri,
        settings=_settings(model_uri),
        score=model.score,
        interval=Interval(*(measured.get(f"{metric}/{end}", nan) for end in ("ci_low", "ci_high"))),
        failed_share=failed_share(evaluation.pages["outcome"].tolist()),
        seconds_per_page=measured.get("seconds_per_page"),
        cost_usd_per_page=measured.get("cost_usd_per_page"),
        tokens_per_page=measured.get("tokens_per_page"),
    )


def _log(
    metric: str,
    text: str,
    lines: Sequence[Line],
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
    # On the children, so that MLflow's own compare view of them shows the differences too.
    client = MlflowClient()
    for line, evaluation in zip(lines, evaluations, strict=True):
        client.set_tag(evaluation.run_id, "comparison_label", line.label)
    # The first differences are those to the first model: B − A, C − A …
    for found, evaluation in zip(differences, evaluations[1:], strict=False):
        for name, value in found.difference._asdict().items():
            key = f"{metric}_minus_first/{name}"
            client.log_metric(evaluation.run_id, key, value)


def _exit_code(evaluations: Sequence[Evaluation]) -> int:
    """Non-zero when a model read nothing: its numbers are not about it."""
    if all(set(evaluation.pages["outcome"]) & READ for evaluation in evaluations):
        return 0
    print("error: a model read no form at all; see its run", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
