"""The two style families: what one may do, the other does differently.

The learned linker is fitted on `train` and chosen on `held-out`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scripts.workshop.synthetic_forms.lexicon import StyleName

PageKind = Literal[
    "fields", "boxes", "table", "letter", "fax", "sparse", "survey", "columns", "mixed", "card",
    "notice",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Style:
    """`kinds` are weights; lengths are page px; `*_sizes` are ranges of the em."""

    name: StyleName
    number: int
    typed_faces: tuple[str, ...]
    printed_faces: tuple[str, ...]
    typed_sizes: tuple[float, float]
    printed_sizes: tuple[float, float]
    typed_share: float
    stretches: tuple[float, float]
    widths: tuple[int, int]
    margins: tuple[int, int]
    pitches: tuple[float, float]
    kinds: dict[PageKind, float]
    scans: dict[Literal["copy", "clean", "fax", "grey"], float]
    skew_deg: float
    jpeg_share: float


TRAIN = Style(
    "train", 0,
    typed_faces=("typewriter", "typewriter", "typewriter", "printer", "terminal"),
    printed_faces=("times", "cambria", "grotesque", "grotesque", "dejavu", "open", "hanken"),
    typed_sizes=(13.5, 17.5), printed_sizes=(10.5, 14.5), typed_share=0.5,
    stretches=(0.82, 1.08), widths=(754, 802), margins=(28, 110), pitches=(1.35, 2.9),
    kinds={
        "fields": 0.24, "boxes": 0.13, "table": 0.13, "letter": 0.045, "fax": 0.055, "sparse": 0.08,
        "survey": 0.05, "columns": 0.08, "mixed": 0.14, "card": 0.03, "notice": 0.01,
    },
    scans={"copy": 0.74, "clean": 0.12, "fax": 0.1, "grey": 0.04},
    skew_deg=0.8, jpeg_share=0.0,
)  # fmt: skip

HELD_OUT = Style(
    "held-out", 1,
    typed_faces=("cascadia", "space", "cascadia"),
    printed_faces=("book", "dejavu-serif", "humanist", "humanist", "fira", "manrope"),
    typed_sizes=(11.5, 14.5), printed_sizes=(10.0, 14.0), typed_share=0.35,
    stretches=(0.88, 1.15), widths=(760, 863), margins=(40, 90), pitches=(1.5, 2.5),
    kinds={
        "fields": 0.15, "boxes": 0.18, "table": 0.14, "letter": 0.1, "fax": 0.04, "sparse": 0.1,
        "survey": 0.07, "columns": 0.12, "mixed": 0.08, "card": 0.02, "notice": 0.0,
    },
    scans={"copy": 0.45, "clean": 0.1, "fax": 0.2, "grey": 0.25},
    skew_deg=1.2, jpeg_share=0.4,
)  # fmt: skip

STYLES: dict[StyleName, Style] = {style.name: style for style in (TRAIN, HELD_OUT)}
