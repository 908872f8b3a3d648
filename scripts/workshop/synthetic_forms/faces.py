"""The faces of each style and how a face is set: stretched, tracked, unevenly struck.

No face of one style family is used by the other.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr_model.errors import ConfigError
from scripts.workshop.sample_forms.fonts import packaged_file
from scripts.workshop.sample_forms.mask import SCALE, Grey, Mask, crop_to_ink

EXTRA = "synthetic"
_TTF = ("matplotlib", "mpl-data/fonts/ttf")
_BASE64 = "pymupdf_fonts"


class Face(NamedTuple):
    """`file` in `folder` of `package`; pymupdf_fonts keeps its fonts as modules instead."""

    package: str
    folder: str
    file: str
    fixed_pitch: bool = False


FACES: dict[str, Face] = {
    "typewriter": Face(*_TTF, "cmtt10.ttf", True),
    "printer": Face(*_TTF, "DejaVuSansMono.ttf", True),
    "printer-bold": Face(*_TTF, "DejaVuSansMono-Bold.ttf", True),
    "terminal": Face(_BASE64, "", "FiraMono_Regular", True),
    "terminal-bold": Face(_BASE64, "", "FiraMono_Bold", True),
    "times": Face(*_TTF, "STIXGeneral.ttf"),
    "times-bold": Face(*_TTF, "STIXGeneralBol.ttf"),
    "times-italic": Face(*_TTF, "STIXGeneralItalic.ttf"),
    "cambria": Face("font_caladea", "files", "Caladea-Regular.ttf"),
    "cambria-bold": Face("font_caladea", "files", "Caladea-Bold.ttf"),
    "grotesque": Face("font_roboto", "files", "Roboto-Regular.ttf"),
    "grotesque-bold": Face("font_roboto", "files", "Roboto-Bold.ttf"),
    "dejavu": Face(*_TTF, "DejaVuSans.ttf"),
    "dejavu-bold": Face(*_TTF, "DejaVuSans-Bold.ttf"),
    "open": Face("ttf_opensans", "ttf", "OpenSans-Regular.ttf"),
    "open-bold": Face("ttf_opensans", "ttf", "OpenSans-Bold.ttf"),
    "hanken": Face("font_hanken_grotesk", "files", "HankenGrotesk-Regular.otf"),
    "hanken-bold": Face("font_hanken_grotesk", "files", "HankenGrotesk-Bold.otf"),
    "intuitive": Face("font_intuitive", "files", "Intuitive.ttf"),
    # Held-out style.
    "cascadia": Face(_BASE64, "", "CascadiaMono_Regular", True),
    "cascadia-bold": Face(_BASE64, "", "CascadiaMono_Bold", True),
    "space": Face(_BASE64, "", "SpaceMono_Regular", True),
    "space-bold": Face(_BASE64, "", "SpaceMono_Bold", True),
    "book": Face("font_source_serif_pro", "files", "SourceSerifPro-Regular.ttf"),
    "book-bold": Face("font_source_serif_pro", "files", "SourceSerifPro-Bold.ttf"),
    "dejavu-serif": Face(*_TTF, "DejaVuSerif.ttf"),
    "dejavu-serif-bold": Face(*_TTF, "DejaVuSerif-Bold.ttf"),
    "humanist": Face("font_source_sans_pro", "files", "SourceSansPro-Regular.ttf"),
    "humanist-bold": Face("font_source_sans_pro", "files", "SourceSansPro-Bold.ttf"),
    "fira": Face(_BASE64, "", "FiraGO_Regular"),
    "fira-bold": Face(_BASE64, "", "FiraGO_Bold"),
    "manrope": Face("font_manrope", "files", "Manrope-Regular.ttf"),
    "manrope-bold": Face("font_manrope", "files", "Manrope-Bold.ttf"),
}


@dataclass(frozen=True, slots=True)
class Print:
    """`size` (em), `tracking` in page px; `stretch` below 1 is condensed; `stroke_px` fattens."""

    face: str
    size: float
    stretch: float = 1.0
    ink: float = 1.0
    wobble: float = 0.0
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

    def word(self, text: str, rng: np.random.Generator) -> Mask:
        font = load_face(self.face, round(self.size * SCALE))
        margin = round(self.size * SCALE)
        widths = [font.getlength(c) + self.tracking * SCALE / self.stretch for c in text]
        picture = Image.new("L", (round(sum(widths)) + 2 * margin, 3 * margin), 0)
        draw = ImageDraw.Draw(picture)
        if self.wobble or self.tracking:
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
            dx, dy = rng.normal(0, self.wobble * SCALE, 2) if self.wobble else (0.0, 0.0)
            # A worn ribbon and an uneven stroke: some characters come out paler.
            force = 255 - round(abs(rng.normal(0, 35))) if self.wobble else 255
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


@cache
def load_face(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    """Raises ConfigError where the package that carries the face is not installed."""
    face = FACES[name]
    # The basic layout engine is always built in; Raqm would make spacing depend on the machine.
    layout = ImageFont.Layout.BASIC
    if face.package != _BASE64:
        path = packaged_file(face.package, face.folder, face.file, EXTRA)
        return ImageFont.truetype(str(path), size_px, layout_engine=layout)
    return ImageFont.truetype(io.BytesIO(_as_module(face)), size_px, layout_engine=layout)


def _as_module(face: Face) -> bytes:
    try:
        content: bytes = import_module(f"{face.package}.{face.file}").fontbuffer
    except ModuleNotFoundError as err:
        raise ConfigError(
            f"expected the font package {face.package!r} for {face.file!r}, it is not installed; "
            f"run: pip install 'ocr_model[{EXTRA}]'"
        ) from err
    return content


def bold_of(face: str) -> str:
    """`times -> times-bold`; a face without a bold one stays: cmtt10 on a typewriter has none."""
    return f"{face}-bold" if f"{face}-bold" in FACES else face
