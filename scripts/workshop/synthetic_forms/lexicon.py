"""The words of `lexicon.yaml`, and the half of a list that a style family has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeVar

import yaml

StyleName = Literal["train", "held-out"]
Word = TypeVar("Word")

_TEXTS: dict[str, str] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
WORDS = {name: text.split() for name, text in _TEXTS.items()}


def half(listed: Sequence[Word], style: StyleName) -> Sequence[Word]:
    """`([a, b, c, d], "train") -> [a, c]`, `([a, b, c, d], "held-out") -> [b, d]`."""
    return listed[0 if style == "train" else 1 :: 2]
