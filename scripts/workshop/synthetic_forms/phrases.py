"""The labels, headings and notes of `phrases.yaml`, each label with the kind of its value."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml

Kind = Literal[
    "date", "time", "money", "number", "code", "person", "company", "place", "address", "phone",
    "words", "sentence", "yes_no", "title", "quantity",
]  # fmt: skip

PHRASES: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
CORE: list[tuple[str, Kind]] = list(PHRASES["core"].items())
COMMON: list[tuple[str, Kind]] = list(PHRASES["common"].items())
FORM_KINDS: list[str] = PHRASES["form_kinds"]
OPTIONS: list[str] = PHRASES["options"]
SCALES: list[list[str]] = PHRASES["scales"]
NOTES: list[str] = PHRASES["notes"]
SECTION_WORDS: list[str] = PHRASES["section_words"]
STAMPS: list[str] = PHRASES["stamps"]
