"""Write words by hand: pen strokes of our own, bent a little differently every time.

`hand.txt` holds the strokes of each character and says how they are written down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from scripts.workshop.drawing_kit.lettering import SCALE, Mask, crop_to_ink

CAPITAL_UNITS = 9.0

_FILE = Path(__file__).with_suffix(".txt")
# After a blank line, one character a line.
STROKES = {line[0]: line[2:] for line in _FILE.read_text("utf-8").partition("\n\n")[2].splitlines()}

# A joining hand runs from the end of one small letter into the next without lifting the pen.
_JOINING = frozenset("abcdehiklmnoprstuvwxz")
# Letters whose dot or bar is set afterwards: the pen goes on from the first stroke.
_BODY_FIRST = frozenset("it")

Points = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@cache
def glyph_strokes(character: str) -> tuple[Points, ...]:
    """`l` -> one array of shape (points, 2); KeyError for a character the hand cannot write."""
    return tuple(
        np.array([[float(v) for v in point.split(",")] for point in stroke.split()])
        for stroke in STROKES[character].split("/")
    )


def smooth(points: Points, steps: int = 6) -> Points:
    """Run a Catmull-Rom curve through the points (Catmull and Rom 1974, tension 1/2)."""
    padded = np.vstack([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = [
        0.5
        * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )
        for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False)
    ]
    return np.vstack([*parts, points[-1:]])


@dataclass(frozen=True, slots=True)
class Hand:
    """One writer: capitals `size` page px high, `slant` sideways per unit of height.

    `jitter` is how far points stray, on the grid of the letters.
    """

    size: float
    slant: float = 0.18
    pen_px: float = 1.3
    jitter: float = 0.22
    stretch: float = 1.0
    ink: float = 0.95
    leading: float = 1.7
    joined: bool = False

    @property
    def line_px(self) -> float:
        return self.size * self.leading

    def space_px(self) -> float:
        return self.size * 0.5 * self.stretch

    def length(self, text: str) -> float:
        return 0.62 * self.size * self.stretch * len(text)

    def writable(self, text: str) -> str:
        kept = "".join(c for c in text if c in STROKES or c in " \n")
        return kept if kept.strip() else "-"

    def word(self, text: str, rng: np.random.Generator) -> Mask:
        unit = self.size / CAPITAL_UNITS * SCALE
        strokes: list[Points] = []
        pen = 0.0
        rise = rng.normal(0, 0.02)
        exit_point: Points | None = None
        for character in text:
            glyph = glyph_strokes(character)
            growth = 1 + rng.normal(0, 0.05)
            lift = rng.normal(0, self.jitter) + rise * pen
            bent = [self._bend(stroke * growth, (pen, lift), rng) for stroke in glyph]
            if exit_point is not None and character in _JOINING:
                bent[0] = np.vstack([exit_point, bent[0]])
            body = bent[0] if character in _BODY_FIRST else bent[-1]
            exit_point = body[-1:] if self.joined and character in _JOINING else None
            strokes += [smooth(stroke) * unit for stroke in bent]
            width = max(float(s[:, 0].max()) for s in glyph)
            gap = 1.7 if self.joined else 1.3
            pen += (width + gap + rng.normal(0, self.jitter)) * self.stretch
        return self._trace(strokes, pen * unit / SCALE)

    def _bend(self, stroke: Points, at: tuple[float, float], rng: np.random.Generator) -> Points:
        bent = stroke + rng.normal(0, self.jitter / 2.2, stroke.shape)
        x = at[0] + bent[:, 0] * self.stretch + self.slant * bent[:, 1]
        return np.column_stack([x, -(bent[:, 1] + at[1])])

    def _trace(self, strokes: list[Points], advance_px: float) -> Mask:
        every = np.vstack(strokes)
        margin = math.ceil(self.pen_px * SCALE) + 2
        left, top = (int(v) - margin for v in np.floor(every.min(axis=0)))
        right, bottom = (int(v) + margin for v in np.ceil(every.max(axis=0)))
        picture = Image.new("L", (right - left, bottom - top), 0)
        draw = ImageDraw.Draw(picture)
        radius = self.pen_px * SCALE / 2
        for stroke in strokes:
            line = [(float(x) - left, float(y) - top) for x, y in stroke]
            draw.line(line, fill=255, width=max(1, round(2 * radius)), joint="curve")
            for x, y in (line[0], line[-1]):
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        return crop_to_ink(np.asarray(picture), (left, top), advance_px, self.ink)
