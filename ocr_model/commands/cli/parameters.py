"""What parameters of several verbs have in common: types, help, and groups of parameters."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from typer import BadParameter, Option

from ocr_model.config import DEFAULT_LLM

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
SERVED_AT = "http://127.0.0.1:5001"

Engine = Literal["local", "llm"]
CacheMode = Literal["off", "read-write", "replay"]


def whole_number(text: str) -> int:
    """MLproject parameters have no integer type, so 8 may arrive as `8.0`."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if number < 0 or not number.is_integer():
        raise BadParameter(f"expected a whole number from 0, got {text!r}")
    return int(number)


def listed(text: str) -> list[str]:
    """'a, b,' -> ['a', 'b']"""
    return [item.strip() for item in text.split(",") if item.strip()]


def path_or_none(text: str | Path | None) -> Path | None:
    return Path(text) if text else None


def optional_folder(help_text: str) -> object:
    """`mlflow run` passes an empty text if nothing was given."""
    metavar = "FILE" if help_text.startswith("file") else "FOLDER"
    return Option(help=help_text, parser=path_or_none, metavar=metavar)


def count(help_text: str) -> object:
    return Option(help=help_text, parser=whole_number, metavar="N")


Count = Annotated[int, count("how many forms; 0 = all")]
Seed = Annotated[int, count("draws the n forms")]
CachePath = Annotated[str, Option(help="empty: a file in the user's cache folder")]
Settings = Annotated[str, Option(help="JSON object of further settings, see docs/configuration.md")]
OperationalSettings = Annotated[str, Option(help="JSON object of operational settings")]
Fields = Annotated[
    str, Option(help="YAML of the wanted fields (docs/fields.md); empty: all questions")
]
LLMParameters = Annotated[str, Option(help="JSON object sent with every call to the LLM")]
Rules = Annotated[str, Option(help="text for the prompt's {{ additional_rules }}")]
Labelled = Annotated[Path, Option(help="folder of labelled forms")]
Judging = Annotated[
    Path,
    Option(help="folder of labelled forms, or an MLflow dataset datasets:/<name> with documents"),
]
Documents = Annotated[
    Path | None,
    optional_folder("folder with the documents of datasets:/<name>, found by SHA-256"),
]
Metric = Annotated[
    str,
    Option(
        help="metric: pair_f1, pair_precision or pair_recall with _strict, _normalized "
        "or _fuzzy; key_f1, key_precision, key_recall, kieval_aligned, anls_star, "
        "perfect_page_rate, key_value_accuracy/mean; for models with fields field_f1, "
        "field_precision or field_recall with _exact, _normalized or _typed, "
        "perfect_document_rate; empty: pair_f1_normalized or field_f1_normalized"
    ),
]
Content = Literal["", "none", "shapes", "text", "full"]
Kept = Annotated[
    Content,
    Option(
        help="what MLflow stores of a page: full: text and images; text; shapes: sizes and counts; "
        "none (docs/retention.md); empty: full, or the model's own setting if that is shapes or "
        "none",
        metavar="<none|shapes|text|full>",
    ),
]
UserHeader = Annotated[
    str, Option(help="header with the user name from a trusted proxy, like X-Forwarded-User")
]
PublicHost = Annotated[str, Option(help="host name of the proxy, like forms.example")]
# The name in earlier commits.
TraceImages = Annotated[Literal["", "full", "none"], Option(hidden=True)]


@dataclass(frozen=True, kw_only=True)
class NewModel:
    """Everything that defines a new model."""

    prompt_uri: Annotated[
        str, Option(help="prompts:/<name>/<version> or @alias; empty: the newest bundled prompt")
    ] = ""
    engine: Annotated[
        Engine, Option(help="local: embedded OCR, no key; llm: an OpenAI-compatible endpoint")
    ] = "local"
    linker: Annotated[
        str,
        Option(
            help="weights of the local engine: a file or runs:/<id>/linker.npz; empty: bundled ones"
        ),
    ] = ""
    fields: Fields = ""
    finder: Annotated[
        str,
        Option(help="weights of a finder for these fields: a file or runs:/<id>/finder.npz"),
    ] = ""
    llm: Annotated[str, Option(help="name of the language model")] = DEFAULT_LLM
    llm_parameters: LLMParameters = ""
    additional_rules: Rules = ""
    settings: Settings = ""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Every combination of listed values becomes a model; an empty list means the default."""

    prompt_uris: Annotated[str, Option(help="comma separated")] = ""
    llms: Annotated[str, Option(help="comma separated")] = ""
    image_settings: Annotated[
        str, Option(help="like 'longest_side=1000,detail=low; longest_side=1600,detail=high'")
    ] = ""
    llm_parameters: LLMParameters = ""
    additional_rules: Annotated[str, Option(help="for prompts that take them")] = ""
    fields: Fields = ""
    settings: Annotated[str, Option(help="JSON object of settings for all models")] = ""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A registered model, or the differences from the champion."""

    model_uri: Annotated[str, Option(help="judge this registered model")] = ""
    prompt_uri: Annotated[str, Option(help="the champion with this prompt")] = ""
    engine: Annotated[
        Literal["", "local", "llm"],
        Option(help="the champion with this engine", metavar="<local|llm>"),
    ] = ""
    linker: Annotated[str, Option(help="the champion with these weights")] = ""
    fields: Annotated[str, Option(help="the champion with this YAML of fields")] = ""
    finder: Annotated[str, Option(help="the champion with this finder of its fields")] = ""
    llm: Annotated[str, Option(help="the champion with this language model")] = ""
    llm_parameters: LLMParameters = ""
    additional_rules: Rules = ""
    settings: Settings = ""
