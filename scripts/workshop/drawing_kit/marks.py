"""Ink that is no text: ticks, signatures, emblems of letterheads."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from scripts.workshop.drawing_kit.lettering import PAPER, SCALE
from scripts.workshop.drawing_kit.sheet import InkWord, Sheet

TICKS = {
    "cross": [[(0.0, 0.0), (1.0, 1.0)], [(1.0, 0.0), (0.0, 1.0)]],
    "check": [[(0.1, 0.35), (0.4, 0.9), (1.25, -0.45)]],
}


def tick(sheet: Sheet, corner: tuple[float, float], side: float, name: str) -> InkWord:
    """One of `TICKS`, which overshoots its box; in the annotation `☑`, where the box is."""
    for path in TICKS[name]:
        bent = [(x + sheet.rng.normal(0, 0.13), y + sheet.rng.normal(0, 0.13)) for x, y in path]
        for (x0, y0), (x1, y1) in pairwise(bent):
            for share in np.linspace(0, 1, 40):
                x = corner[0] + side * float(x0 + share * (x1 - x0))
                y = corner[1] + side * float(y0 + share * (y1 - y0))
                sheet.fill((x - 0.6, y - 0.6, x + 0.6, y + 0.6))
    box = np.array([corner, (corner[0] + side, corner[1] + side)]) * SCALE
    return InkWord("☑", box.astype(np.int64))


def scribble(sheet: Sheet, at: tuple[float, float], width: float) -> None:
    """A signature that nobody can read."""
    rng = sheet.rng
    size = rng.uniform(7, 14)
    knots = int(rng.integers(7, 17))
    t = np.linspace(0, 1, 140)
    turns = np.cumsum(rng.uniform(0.5, 1.6, knots))
    phase = np.pi * np.interp(t, np.linspace(0, 1, knots), turns)
    tall = np.interp(t, np.linspace(0, 1, knots), rng.uniform(0.15, 1.0, knots) ** 1.5)
    x = at[0] + width * t + size * rng.uniform(0.3, 0.9) * np.sin(phase + rng.uniform(0, 6))
    y = at[1] - size * 0.4 + size * (0.3 + tall) * np.cos(phase * rng.uniform(0.9, 1.1))
    nib = rng.uniform(0.45, 0.9)
    steps = np.linspace(0, len(t) - 1, 900)
    for sx, sy in zip(
        np.interp(steps, range(len(t)), x), np.interp(steps, range(len(t)), y), strict=True
    ):
        sheet.fill((float(sx) - nib, float(sy) - nib, float(sx) + nib, float(sy) + nib), 25)


def emblem(sheet: Sheet, corner: tuple[float, float], side: float, name: str) -> None:
    """One of `EMBLEMS`, `side` page px wide and high with its upper left corner at `corner`."""
    size = round(side * SCALE)
    picture = Image.new("L", (size, size), PAPER)
    EMBLEMS[name](ImageDraw.Draw(picture), size, max(2, size // 22))
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


EMBLEMS = {"wheel": _wheel, "waves": _waves, "peak": _peak, "leaf": _leaf}
