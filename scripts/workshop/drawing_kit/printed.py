"""Words in a typeface: clean as printed, or uneven as a typewriter strikes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from scripts.workshop.drawing_kit.faces import FACES, load_face
from scripts.workshop.drawing_kit.lettering import SCALE, Grey, Mask, crop_to_ink


@dataclass(frozen=True, slots=True)
class Print:
    """`size` (em), `tracking` in page px; `stretch` below 1 is condensed; `stroke_px` fattens.

    `jitter` is how far a struck character strays, in page px; 0 is print.
    """

    face: str
    size: float
    stretch: float = 1.0
    ink: float = 1.0
    jitter: float = 0.0
    tracking: float = 0.0
    leading: float = 1.25
    stroke_px: int = 0

    @property
    def line_px(self) -> float:
        return self.size * self.leading

    def space_px(self) -> float:
        # cmtt10 carries no advance for the blank; a fixed pitch is that of any letter.
        wide = "n" if FACES[self.face].fixed_pitch else "i"
        return self._length(wide) + self.tracking

    def length(self, text: str) -> float:
        """Width of a line of words in page px."""
        words = text.split()
        inked = sum(self._length(word) + self.tracking * len(word) for word in words)
        return inked + self.space_px() * max(0, len(words) - 1)

    def writable(self, text: str) -> str:
        return text

    def word(self, text: str, rng: np.random.Generator) -> Mask:
        font = load_face(self.face, round(self.size * SCALE))
        margin = round(self.size * SCALE)
        widths = [font.getlength(c) + self.tracking * SCALE / self.stretch for c in text]
        picture = Image.new("L", (round(sum(widths)) + 2 * margin, 3 * margin), 0)
        draw = ImageDraw.Draw(picture)
        if self.jitter or self.tracking:
            self._strike(draw, text, widths, rng)
        else:
            spot = (margin, 2 * margin)
            draw.text(spot, text, 255, font, anchor="ls", stroke_width=self.stroke_px)
            widths = [font.getlength(text)]
        advance = sum(widths) * self.stretch / SCALE
        ink, left = self._stretched(picture), round(margin * self.stretch)
        return crop_to_ink(ink, (-left, -2 * margin), advance, self.ink)

    def _strike(
        self, draw: ImageDraw.ImageDraw, text: str, widths: list[float], rng: np.random.Generator
    ) -> None:
        font = load_face(self.face, round(self.size * SCALE))
        pen = float(round(self.size * SCALE))
        base = 2 * round(self.size * SCALE)
        for character, width in zip(text, widths, strict=True):
            dx, dy = rng.normal(0, self.jitter * SCALE, 2) if self.jitter else (0.0, 0.0)
            # A worn ribbon and an uneven stroke: some characters come out paler.
            force = 255 - round(abs(rng.normal(0, 35))) if self.jitter else 255
            spot = (round(pen + dx / 2), round(base + dy))
            fill = max(force, 170)
            draw.text(spot, character, fill, font, anchor="ls", stroke_width=self.stroke_px)
            pen += width

    def _stretched(self, picture: Image.Image) -> Grey:
        if self.stretch != 1.0:
            size = (max(1, round(picture.width * self.stretch)), picture.height)
            picture = picture.resize(size, Image.Resampling.BILINEAR)
        return np.asarray(picture)

    def _length(self, word: str) -> float:
        font = load_face(self.face, round(self.size * SCALE))
        return float(font.getlength(word)) * self.stretch / SCALE
