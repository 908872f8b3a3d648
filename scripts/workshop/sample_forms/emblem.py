"""Emblems for letterheads: ink that is no text, and so is in no annotation."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw

from scripts.workshop.sample_forms.mask import SCALE
from scripts.workshop.sample_forms.sheet import PAPER, Sheet

Kind = Literal["wheel", "waves", "peak", "leaf"]


def emblem(sheet: Sheet, corner: tuple[float, float], side: float, kind: Kind) -> None:
    """Draw an emblem `side` page px wide and high with its upper left corner at `corner`."""
    size = round(side * SCALE)
    picture = Image.new("L", (size, size), PAPER)
    draw = ImageDraw.Draw(picture)
    pen = max(2, size // 22)
    {"wheel": _wheel, "waves": _waves, "peak": _peak, "leaf": _leaf}[kind](draw, size, pen)
    sheet.paste(np.asarray(picture), corner)


def _wheel(draw: ImageDraw.ImageDraw, size: int, pen: int) -> None:
    middle = size / 2
    draw.ellipse((0, 0, size - 1, size - 1), outline=0, width=2 * pen)
    draw.ellipse((middle * 0.7, middle * 0.7, middle * 1.3, middle * 1.3), fill=0)
    for spoke in range(8):
        angle = spoke * math.pi / 4 + 0.2
        end = (middle + middle * math.cos(angle), middle + middle * math.sin(angle))
        draw.line((middle, middle, *end), fill=0, width=pen)


def _waves(draw: ImageDraw.ImageDraw, size: int, pen: int) -> None:
    draw.rectangle((0, 0, size - 1, size - 1), outline=0, width=pen)
    for row in range(4):
        level = size * (0.28 + 0.17 * row)
        points = [
            (x, level + size * 0.05 * math.sin(x / size * 5 * math.pi + row))
            for x in range(pen * 2, size - pen * 2)
        ]
        draw.line(points, fill=0, width=pen + row)


def _peak(draw: ImageDraw.ImageDraw, size: int, pen: int) -> None:
    draw.polygon([(0, size - 1), (size * 0.42, 0), (size * 0.84, size - 1)], fill=0)
    draw.polygon([(size * 0.3, size * 0.35), (size * 0.42, 0), (size * 0.55, size * 0.35)], PAPER)
    draw.line((size * 0.42, 0, size * 0.28, size * 0.36), fill=0, width=pen)
    draw.line((size * 0.42, 0, size * 0.57, size * 0.36), fill=0, width=pen)
    draw.polygon([(size * 0.5, size - 1), (size * 0.76, size * 0.4), (size - 1, size - 1)], fill=60)


def _leaf(draw: ImageDraw.ImageDraw, size: int, pen: int) -> None:
    draw.chord((size * 0.1, -size * 0.5, size * 1.2, size * 0.95), 60, 215, fill=0)
    draw.line((0, size - 1, size * 0.72, size * 0.3), fill=PAPER, width=pen)
    draw.line((0, size - 1, size * 0.3, size * 0.72), fill=0, width=pen)
