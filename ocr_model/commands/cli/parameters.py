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
    """MLproject parameters have no integer type, so `8.0` arrives where 8 was meant."""
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
    """`mlflow run` passes an empty text where nothing was given."""
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
    str, Option(help="YAML of the fields that are wanted (docs/fields.md); empty: all questions")
]
LLMParameters = Annotated[str, Option(help="JSON object sent with every call to the LLM")]
Rules = Annotated[str, Option(help="text for the prompt's {{ additional_rules }}")]
Labelled = Annotated[Path, Option(help="folder of labelled forms")]
Judging = Annotated[
    Path, Option(help="folder of labelled forms, or datasets:/<name> of MLflow with documents")
]
Documents = Annotated[
    Path | None,
    optional_folder("where the documents of datasets:/<name> lie, found by their SHA-256"),
]
Metric = Annotated[
    str,
    Option(
        help="what is compared: pair_f1, pair_precision or pair_recall with _strict, _normalized "
        "or _fuzzy; key_f1, key_precision, key_recall, kieval_aligned, anls_star, "
        "perfect_page_rate, key_value_accuracy/mean; of models with fields field_f1, "
        "field_precision or field_recall with _exact, _normalized or _typed, "
        "perfect_document_rate; empty: pair_f1_normalized or field_f1_normalized"
    ),
]
Content = Literal["", "none", "shapes", "text", "full"]
Kept = Annotated[
    Content,
    Option(
        help="of a page, in the store: full: text and pictures, text, shapes: what can be counted, "
        "none (docs/retention.md); empty: full, or what the model was logged with where that is "
        "shapes or none",
        metavar="<none|shapes|text|full>",
    ),
]
UserHeader = Annotated[
    str, Option(help="header in which a trusted proxy says who it is, like X-Forwarded-User")
]
PublicHost = Annotated[str, Option(help="host a proxy shows this page under, like forms.example")]
# What earlier commits called it.
TraceImages = Annotated[Literal["", "full", "none"], Option(hidden=True)]


@dataclass(frozen=True, kw_only=True)
class NewModel:
    """Everything that decides what a new model is made of."""

    prompt_uri: Annotated[
        str, Option(help="prompts:/<name>/<version> or @alias; empty: the newest bundled prompt")
    ] = ""
    engine: Annotated[
        Engine, Option(help="local: embedded OCR, no key; llm: an OpenAI-compatible endpoint")
    ] = "local"
    linker: Annotated[
        str,
        Option(
            help="weights for the local engine: a file or runs:/<id>/linker.npz; empty: the bundled"
        ),
    ] = ""
    fields: Fields = ""
    finder: Annotated[
        str,
        Option(
            help="weights that learned where these fields stand: a file or runs:/<id>/finder.npz"
        ),
    ] = ""
    llm: Annotated[str, Option(help="name of the language model")] = DEFAULT_LLM
    llm_parameters: LLMParameters = ""
    additional_rules: Rules = ""
    settings: Settings = ""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Every combination of what is listed becomes a model; what is not listed has its default."""

    prompt_uris: Annotated[str, Option(help="comma separated")] = ""
    llms: Annotated[str, Option(help="comma separated")] = ""
    image_settings: Annotated[
        str, Option(help="like 'longest_side=1000,detail=low; longest_side=1600,detail=high'")
    ] = ""
    llm_parameters: LLMParameters = ""
    additional_rules: Annotated[str, Option(help="for prompts that take them")] = ""
    fields: Fields = ""
    settings: Annotated[str, Option(help="JSON object of settings all models share")] = ""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A registered model, or what is to differ from the champion."""

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
