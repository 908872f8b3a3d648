"""Draw how one form looks: its faces, capitals, colons, rules and how much of it is filled in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import numpy as np

from scripts.workshop.drawing_kit import Hand, Lettering, Print, bold_of
from scripts.workshop.synthetic_forms.style import Style

Choice = TypeVar("Choice", bound=str)
Case = Literal["upper", "title", "sentence"]
Rule = Literal["line", "dots", "dashes", "none"]
Placement = Literal["follow", "tab", "far", "right"]


@dataclass(frozen=True, slots=True)
class Theme:
    """`colon`, `blank`, `underline` are shares of labels; `pitch` is in label sizes."""

    label: Print
    value: Lettering
    heading: Print
    title: Print
    small: Print
    prose: Print
    label_case: Case
    value_upper: bool
    heading_case: Case
    title_case: Case
    colon: float
    blank: float
    underline_labels: float
    underline_headings: bool
    rule: Rule
    placement: Placement
    labels_right: bool
    pitch: float
    numbering: Literal["none", "dot", "paren", "both", "apart", "dash"]
    header_links: float
    lift: float
    box_weight: float
    mark: Literal["typed", "box", "paren"]
    mark_after: bool

    @property
    def line_px(self) -> float:
        return self.label.size * self.pitch


def draw_theme(style: Style, rng: np.random.Generator) -> Theme:
    typed_form = bool(rng.uniform() < style.typed_share)
    label = _print(style, rng, typed=typed_form)
    value = _value(style, label, rng)
    bold = replace(label, face=bold_of(label.face), jitter=label.jitter / 2)
    other = label if typed_form and rng.uniform() < 0.8 else _print(style, rng, typed=False)
    headline = replace(other, face=bold_of(other.face)) if rng.uniform() < 0.75 else other
    if rng.uniform() < 0.25 and not typed_form:
        label = bold
    size = label.size
    return Theme(
        label=label,
        value=value,
        heading=replace(headline, size=size * rng.uniform(0.95, 1.25)) if rng.uniform() < 0.7
        else label,
        title=replace(headline, size=size * rng.uniform(1.0, 1.75)),
        small=replace(other, size=max(8.2, size * rng.uniform(0.62, 0.88)), jitter=0.0),
        prose=label if label is not bold else other,
        label_case=_pick(rng, {"upper": 0.46, "title": 0.44, "sentence": 0.1}),
        value_upper=bool(rng.uniform() < 0.28),
        heading_case=_pick(rng, {"upper": 0.6, "title": 0.4}),
        title_case=_pick(rng, {"upper": 0.7, "title": 0.3}),
        colon=_colon_share(rng),
        blank=_blank_share(rng),
        underline_labels=float(rng.uniform(0.2, 1)) if rng.uniform() < 0.06 else 0.0,
        underline_headings=bool(rng.uniform() < 0.35),
        rule=_pick(rng, {"line": 0.62, "none": 0.26, "dots": 0.05, "dashes": 0.07}),
        placement=_pick(rng, {"follow": 0.52, "tab": 0.36, "far": 0.07, "right": 0.05}),
        labels_right=bool(rng.uniform() < 0.1),
        pitch=float(rng.uniform(*style.pitches)),
        numbering=_pick(
            rng,
            {"none": 0.81, "dot": 0.07, "paren": 0.03, "both": 0.02, "apart": 0.04, "dash": 0.03},
        ),
        header_links=0.75 if rng.uniform() < 0.6 else 0.05,
        lift=float(rng.uniform(-0.5, 3.0)),
        box_weight=float(rng.choice([0.7, 1.0, 1.4, 2.0])),
        mark=_pick(rng, {"typed": 0.5, "box": 0.38, "paren": 0.12}),
        mark_after=bool(rng.uniform() < 0.3),
    )  # fmt: skip


def _print(style: Style, rng: np.random.Generator, *, typed: bool) -> Print:
    faces = style.typed_faces if typed else style.printed_faces
    face = faces[int(rng.integers(len(faces)))]
    size = float(rng.uniform(*(style.typed_sizes if typed else style.printed_sizes)))
    stretch = 1.0 if rng.uniform() < 0.5 else float(rng.uniform(*style.stretches))
    jitter = float(rng.uniform(0.05, 0.5)) if typed and rng.uniform() < 0.6 else 0.0
    if not typed:
        leading = float(rng.uniform(1.15, 1.35))
        return Print(face, size, stretch, leading=leading)
    # Fixed pitch faces differ in how wide they run: ten or twelve characters to the inch.
    narrow = 1.0 if face == "typewriter" else 0.86
    return Print(
        face, size * narrow, stretch * narrow, jitter=jitter,
        leading=float(rng.uniform(1.1, 1.4)), stroke_px=_stroke(face, rng),
    )  # fmt: skip


def _stroke(face: str, rng: np.random.Generator) -> int:
    """cmtt10 is as thin as metal type; a ribbon strikes wider, a new one most."""
    if face == "typewriter":
        return int(rng.choice([0, 0, 1, 1, 1]))
    return int(rng.choice([0, 0, 1]))


def _value(style: Style, label: Print, rng: np.random.Generator) -> Lettering:
    draw = rng.uniform()
    if draw < 0.3:
        return replace(label, jitter=max(label.jitter, 0.1))
    if draw < 0.86:
        return _print(style, rng, typed=bool(rng.uniform() < 0.8))
    if style.name == "train" and draw < 0.89:
        return Print("intuitive", float(rng.uniform(13, 17)))
    return Hand(
        float(rng.uniform(9, 13)),
        slant=float(rng.uniform(-0.05, 0.35)),
        pen_px=float(rng.uniform(0.9, 1.6)),
        jitter=float(rng.uniform(0.1, 0.3)),
        stretch=float(rng.uniform(0.8, 1.15)),
        joined=bool(rng.uniform() < 0.5),
    )


def _colon_share(rng: np.random.Generator) -> float:
    if rng.uniform() < 0.42:
        return float(rng.uniform(0, 0.06))
    return float(rng.uniform(0.8, 1.0)) if rng.uniform() < 0.75 else float(rng.uniform(0.1, 0.7))


def _blank_share(rng: np.random.Generator) -> float:
    """Most forms are filled in for the greater part; some are hardly touched."""
    return float(rng.beta(1.0, 2.9)) if rng.uniform() < 0.94 else float(rng.uniform(0.7, 0.95))


def _pick(rng: np.random.Generator, weights: dict[Choice, float]) -> Choice:
    total, draw = sum(weights.values()), float(rng.uniform())
    for choice, weight in weights.items():
        draw -= weight / total
        if draw < 0:
            return choice
    return choice
