"""Five forms, each with fields, a typeface and a layout of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from PIL import Image, ImageDraw, ImageFont

_FACES = Path(matplotlib.get_data_path()) / "fonts/ttf"
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class OddForm:
    """`gap` is between label and value, `step` between lines, both in widths of an em."""

    pairs: tuple[tuple[str, str], ...]
    face: str
    em: int
    gap: float
    step: float
    title: str = ""

    def font(self, scale: float = 1.0) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(str(_FACES / self.face), round(self.em * scale))

    def draw(self, size: tuple[int, int] = (1000, 1100)) -> Image.Image:
        page = Image.new("RGB", size, "white")
        pen, x, y = ImageDraw.Draw(page), 70, 70
        if self.title:
            pen.text((x, y), self.title, "black", self.font(1.5))
            y += round(self.em * (self.step + 1))
        for label, value in self.pairs:
            pen.text((x, y), label, "black", self.font())
            pen.text((x + self.gap * self.em, y), value, "black", self.font())
            y += round(self.em * self.step)
        return page


FORMS: dict[str, OddForm] = {
    "tenant": OddForm(
        (
            ("Tenant:", "Marisa Holt"),
            ("Flat number:", "17 B"),
            ("Moved in:", "03.11.2019"),
            ("Monthly rent:", "845,00 EUR"),
            ("Deposit paid:", "2.535,00 EUR"),
            ("Phone:", "555-0188"),
        ),
        *("DejaVuSans.ttf", 30, 11, 2.6),
    ),
    "parcel": OddForm(
        (
            ("Sender:", "Brightwater Tools"),
            ("Recipient:", "Edmund Vale"),
            ("Weight:", "12.4 kg"),
            ("Shipped on:", "21 June 2022"),
            ("Tracking number:", "PX 4471 9920"),
            ("Insured value:", "310.00 USD"),
        ),
        *("DejaVuSerif.ttf", 28, 12, 2.8, "Parcel slip"),
    ),
    "club": OddForm(
        (
            ("First name:", "Ingrid"),
            ("Last name:", "Solberg"),
            ("Member since:", "2008"),
            ("Street:", "Quarry Road 9"),
            ("Town:", "Lindenau"),
        ),
        *("DejaVuSans-Bold.ttf", 27, 12, 3.0, "Rowing club"),
    ),
    "repair": OddForm(
        (
            ("Device:", "Espresso machine"),
            ("Serial number:", "KM-20917"),
            ("Fault:", "no pressure"),
            ("Received:", "14/02/2023"),
            ("Technician:", "R. Okafor"),
            ("Estimate:", "118.50"),
        ),
        *("DejaVuSansMono.ttf", 26, 12, 2.7),
    ),
    "clinic": OddForm(
        (
            ("Patient:", "Thomas Grey"),
            ("Date of birth:", "30.09.1961"),
            ("Insurance number:", "A 558 203 117"),
            ("Ward:", "North 4"),
            ("Diet:", "no salt"),
            ("Attending doctor:", "Dr. Lena Moss"),
        ),
        *("DejaVuSans-Oblique.ttf", 30, 12, 2.5, "Admission"),
    ),
}


def quick_first(cases: Sequence[Any], quick: int = 1) -> list[Any]:
    """Parameters of a test of which only the first few run with the unit tests."""
    return [
        case
        if number < quick
        else pytest.param(*([case] if isinstance(case, str) else case), marks=pytest.mark.slow)
        for number, case in enumerate(cases)
    ]
