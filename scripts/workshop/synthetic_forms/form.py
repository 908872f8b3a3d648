"""Make one form: its layout from a seed, its scan, and its annotation in FUNSD's format."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from scripts.workshop.drawing_kit import OffThePageError, Sheet, scan
from scripts.workshop.synthetic_forms.page import Area, Page
from scripts.workshop.synthetic_forms.recipes import compose
from scripts.workshop.synthetic_forms.scanner import draw_faults
from scripts.workshop.synthetic_forms.slips import cut_out
from scripts.workshop.synthetic_forms.style import PageKind, Style
from scripts.workshop.synthetic_forms.theme import draw_theme
from scripts.workshop.synthetic_forms.wording import Wording

PAGE_HEIGHT = 1000
_SLIPS = 0.15
# One form in a thousand does not fit at the first.
_MOST_ATTEMPTS = 10


class SyntheticForm(NamedTuple):
    image: Image.Image
    annotation: dict[str, Any]
    kind: PageKind


def make_form(style: Style, seed: int, index: int) -> SyntheticForm:
    """Form `index` of a seed: the same whatever else is made, and by how many processes."""
    form = _drawn(style, np.random.default_rng([seed, index, style.number]))
    for attempt in range(_MOST_ATTEMPTS):
        if form is None:
            form = _drawn(style, np.random.default_rng([seed, index, style.number, 0, attempt]))
    if form is None:
        raise RuntimeError(f"expected form {index} of seed {seed} to fit on its page, it never did")
    # Drawn apart, so that a page is the same whether it is cut or not.
    cutting = np.random.default_rng([seed, index, style.number, 1])
    if cutting.random() < _SLIPS:
        image, items = cut_out(form.image, form.annotation["form"], cutting)
        return SyntheticForm(image, {"form": items}, form.kind)
    return form


def _drawn(style: Style, rng: np.random.Generator) -> SyntheticForm | None:
    """None where a hand wrote a line wider than it was measured, and beyond the paper."""
    width = int(rng.integers(style.widths[0], style.widths[1] + 1))
    sheet = Sheet(width, PAGE_HEIGHT, rng)
    page = Page(sheet, draw_theme(style, rng), Wording(style.name, rng))
    kinds = list(style.kinds)
    weights = np.array(list(style.kinds.values()))
    kind = kinds[int(rng.choice(len(kinds), p=weights / weights.sum()))]
    try:
        compose(page, kind, _area(style, width, rng))
    except OffThePageError:
        return None
    image, annotation = scan(sheet, draw_faults(style, rng))
    return SyntheticForm(image, annotation, kind)


def _area(style: Style, width: int, rng: np.random.Generator) -> Area:
    low, high = style.margins
    # Twenty px stay free at least: what is skewed must not leave the page.
    left, right = rng.uniform(low, high), width - rng.uniform(max(low, 48), high)
    return Area(left, rng.uniform(34, 110), right, PAGE_HEIGHT - rng.uniform(50, 110))
