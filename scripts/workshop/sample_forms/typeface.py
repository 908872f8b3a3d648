"""Set words in a font: clean as printed, or uneven as a typewriter strikes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scripts.workshop.sample_forms.fonts import load_font
from scripts.workshop.sample_forms.mask import SCALE, Mask, crop_to_ink


@dataclass(frozen=True, slots=True)
class Typeface:
    """`size` in page px; `wobble` is how far a struck character strays, in page px."""

    face: str
    size: float
    ink: float = 1.0
    wobble: float = 0.0
    tracking: float = 0.0
    leading: float = 1.3

    @property
    def line_px(self) -> float:
        return self.size * self.leading

    def space_px(self) -> float:
        # cmtt10 carries no advance for the blank; a fixed pitch is that of any letter.
        wide = "n" if self.face in {"typewriter", "printer", "printer-bold"} else "i"
        return self._font().getlength(wide) / SCALE + self.tracking

    def word(self, text: str, rng: np.random.Generator) -> Mask:
        if self.wobble or self.tracking:
            return self._struck(text, rng)
        font = self._font()
        left, top, right, bottom = (round(v) for v in font.getbbox(text, anchor="ls"))
        picture = Image.new("L", (right - left + 4, bottom - top + 4), 0)
        ImageDraw.Draw(picture).text((2 - left, 2 - top), text, 255, font, anchor="ls")
        advance = font.getlength(text) / SCALE
        return crop_to_ink(np.asarray(picture), (left - 2, top - 2), advance, self.ink)

    def _struck(self, text: str, rng: np.random.Generator) -> Mask:
        font = self._font()
        margin = round(self.size * SCALE)
        widths = [font.getlength(c) + self.tracking * SCALE for c in text]
        picture = Image.new("L", (round(sum(widths)) + 2 * margin, 3 * margin), 0)
        draw = ImageDraw.Draw(picture)
        pen = float(margin)
        for character, width in zip(text, widths, strict=True):
            dx, dy = rng.normal(0, self.wobble * SCALE, 2) if self.wobble else (0.0, 0.0)
            # A worn ribbon and an uneven stroke: some characters come out paler.
            force = 255 - round(abs(rng.normal(0, 40))) if self.wobble else 255
            spot = (round(pen + dx / 2), round(2 * margin + dy))
            draw.text(spot, character, max(force, 190), font, anchor="ls")
            pen += width
        advance = sum(widths) / SCALE
        return crop_to_ink(np.asarray(picture), (-margin, -2 * margin), advance, self.ink)

    def _font(self) -> ImageFont.FreeTypeFont:
        return load_font(self.face, round(self.size * SCALE))
