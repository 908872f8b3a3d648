"""A sheet of paper that remembers every word put on it and what it means on the form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from PIL import Image

from scripts.workshop.sample_forms.mask import SCALE, Grey, Lettering, Mask

Label = Literal["question", "answer", "header", "other"]
Align = Literal["left", "center", "right"]
Points = np.ndarray[tuple[Any, ...], np.dtype[np.int64]]

PAPER = 255


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
        *,
        width: float | None = None,
        align: Align = "left",
    ) -> Item:
        """Put text with its first baseline at `at`; a new line at `\\n` and where `width` ends."""
        item = Item(len(self.items), label)
        self.items.append(item)
        x, y = at
        for line in self._lines(text, style, width):
            self._set_line(item, line, (x, y), style, align)
            y += style.line_px
        return item

    def stamp(
        self,
        center: tuple[float, float],
        lines: Iterable[tuple[str, Lettering]],
        angle_deg: float,
        *,
        frame: bool = True,
    ) -> Item:
        """Stamp lines over whatever is there, turned about `center`."""
        item = Item(len(self.items), "other")
        self.items.append(item)
        rows = [(text, style, self._masks(text, style)) for text, style in lines]
        height = sum(style.line_px for _, style, _ in rows)
        widest = max(_line_width(masks, style) for _, style, masks in rows)
        half = (widest / 2 + 10, height / 2 + 6)
        y = center[1] - height / 2
        for text, style, masks in rows:
            x = center[0] - _line_width(masks, style) / 2
            y += style.line_px
            for word, mask in zip(text.split(), masks, strict=True):
                spot = (round(x * SCALE), round((y - style.line_px * 0.25) * SCALE))
                self._ink_turned(item, word, (mask, *spot), center, angle_deg)
                x += mask.advance_px + style.space_px()
        if frame:
            self._frame_turned(center, half, angle_deg)
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

    def shade(self, box: tuple[float, float, float, float]) -> None:
        """A printer's screen of dots: what a grey bar is on paper and a copier keeps."""
        left, top, right, bottom = (round(v * SCALE) for v in box)
        y, x = np.mgrid[top:bottom, left:right]
        dots = ((x + y) % 6 < 2) & ((x - y) % 6 < 2)
        region = self.canvas[top:bottom, left:right]
        np.minimum(region, np.where(dots, 0, PAPER).astype(np.uint8), out=region)

    def paste(self, picture: Grey, corner: tuple[float, float]) -> None:
        """Lay a grey picture (drawing px, dark = ink) on the paper: logos, which are no text."""
        self._ink(255 - picture, round(corner[0] * SCALE), round(corner[1] * SCALE))

    def _lines(self, text: str, style: Lettering, width: float | None) -> Iterable[list[str]]:
        ruler = np.random.default_rng(0)
        for paragraph in text.split("\n"):
            line: list[str] = []
            used = 0.0
            for word in paragraph.split():
                advance = style.word(word, ruler).advance_px + style.space_px()
                if line and width is not None and used + advance - style.space_px() > width:
                    yield line
                    line, used = [], 0.0
                line.append(word)
                used += advance
            yield line

    def _masks(self, text: str, style: Lettering) -> list[Mask]:
        return [style.word(word, self.rng) for word in text.split()]

    def _set_line(
        self,
        item: Item,
        words: list[str],
        at: tuple[float, float],
        style: Lettering,
        align: Align,
    ) -> None:
        masks = self._masks(" ".join(words), style)
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[align]
        x = at[0] - share * _line_width(masks, style)
        for word, mask in zip(words, masks, strict=True):
            left, top = round(x * SCALE) + mask.left, round(at[1] * SCALE) + mask.top
            self._ink(mask.ink, left, top)
            item.words.append(InkWord(word, _outline(mask.ink) + np.array([left, top])))
            x += mask.advance_px + style.space_px()

    def _ink(self, ink: Grey, left: int, top: int) -> None:
        height, width = ink.shape
        region = self.canvas[top : top + height, left : left + width]
        if left < 0 or top < 0 or region.shape != ink.shape:
            raise OffThePageError(
                f"expected ink inside {self.width}x{self.height} page px, got a word at "
                f"({left / SCALE:.0f}, {top / SCALE:.0f}), {width / SCALE:.0f} wide; move it"
            )
        np.minimum(region, PAPER - ink, out=region)

    def _ink_turned(
        self,
        item: Item,
        word: str,
        placed: tuple[Mask, int, int],
        center: tuple[float, float],
        angle_deg: float,
    ) -> None:
        mask, x, y = placed
        turned = self._turn(mask.ink, (x + mask.left, y + mask.top), center, angle_deg)
        self._ink(turned, 0, 0)
        item.words.append(InkWord(word, _outline(turned)))

    def _frame_turned(
        self, center: tuple[float, float], half: tuple[float, float], angle_deg: float
    ) -> None:
        width, height = (round(2 * v * SCALE) for v in half)
        ink = np.zeros((height, width), np.uint8)
        edge = round(1.6 * SCALE)
        ink[:edge] = ink[-edge:] = 200
        ink[:, :edge] = ink[:, -edge:] = 200
        corner = tuple(round((c - h) * SCALE) for c, h in zip(center, half, strict=True))
        self._ink(self._turn(ink, (corner[0], corner[1]), center, angle_deg), 0, 0)

    def _turn(
        self, ink: Grey, corner: tuple[int, int], center: tuple[float, float], angle_deg: float
    ) -> Grey:
        # Room around the page: a line up the margin would be cut while it still lies level.
        pad = self.width * SCALE // 2
        size = (self.width * SCALE + 2 * pad, self.height * SCALE + 2 * pad)
        layer = Image.new("L", size, 0)
        layer.paste(Image.fromarray(ink), (corner[0] + pad, corner[1] + pad))
        pivot = (center[0] * SCALE + pad, center[1] * SCALE + pad)
        turned = np.asarray(layer.rotate(angle_deg, Image.Resampling.BILINEAR, center=pivot))
        page = turned[pad:-pad, pad:-pad]
        if np.count_nonzero(page) < np.count_nonzero(turned):
            raise ValueError(
                f"expected a stamp inside {self.width}x{self.height} page px, got one about "
                f"{center} that hangs over the edge; move it"
            )
        return page


def _line_width(masks: list[Mask], style: Lettering) -> float:
    return sum(mask.advance_px for mask in masks) + style.space_px() * (len(masks) - 1)


def _outline(ink: Grey) -> Points:
    """First and last inked pixel of every column: they hold all corners of the convex hull."""
    solid = ink > 0.35 * float(ink.max())
    columns = np.flatnonzero(solid.any(axis=0))
    first = solid.argmax(axis=0)[columns]
    last = ink.shape[0] - 1 - solid[::-1].argmax(axis=0)[columns]
    return np.concatenate([np.column_stack([columns, first]), np.column_stack([columns, last])])
