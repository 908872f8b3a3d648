"""python -m scripts.evaluate [--engine llm] [--data FOLDER] [--n 20]

Register the prompts, log and register the model (unless one is named), evaluate it on labelled
forms, print the scores. Same as `mlflow run . -e evaluate`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import mlflow

from ocr_model.engines.llm.cache import default_path
from ocr_model.errors import ConfigError, OcrModelError
from ocr_model.evaluation import Evaluation, evaluate_model
from ocr_model.forms import choose_random_annotation_names, load_forms
from ocr_model.report import outcomes_line, scores_table, worst_pages_table
from ocr_model.schema import READ, Outcome
from ocr_model.scoring import Scoring, load_rules, load_scorers
from scripts.settings import (
    SAMPLE,
    add_model_arguments,
    pinned_prompt,
    quiet_mlflow,
    registered_model,
    whole_number,
)

_ARGUMENTS = (
    *("data", "n", "seed", "trace_images", "cache", "cache_path"),
    *("blank_fields", "rules", "scorers", "grounding"),
)


def main(argv: list[str] | None = None) -> int:
    args = _parse(argv)
    quiet_mlflow()
    try:
        _refuse_settings_of_a_finished_model(args)
        # Whatever may be set up wrongly is read before a page is.
        rules = load_rules(Path(args.rules)) if args.rules else None
        scoring = Scoring(blank_fields=args.blank_fields, rules=rules)
        scorers = load_scorers(args.scorers)
        names = choose_random_annotation_names(args.data, args.n, args.seed)
        forms = load_forms(args.data, names)
        # Before the run starts: a model is not a product of the run that happens to log it first.
        model_uri = args.model_uri or _log_model(args)
        print(f"Model   {model_uri}")
        with mlflow.start_run() as run:
            _log_parameters(args, model_uri, run)
            evaluation = evaluate_model(
                model_uri, forms, _operational(args), scoring, scorers, args.grounding
            )
            _print_result(evaluation, run)
    except OcrModelError as err:
        print(f"error: {err}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(_how_to_go_on(args), file=sys.stderr)
        return 130
    return _exit_code(evaluation)


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-uri", default="", help="evaluate this model; empty: log one")
    add_model_arguments(parser)
    parser.add_argument("--data", type=Path, default=SAMPLE, help="folder of labelled forms")
    parser.add_argument("--n", type=whole_number, default=0, help="how many forms; 0 = all")
    parser.add_argument("--seed", type=whole_number, default=0, help="draws the n forms")
    parser.add_argument("--trace-images", choices=["full", "none"], default="full")
    parser.add_argument(
        "--cache",
        choices=["off", "read-write", "replay"],
        default="read-write",
        help="replies of the LLM on disk; replay: send nothing, a page not recorded fails",
    )
    parser.add_argument("--cache-path", default="", help="empty: a file in the user's cache folder")
    add_scoring_arguments(parser)
    return parser.parse_args(argv)


def _operational(args: argparse.Namespace) -> dict[str, str]:
    """Settings of this evaluation that change no answer; the path as other processes see it."""
    settings = {"trace_images": args.trace_images, "cache": args.cache}
    if args.cache_path:
        settings["cache_path"] = str(Path(args.cache_path).expanduser().resolve())
    return settings


def _how_to_go_on(args: argparse.Namespace) -> str:
    if args.cache != "read-write":
        return "Interrupted. Nothing was kept, as the cache is not read-write."
    path = Path(args.cache_path).expanduser() if args.cache_path else default_path()
    return (
        f"Interrupted. Pages that an LLM had finished are in {path}: the same command goes on "
        "from there and pays for the others only."
    )


def add_scoring_arguments(parser: argparse.ArgumentParser) -> None:
    """How rows are scored."""
    parser.add_argument(
        "--blank-fields",
        choices=["ignore", "score"],
        default="ignore",
        help="questions without an answer: leave them out on both sides, or score them too",
    )
    parser.add_argument(
        "--rules", default="", help="YAML of business rules to hold answers against"
    )
    parser.add_argument(
        "--scorers", default="", help="your own: module:function, several separated by commas"
    )
    parser.add_argument(
        "--grounding",
        choices=["auto", "off"],
        default="auto",
        help="look for an LLM's answers on the page with the embedded OCR",
    )


def _log_model(args: argparse.Namespace) -> str:
    prompt = pinned_prompt(args.prompt_uri)
    print(f"Prompt  {prompt.uri}")
    version = registered_model(args, prompt)
    return f"models:/{version.name}/{version.version}"


def _refuse_settings_of_a_finished_model(args: argparse.Namespace) -> None:
    given = [
        name
        for name in ("prompt_uri", "linker", "llm_parameters", "additional_rules", "settings")
        if args.model_uri and getattr(args, name)
    ]
    if given:
        raise ConfigError(
            f"{args.model_uri} pins its prompt and settings, got {', '.join(given)} beside it. "
            "Leave model_uri empty to log a model with them."
        )


def _log_parameters(args: argparse.Namespace, model_uri: str, run: mlflow.ActiveRun) -> None:
    """What was evaluated, as the model itself tells it, and on what.

    `mlflow run` has logged the arguments already, as they were given, and params are final.
    """
    model = mlflow.models.get_model_info(model_uri).metadata or {}
    described = {f"model_{key}": model.get(key, "") for key in ("prompt_uri", "engine", "llm")}
    arguments = {name: getattr(args, name) for name in _ARGUMENTS}
    parameters = {"evaluated_model_uri": model_uri, **described, **arguments}
    known = run.data.params
    mlflow.log_params({key: value for key, value in parameters.items() if key not in known})


def _print_result(evaluation: Evaluation, run: mlflow.ActiveRun) -> None:
    print(f"Forms   {outcomes_line(evaluation.pages)}\n")
    print(scores_table(evaluation.metrics))
    for note in evaluation.notes:
        print(f"note: {note}")
    print(f"\nWorst pages\n{worst_pages_table(evaluation.pages)}\n")
    store = mlflow.get_tracking_uri()
    if store.startswith("http"):
        print(f"Run     {store}/#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}")
        return
    print(f"Run     {run.info.run_name} ({run.info.run_id}) in {store}")
    print(
        f"See it  mlflow ui --backend-store-uri {store}\n"
        f"        http://127.0.0.1:5000/#/experiments/{run.info.experiment_id}"
        f"/runs/{run.info.run_id}"
    )


def _exit_code(evaluation: Evaluation) -> int:
    """Non-zero where the numbers say nothing of the model: nothing read, or batch aborted."""
    outcomes = set(evaluation.pages["outcome"])
    if Outcome.ABORTED in outcomes or not outcomes & READ:
        first = evaluation.pages.loc[evaluation.pages["error"].notna(), "error"].iloc[0]
        print(f"error: the forms could not be read: {first}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
