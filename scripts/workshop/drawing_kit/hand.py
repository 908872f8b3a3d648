"""Write words by hand: pen strokes of our own, bent a little differently every time.

A glyph is strokes parted by `/`; a stroke is points `x,y` on a grid with the baseline at 0,
small letters 5 high, capitals 9. Points are joined by a smooth curve; a point given twice is a
corner.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from scripts.workshop.drawing_kit.lettering import SCALE, Mask, crop_to_ink

CAPITAL_UNITS = 9.0
_BOWL = "3,9 1.2,7.6 .5,4.4 1.4,.9 3.2,0 5.1,1.6 5.6,5 4.6,8.2 2.8,9"
_LOOP = ".7,9 .6,0/.4,8.8 3.2,9 4.7,7 3.4,4.6 .8,4.3"

STROKES = {
    "a": "4,4.5 2.5,5 .8,3.8 .5,1.5 1.5,0 3,.6 4,3/4,5 3.9,2 4.2,.3 5,0",
    "b": ".6,9 .5,5 .5,.3/.5,3 1.8,5 3.5,4.4 3.8,2 2.6,.1 1,.3 .5,1.2",
    "c": "3.6,4 2.4,5 .9,4 .5,2 1.3,.2 2.6,0 3.8,.9",
    "d": "4,4 2.5,5 .8,3.8 .5,1.6 1.5,0 3,.5 4,2.5/4.1,9 4,4 4.1,.6 4.7,0",
    "e": ".6,2.6 2.2,2.8 3.6,3.6 3,5 1.5,4.8 .6,3 .7,1 2,0 3.8,.9",
    "f": "3.6,8.4 2.6,9 1.7,7.5 1.6,4 1.5,0/.3,5 3.2,5.1",
    "g": "3.9,4.3 2.4,5 .7,3.7 .6,1.6 1.8,.3 3.2,1 3.9,3/4,5 3.9,1 3.6,-2 2,-3 .5,-2.2",
    "h": ".6,9 .5,4 .5,0/.5,2.8 1.8,4.9 3.2,4.6 3.6,2.5 3.6,.4 4.3,0",
    "i": ".8,5 .7,2 .9,.3 1.6,0/.9,7.2 1,7.4",
    "j": "1.6,5 1.6,0 1.2,-2.4 0,-2.8/1.7,7.2 1.8,7.4",
    "k": ".6,9 .5,4 .5,0/3.4,4.9 .6,2.3/1.4,2.8 3.7,0",
    "l": ".8,9 .7,4 .8,.6 1.5,0",
    "m": ".5,5 .5,0/.5,3 1.6,4.9 2.7,4.4 2.8,0/2.8,3 4,4.9 5,4.4 5.1,.4 5.7,0",
    "n": ".5,5 .5,0/.5,2.8 1.8,4.9 3.2,4.5 3.5,2 3.6,.3 4.2,0",
    "o": "2.4,5 .8,4 .5,2 1.6,0 3.2,.5 3.9,2.6 3.2,4.6 2.2,5",
    "p": ".5,5 .5,0 .4,-3/.5,3 1.8,5 3.5,4.4 3.8,2 2.6,.1 1,.5 .5,1.4",
    "q": "3.9,4.3 2.4,5 .7,3.7 .6,1.6 1.8,.1 3.2,1 3.9,3/4,5 3.9,-3 4.8,-2",
    "r": ".5,5 .6,0/.5,2.6 1.5,4.6 2.6,5 3.2,4.6",
    "s": "3.2,4.4 2,5 .8,4.2 1.2,3 2.8,2 3,.8 1.8,0 .4,.7",
    "t": "1.7,8 1.5,4 1.6,.8 2.4,0 3.2,.4/.3,5.2 3,5.3",
    "u": ".5,5 .5,1.6 1.4,0 2.8,.6 3.7,3/3.8,5 3.8,.8 4.5,0",
    "v": ".3,5 1.8,0 1.8,0 3.5,5",
    "w": ".3,5 1.4,0 1.4,0 2.8,4 2.8,4 4.1,0 4.1,0 5.4,5",
    "x": ".4,5 3.5,0/3.4,5 .3,0",
    "y": ".4,5 .8,2.2 2,1.2 3.3,2.4/3.7,5 3.2,0 2,-2.8 .5,-2.6",
    "z": ".5,5 3.4,5 3.4,5 .4,0 .4,0 3.7,.1",
    "A": ".2,0 2.8,9 2.8,9 5.3,0/1.2,3.2 4.6,3.4",
    "B": ".6,9 .6,0/.4,8.8 3,9 4.4,7.4 3,5 .8,4.8/.8,4.8 3.6,4.8 5,2.6 3.4,.2 .5,0",
    "C": "5,7.4 3.6,9 1.6,8 .6,4.6 1.4,1 3.2,0 5.2,1.4",
    "D": ".7,9 .7,0/.3,8.9 3,8.8 5.3,6.4 5.2,2.8 3,.2 .5,0",
    "E": "4.4,9 .7,9 .7,9 .7,0 .7,0 4.5,0/.8,4.8 3.7,4.9",
    "F": "4.6,9 .8,9 .8,9 .7,0/.8,4.8 3.8,4.9",
    "G": "5,7.6 3.4,9 1.4,7.8 .6,4.4 1.4,.8 3.4,0 5,1.6 5.1,4 5.1,4 3.3,4",
    "H": ".6,9 .6,0/4.9,9 4.9,0/.7,4.6 4.9,4.8",
    "I": ".2,9 2.4,9/1.3,9 1.3,0/.2,0 2.4,0",
    "J": "3.8,9 3.8,2 2.6,0 1,.2 .3,1.8/2.2,9 5,9",
    "K": ".6,9 .6,0/4.6,9 .7,4/1.8,5.2 5,0",
    "L": ".7,9 .6,0 .6,0 4.3,.1",
    "M": ".4,0 .9,9 .9,9 3.2,3 3.2,3 5.5,9 5.5,9 6.1,0",
    "N": ".6,0 .6,9 .6,9 4.8,0 4.8,0 4.9,9",
    "O": _BOWL,
    "P": _LOOP,
    "Q": _BOWL + "/3.6,2 6,-.6",
    "R": _LOOP + "/2.4,4.4 5,0",
    "S": "4.4,7.8 3,9 1,8 1,6 3,4.6 4.5,2.8 3.6,.4 1.8,0 .3,1.4",
    "T": ".2,9 5.2,9/2.7,9 2.6,0",
    "U": ".6,9 .6,2.6 1.8,.2 3.8,.3 4.9,2.8 5,9",
    "V": ".3,9 2.6,0 2.6,0 5,9",
    "W": ".3,9 1.8,0 1.8,0 3.6,6.5 3.6,6.5 5.4,0 5.4,0 7.1,9",
    "X": ".5,9 4.8,0/4.7,9 .3,0",
    "Y": ".3,9 2.5,4.6/4.9,9 2.5,4.6 1.9,0",
    "Z": ".6,9 4.7,9 4.7,9 .4,0 .4,0 5,.1",
    "0": "2.2,8 .7,6.2 .5,2.4 1.8,0 3.4,1.4 3.9,5 3.2,7.6 2,8",
    "1": ".6,6.4 1.7,8 1.7,8 1.6,0",
    "2": ".5,6.6 1.8,8 3.4,7.2 3.2,4.8 .4,0 .4,0 4,.2",
    "3": ".6,7.2 2.2,8 3.5,6.6 2.6,4.6 1.6,4.3/1.6,4.3 3.4,3.8 3.8,1.8 2.2,0 .4,.9",
    "4": "2.8,8 .4,3 .4,3 4.3,3.1/3.2,5 3.1,0",
    "5": "3.7,8 1,8 1,8 .7,4.6 .7,4.6 2.4,5 3.8,3.2 3,.6 1.4,0 .3,.8",
    "6": "3.3,7.6 1.4,6 .5,2.6 1.6,0 3.3,.6 3.7,2.8 2.2,4.2 .7,2.8",
    "7": ".4,8 3.9,8 3.9,8 1.6,0",
    "8": "3.4,7.2 2,8 .8,6.6 1.8,4.8 3.4,3 3.2,.8 1.8,0 .6,1.2 1.2,3.2 3,5.4 3.4,7.2",
    "9": "3.6,6.8 2.2,8 .7,6.6 1,4.6 2.6,4.2 3.6,6/3.7,7 3.4,3 2.8,0",
    ".": ".5,.1 1,.2 .6,.6",
    ",": ".6,.8 1.1,.5 .3,-1.7",
    "-": ".4,3 2.6,3.1",
    "/": ".2,-.8 3.2,9",
    "'": ".7,9 .5,7",
    "(": "2,9.6 .7,6 .8,1.6 2,-1.4",
    ")": ".5,9.6 1.8,6 1.7,1.6 .5,-1.4",
    "?": ".5,7 1.8,9 3.6,7.8 3,5.4 1.8,4 1.8,2.4/1.7,.3 1.8,.1",
    ":": ".6,4 1,4.2/.6,.3 1,.1",
    "#": "1.4,8 .8,0/3.2,8 2.6,0/.2,5.4 4,5.6/.1,2.6 3.9,2.8",
    "&": "4.4,0 1,6 1.6,8 3,7.4 2.6,5.4 .6,2.4 1.4,.2 3.2,.6 4.6,3.4",
    "$": "3.8,7 2.2,7.8 .7,6.4 2.2,4.2 3.8,2.6 2.4,.6 .4,1.4/2.4,9 2,-.8",
    "%": "4.2,8 .6,0/1.2,8 .4,6.8 1.2,5.6 2,6.8 1.2,8/3.8,2.6 3,1.3 3.8,0 4.6,1.3 3.8,2.6",
}

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
