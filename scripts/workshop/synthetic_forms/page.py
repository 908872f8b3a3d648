"""A page being laid out: puts entities on the sheet, in the theme's look, and links them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from scripts.workshop.drawing_kit import Align, Item, Label, Lettering, Sheet, fitted
from scripts.workshop.synthetic_forms.grammar import sentence_case
from scripts.workshop.synthetic_forms.phrases import Kind
from scripts.workshop.synthetic_forms.theme import Case, Theme
from scripts.workshop.synthetic_forms.values import value
from scripts.workshop.synthetic_forms.wording import Wording


class Area(NamedTuple):
    """Page px; blocks fill it from the top and say how far down they came."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    def below(self, top: float) -> Area:
        return self._replace(top=top)

    def inset(self, side: float) -> Area:
        return Area(self.left + side, self.top + side, self.right - side, self.bottom - side)


@dataclass(slots=True)
class Page:
    """`section` is the heading that the questions written now belong to."""

    sheet: Sheet
    theme: Theme
    words: Wording
    section: Item | None = None
    numbered: int = field(default=0)

    @property
    def rng(self) -> np.random.Generator:
        return self.sheet.rng

    def chance(self, share: float) -> bool:
        return self.words.chance(share)

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def count(self, low: int, high: int) -> int:
        """Both ends included."""
        return int(self.rng.integers(low, high + 1))

    def put(
        self,
        at: tuple[float, float],
        text: str,
        style: Lettering,
        label: Label,
        align: Align = "left",
    ) -> Item:
        return self.sheet.write(at, style.writable(text), style, label, align)

    def ask(
        self,
        at: tuple[float, float],
        text: str,
        style: Lettering | None = None,
        align: Align = "left",
    ) -> Item:
        """Put a question; it belongs to the section it stands in."""
        item = self.put(at, text, style or self.theme.label, "question", align)
        if self.section is not None and self.chance(self.theme.header_links):
            self.sheet.link(self.section, [item])
        if self.theme.underline_labels and self.chance(self.theme.underline_labels):
            self.underline(item, at[1])
        return item

    def answer(
        self, at: tuple[float, float], text: str, question: Item | None, align: Align = "left"
    ) -> Item:
        item = self.put(at, self.filled(text), self.theme.value, "answer", align)
        if question is not None:
            self.sheet.link(question, [item])
        return item

    def heading(self, at: tuple[float, float], text: str, align: Align = "left") -> Item:
        """Put a section heading and begin its section."""
        written = cased(text, self.theme.heading_case)
        if self.chance(self.theme.colon * 0.6):
            written += ":"
        item = self.put(at, written, self.theme.heading, "header", align)
        if self.theme.underline_headings:
            self.underline(item, at[1])
        self.section = item
        return item

    def underline(self, item: Item, baseline: float) -> None:
        left = min(float(word.outline[:, 0].min()) for word in item.words) / 3
        level = max(baseline, item.bottom - 1) + 1.6
        self.sheet.rule((left, level), (item.right, level), 0.8)

    def label_text(self, text: str, *, colon: bool = True) -> str:
        """The label as this form prints it: capitals, number, colon."""
        written = cased(text, self.theme.label_case)
        if colon and not written.endswith(("?", ":")) and self.chance(self.theme.colon):
            written += ":"
        if self.theme.numbering in ("dot", "paren", "both"):
            self.numbered += 1
            form = {"dot": "{}.", "paren": "{})", "both": "({})"}[self.theme.numbering]
            written = f"{form.format(self.numbered)} {written}"
        return f"- {written}" if self.theme.numbering == "dash" else written

    def filled(self, text: str) -> str:
        return text.upper() if self.theme.value_upper else text

    def filling(self, kind: Kind, style: Lettering, width: float) -> str:
        """A value that fits the place it is written in; cut short only if none of five did."""
        drawn = [self.filled(value(self.words, kind)) for _ in range(5)]
        fitting = [text for text in drawn if style.length(text) <= width]
        if not fitting:
            return fitted(drawn[0], style, width)
        # Choosing among those that fit favours the short; people have more to say than that.
        wordy = self.chance(0.4)
        return max(fitting[:3], key=lambda text: text.count(" ")) if wordy else fitting[0]

    def blank(self) -> bool:
        return self.chance(self.theme.blank)


def cased(text: str, case: Case) -> str:
    """`("Date of Birth", "sentence") -> "Date of birth"`."""
    if case == "upper":
        return text.upper()
    return text if case == "title" else sentence_case(text.lower())


def split_area(area: Area, shares: Iterable[float], gap: float) -> list[Area]:
    """Side by side, `gap` apart."""
    listed = list(shares)
    usable = area.width - gap * (len(listed) - 1)
    areas: list[Area] = []
    left = area.left
    for share in listed:
        right = left + usable * share / sum(listed)
        areas.append(area._replace(left=left, right=right))
        left = right + gap
    return areas
