"""A sheet of paper that remembers every word put on it and what it means on the form."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from PIL import Image

from scripts.workshop.drawing_kit.lettering import PAPER, SCALE, Grey, Lettering, Mask

Label = Literal["question", "answer", "header", "other"]
Align = Literal["left", "center", "right"]
Points = np.ndarray[tuple[Any, ...], np.dtype[np.int64]]


class OffThePageError(ValueError):
    """Something was to be drawn where there is no paper."""


class InkWord(NamedTuple):
    """`outline`: ink points (x, y) in drawing px, enough of them for every extreme of the ink."""

    text: str
    outline: Points


@dataclass(slots=True)
class Item:
    """One entity of the form; `links` as FUNSD writes them: (question, answer) ids."""

    number: int
    label: Label
    words: list[InkWord] = field(default_factory=list)
    links: list[tuple[int, int]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def right(self) -> float:
        return max(float(word.outline[:, 0].max()) for word in self.words) / SCALE

    @property
    def bottom(self) -> float:
        return max(float(word.outline[:, 1].max()) for word in self.words) / SCALE


class Sheet:
    """Lengths and places are page px (about 100 dpi); only `canvas` is `SCALE` times as fine."""

    def __init__(self, width: int, height: int, rng: np.random.Generator) -> None:
        self.width, self.height, self.rng = width, height, rng
        self.canvas: Grey = np.full((height * SCALE, width * SCALE), PAPER, np.uint8)
        self.items: list[Item] = []

    def write(
        self,
        at: tuple[float, float],
        text: str,
        style: Lettering,
        label: Label = "other",
        align: Align = "left",
    ) -> Item:
        """Put an item on the page, its first baseline at `at`; every `\\n` begins a new line."""
        return self.add(label, self.ink(at, text, style, align))

    def ink(
        self, at: tuple[float, float], text: str, style: Lettering, align: Align = "left"
    ) -> list[InkWord]:
        """Write words that are no item of their own: the next line of one, or mere ink."""
        words: list[InkWord] = []
        x, y = at
        for line in text.split("\n"):
            words += self._line((x, y), line, style, align)
            y += style.line_px
        return words

    def turned_ink(
        self, center: tuple[float, float], text: str, style: Lettering, angle_deg: float
    ) -> list[InkWord]:
        """Write one line turned about its middle: a stamp, a number up the margin."""
        turn = math.radians(angle_deg)
        pen = -style.length(text) / 2
        written: list[InkWord] = []
        for word in text.split():
            mask = style.word(word, self.rng)
            height, width = mask.ink.shape
            middle = (
                pen + (mask.left + width / 2) / SCALE,
                (mask.top + height / 2) / SCALE + style.size * 0.36,
            )
            x = center[0] + middle[0] * math.cos(turn) + middle[1] * math.sin(turn)
            y = center[1] - middle[0] * math.sin(turn) + middle[1] * math.cos(turn)
            picture = Image.fromarray(mask.ink).rotate(
                angle_deg, Image.Resampling.BILINEAR, expand=True
            )
            left = round((x - picture.width / SCALE / 2) * SCALE)
            top = round((y - picture.height / SCALE / 2) * SCALE)
            ink = np.asarray(picture)
            self._darken(ink, left, top)
            rows, columns = np.nonzero(ink > 90)
            outline = np.column_stack([columns, rows]) + np.array([left, top])
            written.append(InkWord(word, outline.astype(np.int64)))
            pen += mask.advance_px + style.space_px()
        return written

    def add(self, label: Label, words: list[InkWord]) -> Item:
        """Make an item of words that stand on the page."""
        item = Item(len(self.items), label, words)
        self.items.append(item)
        return item

    def link(self, question: Item, answers: Iterable[Item]) -> None:
        for answer in answers:
            pair = (question.number, answer.number)
            question.links.append(pair)
            answer.links.append(pair)

    def rule(
        self, start: tuple[float, float], end: tuple[float, float], weight: float = 1.0
    ) -> None:
        """An upright or level line, `weight` page px thick."""
        (x0, y0), (x1, y1) = start, end
        half = weight / 2
        self.fill((min(x0, x1) - half, min(y0, y1) - half, max(x0, x1) + half, max(y0, y1) + half))

    def dots(self, start: tuple[float, float], to_x: float, step: float = 8.0) -> None:
        for x in np.arange(start[0], to_x, step):
            self.fill((float(x), start[1] - 1.0, float(x) + 1.0, start[1]), 70)

    def frame(self, box: tuple[float, float, float, float], weight: float = 1.0) -> None:
        left, top, right, bottom = box
        for start, end in (
            ((left, top), (right, top)),
            ((left, bottom), (right, bottom)),
            ((left, top), (left, bottom)),
            ((right, top), (right, bottom)),
        ):
            self.rule(start, end, weight)

    def fill(self, box: tuple[float, float, float, float], grey: int = 0) -> None:
        left, top, right, bottom = (max(0, round(v * SCALE)) for v in box)
        region = self.canvas[top : max(bottom, top + 1), left : max(right, left + 1)]
        np.minimum(region, np.uint8(grey), out=region)

    def paste(self, picture: Grey, corner: tuple[float, float]) -> None:
        """Lay a grey picture (drawing px, dark = ink) on the paper: logos, which are no text."""
        self._darken(255 - picture, round(corner[0] * SCALE), round(corner[1] * SCALE))

    def _line(
        self, at: tuple[float, float], text: str, style: Lettering, align: Align
    ) -> list[InkWord]:
        words = text.split()
        masks = [style.word(word, self.rng) for word in words]
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[align]
        x = at[0] - share * _line_width(masks, style)
        written: list[InkWord] = []
        for word, mask in zip(words, masks, strict=True):
            left, top = round(x * SCALE) + mask.left, round(at[1] * SCALE) + mask.top
            self._darken(mask.ink, left, top)
            written.append(InkWord(word, _outline(mask.ink) + np.array([left, top])))
            x += mask.advance_px + style.space_px()
        return written

    def _darken(self, ink: Grey, left: int, top: int) -> None:
        height, width = ink.shape
        region = self.canvas[top : top + height, left : left + width]
        if left < 0 or top < 0 or region.shape != ink.shape:
            raise OffThePageError(
                f"expected ink inside {self.width}x{self.height} page px, got a word at "
                f"({left / SCALE:.0f}, {top / SCALE:.0f}), {width / SCALE:.0f} wide; move it"
            )
        np.minimum(region, PAPER - ink, out=region)


def _line_width(masks: list[Mask], style: Lettering) -> float:
    return sum(mask.advance_px for mask in masks) + style.space_px() * (len(masks) - 1)


def _outline(ink: Grey) -> Points:
    """First and last inked pixel of every column: they hold all corners of the convex hull."""
    solid = ink > 0.35 * float(ink.max())
    columns = np.flatnonzero(solid.any(axis=0))
    first = solid.argmax(axis=0)[columns]
    last = ink.shape[0] - 1 - solid[::-1].argmax(axis=0)[columns]
    return np.concatenate([np.column_stack([columns, first]), np.column_stack([columns, last])])
